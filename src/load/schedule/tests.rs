use proptest::prelude::*;

use super::*;

fn seconds_of(seconds: f64) -> Duration {
    Duration::from_secs_f64(seconds)
}

fn line(from: f64, to: f64, over: f64) -> (Curve, Duration) {
    (Curve::Line { from, to, over }, seconds_of(over))
}

fn even(curves: &[(Curve, Duration)]) -> Schedule {
    Schedule::new(curves, Arrivals::Even)
}

/// When the requests of some numbers are due, in milliseconds.
fn table(schedule: &Schedule, numbers: &[u64]) -> Vec<Option<u128>> {
    numbers.iter().map(|number| schedule.due(*number).map(|due| due.as_millis())).collect()
}

#[test]
fn a_constant_rate_is_a_fixed_distance() {
    let schedule = even(&[(Curve::constant(100.0), seconds_of(2.0))]);
    assert_eq!(table(&schedule, &[0, 1, 50, 199, 200]), [Some(0), Some(10), Some(500), Some(1990), None]);
    assert_eq!((schedule.planned(), schedule.end()), (200, Duration::from_secs(2)));
}

#[test]
fn a_ramp_from_nothing_is_a_square_root() {
    let schedule = even(&[line(0.0, 100.0, 10.0)]);
    assert_eq!(schedule.planned(), 500);
    // 5 t^2 = n
    assert_eq!(table(&schedule, &[0, 5, 20, 125, 500]), [Some(0), Some(1000), Some(2000), Some(5000), None]);
}

#[test]
fn steps_and_pauses_follow_each_other() {
    let quiet = (Curve::constant(0.0), seconds_of(1.0));
    let busy = (Curve::constant(10.0), seconds_of(1.0));
    let schedule = even(&[busy, quiet, busy]);
    assert_eq!(table(&schedule, &[9, 10, 19, 20]), [Some(900), Some(2000), Some(2900), None]);
    assert!((schedule.rate(seconds_of(1.5))).abs() < f64::EPSILON);
}

#[test]
fn a_wave_goes_up_first() {
    let wave = Curve::Wave { mean: 100.0, amplitude: 100.0, period: 4.0 };
    let schedule = even(&[(wave, seconds_of(4.0))]);
    assert_eq!(schedule.planned(), 400);
    // Half a turn has the mean and both halves of the amplitude: 200 + 100 * 4 / TAU * 2.
    assert_eq!(table(&schedule, &[327]).first().copied().flatten().map(|at| at / 10), Some(199));
}

#[test]
fn requests_that_come_at_random_come_as_often_on_average() {
    let schedule =
        Schedule::new(&[(Curve::constant(1000.0), seconds_of(20.0))], Arrivals::Poisson { seed: 5 });
    let planned = schedule.planned();
    assert!((19_400..20_600).contains(&planned), "{planned}");
    let dues: Vec<f64> = {
        let mut cursor = Cursor::new(&schedule);
        (0..planned).filter_map(|number| cursor.due(&schedule, number)).map(seconds).collect()
    };
    // The gaps of a Poisson process are as wide on average as they vary.
    let gaps: Vec<f64> = dues.windows(2).filter_map(|pair| Some(pair.last()? - pair.first()?)).collect();
    let mean = gaps.iter().sum::<f64>() / real(gaps.len() as u64);
    let variance = gaps.iter().map(|gap| (gap - mean).powi(2)).sum::<f64>() / real(gaps.len() as u64);
    assert!((variance.sqrt() / mean - 1.0).abs() < 0.05, "{mean} {variance}");
}

#[test]
fn a_weight_is_drawn_as_often_as_it_weighs() {
    let cumulative = [1.0, 1.0, 4.0];
    let mut counts = [0, 0, 0];
    for number in 0..40_000 {
        counts[drawn(&cumulative, 3, number)] += 1;
    }
    assert_eq!(counts[1], 0, "no weight, no request");
    assert!((9_500..10_500).contains(&counts[0]), "{counts:?}");
}

fn curves() -> impl Strategy<Value = Vec<(Curve, Duration)>> {
    let over = 0.1..20.0_f64;
    let rate = || prop_oneof![Just(0.0), 0.1..5_000.0_f64];
    let one = (rate(), rate(), over, any::<bool>()).prop_map(|(from, to, over, waves)| {
        let wave = Curve::Wave { mean: from.max(to), amplitude: from.min(to), period: over / 1.7 };
        (if waves { wave } else { Curve::Line { from, to, over } }, seconds_of(over))
    });
    prop::collection::vec(one, 1..5)
}

proptest! {
    #[test]
    fn due_times_never_go_back_and_stay_before_the_end(curves in curves(), poisson in any::<Option<u64>>()) {
        let arrivals = poisson.map_or(Arrivals::Even, |seed| Arrivals::Poisson { seed });
        let schedule = Schedule::new(&curves, arrivals);
        let end = super::super::number::nanos_of(schedule.end());
        let (mut cursor, mut last) = (Cursor::new(&schedule), 0);
        for number in 0..schedule.planned().min(2_000) {
            let due = cursor.due(&schedule, number).expect("it is planned");
            prop_assert!(due >= last && due <= end + 1, "{number}: {due} behind {last}, end {end}");
            last = due;
        }
        prop_assert_eq!(cursor.due(&schedule, schedule.planned() + 1), None);
    }

    #[test]
    fn as_many_are_due_as_the_integral_of_the_rate(curves in curves()) {
        let schedule = even(&curves);
        let steps = 20_000;
        let width = schedule.end().as_secs_f64() / f64::from(steps);
        let sum: f64 = (0..steps)
            .map(|step| schedule.rate(seconds_of((f64::from(step) + 0.5) * width)) * width)
            .sum();
        let planned = real(schedule.planned());
        prop_assert!((sum - planned).abs() <= 2.0 + planned * 0.003, "{sum} {planned}");
    }

    #[test]
    fn nothing_drifts(rate in 0.5..50_000.0_f64, number in 0..100_000_000_u64) {
        let schedule = even(&[(Curve::constant(rate), Duration::from_secs(400_000_000))]);
        let due = schedule.due(number).expect("it is before the end").as_secs_f64();
        prop_assert!((due - real(number) / rate).abs() <= 1e-6, "{due}");
    }

    #[test]
    fn a_cursor_tells_what_the_schedule_tells(seed in any::<u64>(), numbers in prop::collection::vec(0..500_u64, 1..20)) {
        let schedule = Schedule::new(&[line(10.0, 90.0, 20.0)], Arrivals::Poisson { seed });
        let mut cursor = Cursor::new(&schedule);
        for number in numbers {
            let due = cursor.due(&schedule, number).map(Duration::from_nanos);
            prop_assert_eq!(due, schedule.due(number));
        }
    }
}

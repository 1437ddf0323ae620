//! How fast the server is made to be: how long it works on what it let through, and when it does nothing at all. Over
//! HTTP/1 alone, to the millisecond; [`super::TimesSink`] is told what came of it.

use std::fmt;
use std::str::FromStr;
use std::time::{Duration, Instant};

use crate::document::Millis;

/// The longest that work may take: what an exponential distribution rarely has, nobody wants to wait for.
const LONGEST: Duration = Duration::from_mins(1);

/// How fast a server is made to be; without anything, as fast as it goes.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Tempo {
    /// How long it works on each request that it let through, before its service is asked. Refusals are not worked on.
    pub delay: Option<Delay>,
    /// When it answers nobody.
    pub stall: Option<Stall>,
}

/// How long something takes: a length of time, or a distribution that each is drawn from by itself.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Delay {
    /// Always the same: `20ms`.
    Constant(Duration),
    /// Any between two, all equally likely: `uniform(5ms, 20ms)`.
    Uniform(Duration, Duration),
    /// Mostly short, sometimes long, with a mean: `exponential(10ms)`.
    Exponential(Duration),
    /// Mostly around a median, now and then very long: `lognormal(10ms, 0.5)`. The number is the standard deviation of
    /// the logarithm.
    LogNormal(Duration, f64),
}

/// A time at the beginning of every period in which nothing is answered: `300ms/1s`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stall {
    /// How long it lasts.
    pub lasts: Duration,
    /// How long it is from the beginning of one to that of the next.
    pub every: Duration,
}

impl Delay {
    /// One of them; `chances` are two numbers from 0 to 1, the latter left out, each as likely as any other.
    pub(super) fn draw(self, chances: [f64; 2]) -> Duration {
        let [one, other] = chances;
        let seconds = match self {
            Self::Constant(time) => return time,
            Self::Uniform(least, most) => {
                least.as_secs_f64() + most.saturating_sub(least).as_secs_f64() * one
            }
            Self::Exponential(mean) => -mean.as_secs_f64() * (1.0 - one).ln(),
            // A normal number out of two even ones (Box and Muller 1958).
            Self::LogNormal(median, deviation) => {
                let normal = (-2.0 * (1.0 - one).ln()).sqrt() * (std::f64::consts::TAU * other).cos();
                median.as_secs_f64() * (deviation * normal).exp()
            }
        };
        Duration::from_secs_f64(seconds.clamp(0.0, LONGEST.as_secs_f64()))
    }
}

/// When a running server does nothing.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Pulse(Option<(Stall, Instant)>);

impl Pulse {
    /// Of a server that began at a moment.
    pub(super) fn new(stall: Option<Stall>, began: Instant) -> Self {
        Self(stall.map(|stall| (stall, began)))
    }

    /// How long it is until something is answered again; nothing where that is now.
    pub(crate) fn rest(self) -> Option<Duration> {
        let (stall, began) = self.0?;
        let period = stall.every.as_nanos().max(1);
        let within = Duration::from_nanos(u64::try_from(began.elapsed().as_nanos() % period).unwrap_or(0));
        stall.lasts.checked_sub(within).filter(|rest| !rest.is_zero())
    }
}

fn time(text: &str) -> Result<Duration, String> {
    let text = text.trim();
    Millis::wait(text).map_err(|why| format!("`{text}` is no length of time to wait ({why}); write `20ms`"))
}

impl FromStr for Delay {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let Some((kind, rest)) = text.trim().split_once('(') else { return time(text).map(Self::Constant) };
        let inner = rest.strip_suffix(')').ok_or("the `(` is never closed")?;
        let two = || inner.split_once(',').ok_or_else(|| format!("`{kind}` needs two, with a comma between"));
        match kind.trim() {
            "uniform" => {
                let (least, most) = two()?;
                let (least, most) = (time(least)?, time(most)?);
                let in_order = least <= most;
                in_order
                    .then_some(Self::Uniform(least, most))
                    .ok_or_else(|| "the shorter comes first".to_owned())
            }
            "exponential" => time(inner).map(Self::Exponential),
            "lognormal" => {
                let (median, deviation) = two()?;
                let deviation = deviation.trim().parse().ok().filter(|it: &f64| (0.0..=5.0).contains(it));
                let deviation = deviation.ok_or("the deviation is a number from 0 to 5")?;
                Ok(Self::LogNormal(time(median)?, deviation))
            }
            other => Err(format!(
                "`{other}` is no distribution; write `20ms`, `uniform(5ms, 20ms)`, `exponential(10ms)` or \
                 `lognormal(10ms, 0.5)`"
            )),
        }
    }
}

impl FromStr for Stall {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (lasts, every) = text.split_once('/').ok_or("write `300ms/1s`: how long, and how often")?;
        let (lasts, every) = (time(lasts)?, time(every)?);
        let sound = lasts < every;
        sound
            .then_some(Self { lasts, every })
            .ok_or_else(|| "it must be over before the next begins".to_owned())
    }
}

/// A time as it is read again.
struct Written(Duration);

impl fmt::Display for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}us", self.0.as_micros())
    }
}

impl fmt::Display for Delay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Constant(time) => write!(f, "{}", Written(time)),
            Self::Uniform(least, most) => write!(f, "uniform({}, {})", Written(least), Written(most)),
            Self::Exponential(mean) => write!(f, "exponential({})", Written(mean)),
            Self::LogNormal(median, deviation) => write!(f, "lognormal({}, {deviation})", Written(median)),
        }
    }
}

impl fmt::Display for Stall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", Written(self.lasts), Written(self.every))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    /// The mean of what is drawn with evenly spread chances, in milliseconds.
    fn mean(delay: Delay) -> f64 {
        let even = |number: u32| (f64::from(number) + 0.5) / 200.0;
        let all = (0..200).flat_map(|one| (0..200).map(move |other| [even(one), even(other)]));
        all.map(|chances| delay.draw(chances).as_secs_f64()).sum::<f64>() / 40.0
    }

    #[test]
    fn a_distribution_has_the_mean_that_is_asked_for() {
        assert!((mean(Delay::Constant(20 * MS)) - 20.0).abs() < 0.1);
        assert!((mean(Delay::Uniform(5 * MS, 15 * MS)) - 10.0).abs() < 0.1);
        assert!((mean(Delay::Exponential(10 * MS)) - 10.0).abs() < 0.1);
        // The mean is the median times e to half of the squared deviation.
        assert!((mean(Delay::LogNormal(10 * MS, 0.5)) - 10.0 * 0.125_f64.exp()).abs() < 0.2);
    }

    #[test]
    fn what_is_written_is_read_again() {
        for text in ["20ms", "uniform(5ms, 20ms)", "exponential(10ms)", "lognormal(10ms, 0.5)"] {
            let delay: Delay = text.parse().unwrap();
            assert_eq!(delay.to_string().parse(), Ok(delay), "{text}");
        }
        let stall: Stall = "300ms/1s".parse().unwrap();
        assert_eq!((stall.lasts, stall.every), (300 * MS, 1000 * MS));
        assert_eq!(stall.to_string().parse(), Ok(stall));
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for text in [
            "",
            "20",
            "uniform(20ms, 5ms)",
            "uniform(5ms)",
            "gamma(1ms)",
            "lognormal(1ms, x)",
            "exponential(1ms",
        ] {
            assert!(text.parse::<Delay>().is_err(), "{text}");
        }
        for text in ["300ms", "1s/300ms", "1s/1s", "x/y"] {
            assert!(text.parse::<Stall>().is_err(), "{text}");
        }
        for text in ["99999999999999h", "exponential(2y)"] {
            assert!(text.parse::<Delay>().is_err_and(|why| why.contains("longer than 366 days")), "{text}");
        }
    }

    #[test]
    fn nothing_is_answered_at_the_beginning_of_every_period() {
        let stall = Stall { lasts: Duration::from_secs(100), every: Duration::from_secs(200) };
        let now = Instant::now();
        let rest =
            |ago: u64| Pulse::new(Some(stall), now.checked_sub(Duration::from_secs(ago)).unwrap()).rest();
        assert!(
            rest(30).is_some_and(|rest| rest > Duration::from_mins(1) && rest <= Duration::from_secs(70))
        );
        assert_eq!((rest(150), Pulse::default().rest()), (None, None));
        assert!(rest(230).is_some());
    }
}

//! How far a difference of medians can be trusted: the bootstrap.

use super::Sorted;

/// How often a sample is drawn anew.
const RESAMPLES: usize = 300;

/// What a value lies between, at 95 %.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// Not below this.
    pub low: f64,
    /// Not above this.
    pub high: f64,
}

/// Between what the difference of two medians lies, at 95 %: how it comes out when both samples are drawn anew from
/// themselves, with replacement, the outer 2.5 % on either side left out. `below` gives a random number below a bound.
pub(super) fn difference_of_medians(
    one: &Sorted,
    other: &Sorted,
    below: &mut dyn FnMut(usize) -> usize,
) -> Interval {
    let differences = (0..RESAMPLES).map(|_| median_anew(other, below) - median_anew(one, below)).collect();
    let whole = other.median() - one.median();
    let Some(differences) = Sorted::of(differences) else { return Interval { low: whole, high: whole } };
    Interval { low: differences.permille(25), high: differences.permille(975) }
}

/// The median of a sample that is drawn anew. As the values are in order, drawing their places is enough: the place in
/// the middle of those that were drawn holds the median.
fn median_anew(sample: &Sorted, below: &mut dyn FnMut(usize) -> usize) -> f64 {
    let size = sample.len();
    let mut places: Vec<usize> = (0..size).map(|_| below(size)).collect();
    let (_, middle, _) = places.select_nth_unstable(size / 2);
    sample.values().get(*middle).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A plain generator of random numbers.
    fn dice() -> impl FnMut(usize) -> usize {
        let mut state = 88_172_645_463_325_252_u64;
        move |bound| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            usize::try_from(state % u64::try_from(bound).unwrap()).unwrap()
        }
    }

    #[test]
    fn a_shift_lies_within_its_interval() {
        let mut below = dice();
        let mut noise =
            || (0..400).map(|_| f64::from(u32::try_from(below(1000)).unwrap())).collect::<Vec<_>>();
        let (one, other) = (noise(), noise().iter().map(|value| value + 200.0).collect());
        let (one, other) = (Sorted::of(one).unwrap(), Sorted::of(other).unwrap());
        let Interval { low, high } = difference_of_medians(&one, &other, &mut dice());
        assert!(low < 200.0 && 200.0 < high && low > 50.0 && high < 350.0, "{low} to {high}");
    }

    #[test]
    fn what_never_varies_is_known() {
        let (one, other) = (Sorted::of(vec![5.0; 20]).unwrap(), Sorted::of(vec![8.0; 30]).unwrap());
        let known = difference_of_medians(&one, &other, &mut dice());
        assert_eq!(known, Interval { low: 3.0, high: 3.0 });
    }
}

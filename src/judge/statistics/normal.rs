//! The normal distribution.

use std::f64::consts::SQRT_2;

/// The probability that a standard normal value is farther from 0 than `z`, on either side.
pub(super) fn two_sided(z: f64) -> f64 {
    erfc(z.abs() / SQRT_2).clamp(0.0, 1.0)
}

/// The `z` that a standard normal value exceeds, on either side, with the probability `p`.
pub(super) fn quantile_of_two_sides(p: f64) -> f64 {
    let (mut low, mut high) = (0.0_f64, 40.0_f64);
    for _ in 0..100 {
        let middle = f64::midpoint(low, high);
        if two_sided(middle) > p { low = middle } else { high = middle }
    }
    high
}

/// The complementary error function, for arguments from 0 on: a continued fraction where it converges fast, and the
/// series of the error function before that (Abramowitz and Stegun, 7.1.5 and 7.1.14).
fn erfc(x: f64) -> f64 {
    if x < 2.5 { 1.0 - series(x) } else { fraction(x) }
}

fn series(x: f64) -> f64 {
    let (mut term, mut sum, mut n) = (x, x, 0.0_f64);
    while term.abs() > 1e-17 && n < 200.0 {
        n += 1.0;
        term *= -x * x / n;
        sum += term / (2.0 * n + 1.0);
    }
    sum * std::f64::consts::FRAC_2_SQRT_PI
}

fn fraction(x: f64) -> f64 {
    let tail = (1..=60_u32).rev().fold(x, |below, k| x + f64::from(k) / 2.0 / below);
    (-x * x).exp() / (tail * std::f64::consts::PI.sqrt())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn it_is_what_the_tables_say() {
        // Abramowitz and Stegun, tables 26.1 and 7.1.
        let known = [
            (0.0, 1.0),
            (0.5, 0.617_075_077_451_974),
            (1.0, 0.317_310_507_862_914_6),
            (1.959_963_984_540_054, 0.05),
            (2.575_829_303_548_901, 0.01),
            (3.0, 0.002_699_796_063_260_207),
            (4.0, 6.334_248_366_623_996e-5),
            (6.0, 1.973_175_290_075_396_4e-9),
        ];
        for (z, p) in known {
            assert!((two_sided(z) / p - 1.0).abs() < 1e-9, "{z}: {} is not {p}", two_sided(z));
            assert!((two_sided(-z) / p - 1.0).abs() < 1e-9);
        }
    }

    #[test]
    fn far_out_there_is_nothing_and_never_less() {
        assert!(two_sided(50.0) >= 0.0 && two_sided(50.0) < 1e-300);
        assert!((two_sided(f64::INFINITY)).abs() < f64::EPSILON);
    }

    proptest! {
        #[test]
        fn the_quantile_undoes_the_probability(z in 0.01_f64..8.0) {
            let back = quantile_of_two_sides(two_sided(z));
            prop_assert!((back - z).abs() < 1e-4, "{} {}", z, back);
        }

        #[test]
        fn farther_out_is_less_likely(z in 0.0_f64..8.0, more in 0.001_f64..1.0) {
            prop_assert!(two_sided(z + more) < two_sided(z));
        }
    }
}

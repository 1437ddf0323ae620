//! Faces, as what a recogniser makes of them: vectors that are compared by their angle.

use serde::Deserialize;

use crate::mock::edge::Denial;

/// The longest vector that is taken.
const LONGEST: usize = 1024;

/// A face.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(super) struct Face {
    /// What tells it from other faces.
    vector: Vec<f64>,
}

impl Face {
    /// Takes a face only if it points anywhere.
    ///
    /// # Errors
    /// A vector without direction, or longer than is taken.
    pub(super) fn checked(self) -> Result<Self, Denial> {
        let sound = self.vector.len() <= LONGEST && self.length().is_normal();
        let wrong =
            || Denial::Unprocessable("A face is a vector of 1 to 1024 numbers, not all 0.".to_owned());
        if sound { Ok(self) } else { Err(wrong()) }
    }

    /// How alike two faces are, from -1 to 1: the cosine of the angle between them; 0 where they cannot be
    /// compared.
    pub(super) fn similarity(&self, other: &Self) -> f64 {
        if self.vector.len() != other.vector.len() {
            return 0.0;
        }
        let product: f64 = self.vector.iter().zip(&other.vector).map(|(a, b)| a * b).sum();
        (product / (self.length() * other.length())).clamp(-1.0, 1.0)
    }

    fn length(&self) -> f64 {
        self.vector.iter().map(|part| part * part).sum::<f64>().sqrt()
    }
}

/// A measure with four digits behind the point, as it is reported.
pub(super) fn reported(measure: f64) -> f64 {
    (measure * 10_000.0).round() / 10_000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn face(vector: &[f64]) -> Face {
        Face { vector: vector.to_vec() }
    }

    #[test]
    fn similarity_is_the_cosine() {
        assert!((face(&[1.0, 0.0]).similarity(&face(&[2.0, 0.0])) - 1.0).abs() < 1e-12);
        assert!(face(&[1.0, 0.0]).similarity(&face(&[0.0, 3.0])).abs() < 1e-12);
        assert!((face(&[1.0, 1.0]).similarity(&face(&[1.0, 0.0])) - 0.5_f64.sqrt()).abs() < 1e-12);
        assert!(face(&[1.0]).similarity(&face(&[1.0, 0.0])).abs() < 1e-12);
    }

    #[test]
    fn a_vector_without_direction_is_no_face() {
        assert!(face(&[]).checked().is_err());
        assert!(face(&[0.0, 0.0]).checked().is_err());
        assert!(face(&[1e308, 1e308]).checked().is_err());
        assert!(face(&[0.1]).checked().is_ok());
    }
}

//! The rules of the matrix.

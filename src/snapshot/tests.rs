//! Normal forms and comparisons, from answers to files.

//! `${NAME}` and `${NAME:-default}` in string values, filled in after parsing.

/// Looks a variable up.
pub type Variables<'a> = &'a dyn Fn(&str) -> Option<String>;

//! The `lockproof` command.

fn main() {}

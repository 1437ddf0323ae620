//! Any field value: what is read as challenges can be written down and reads the same, and a mistake lies in the text.
#![no_main]

use libfuzzer_sys::fuzz_target;
use lockproof::judge::{Challenge, Parameter, parse_challenges};

fuzz_target!(|field: &str| {
    match parse_challenges(field) {
        Err(error) => assert!(error.at <= field.len()),
        Ok(read) => {
            assert!(!read.is_empty());
            assert_eq!(parse_challenges(&written(&read)).as_deref(), Ok(&*read));
        }
    }
});

/// The challenges as RFC 9110 section 11.6.1 writes them.
fn written(challenges: &[Challenge]) -> String {
    let one = |challenge: &Challenge| {
        let parameters: Vec<_> = challenge.parameters.iter().map(parameter).collect();
        format!("{} {}", challenge.scheme, parameters.join(", ")).trim_end().to_owned()
    };
    challenges.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn parameter(parameter: &Parameter) -> String {
    let Parameter { name, value, quoted } = parameter;
    match (name.is_empty(), quoted) {
        (true, _) => value.clone(),
        (false, false) => format!("{name}={value}"),
        (false, true) => format!("{name}=\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\"")),
    }
}

//! Actions as programs: what they are told, what they are not, and when they are ended.

use std::time::Duration;

use serde_json::json;

use super::*;
use crate::wire::Limits;

const KEY: &str = "lp_any_Qm7tR2xVb9LkD4sJw8HfYc3NzPa6Ue1G";

fn plane(call: &Value, total: Duration) -> Plane {
    let control = serde_json::from_value(json!({ "revoke": call })).unwrap();
    let limits = Limits { total, body_bytes: 1000, ..Limits::default() };
    let options = ClientOptions { limits, ..ClientOptions::default() };
    let hidden = [KeySource::Env("PATH_TO_NOWHERE".to_owned()), KeySource::Env("HOME".to_owned())];
    Plane::new(&control, &options, std::env::temp_dir(), hidden.iter()).unwrap()
}

fn arguments() -> Arguments {
    let values = json!({ "credential": "one; two", "allows": ["a", "b.c"], "ms": 5 });
    let values = serde_json::from_value(values).unwrap();
    Arguments { values, key: Some(Secret::new(KEY.to_owned())) }
}

async fn told(call: Value) -> Result<String, PlaneError> {
    let plane = plane(&call, Duration::from_secs(20));
    let told = plane.carry_out(Action::Revoke, &arguments()).await?;
    Ok(String::from_utf8(told.text).unwrap())
}

#[tokio::test]
async fn no_shell_reads_anything_into_an_argument() {
    let call = json!({ "command": ["printf", "%s|", "{credential}", "$HOME", "{allows}", "{ms}"] });
    assert_eq!(told(call).await.unwrap(), "one; two|$HOME|a,b.c|5|");
}

#[tokio::test]
async fn a_key_goes_to_a_program_by_its_input_or_its_environment() {
    let script = "read line; printf '%s %s' \"$line\" \"$THE_KEY\"";
    let call =
        json!({ "command": ["sh", "-c", script], "stdin": "in {key}\n", "env": { "THE_KEY": "env {key}" } });
    assert_eq!(told(call).await.unwrap(), format!("in {KEY} env {KEY}"));
}

#[tokio::test]
async fn a_program_does_not_see_the_variables_that_hold_keys() {
    let call = json!({ "command": ["sh", "-c", "printf '%s' \"${HOME-unset}\""] });
    assert_eq!(told(call).await.unwrap(), "unset");
}

#[tokio::test]
async fn a_program_that_fails_says_why() {
    let error = told(json!({ "command": ["sh", "-c", "echo no such key >&2; exit 3"] })).await.unwrap_err();
    assert_eq!(error.to_string(), "the program ended with exit code 3: no such key");
    let error = told(json!({ "command": ["/nowhere/at/all"] })).await.unwrap_err();
    assert!(matches!(error, PlaneError::Start(_)), "{error}");
}

#[tokio::test]
async fn a_program_that_takes_too_long_is_ended_with_all_that_it_started() {
    let call = json!({ "command": ["sh", "-c", "sleep 60 & sleep 60"] });
    let plane = plane(&call, Duration::from_millis(200));
    assert_eq!(plane.carry_out(Action::Revoke, &arguments()).await.unwrap_err(), PlaneError::Late);
}

#[tokio::test]
async fn of_much_that_is_told_the_end_is_kept() {
    let call = json!({ "command": ["sh", "-c", "yes | head -c 5000; printf end"] });
    let plane = plane(&call, Duration::from_secs(20));
    let told = plane.carry_out(Action::Revoke, &arguments()).await.unwrap();
    assert_eq!((told.text.len(), told.truncated), (1000, true));
    assert!(told.text.ends_with(b"end"));
}

#[tokio::test]
async fn what_the_contract_does_not_declare_is_not_done() {
    let plane = plane(&json!({ "command": ["true"] }), Duration::from_secs(20));
    assert_eq!(plane.carry_out(Action::Delete, &arguments()).await.unwrap_err(), PlaneError::Undeclared);
    let missing = told(json!({ "command": ["echo", "{at}"] })).await.unwrap_err();
    assert_eq!(missing, PlaneError::NoValue("at".to_owned()));
}

#[test]
fn a_document_is_filled_in_with_values_and_an_address_with_escapes() {
    let template = json!({ "a": "{allows}", "b": ["{ms}", "x{ms}"], "key": "{key}", "n": null });
    let filled = fill::document(&template, &arguments()).unwrap();
    assert_eq!(filled, json!({ "a": ["a", "b.c"], "b": [5, "x5"], "key": KEY, "n": null }));
    let address = fill::address("http://h/{credential}?a={allows}", &arguments()).unwrap();
    assert_eq!(address, "http://h/one%3B%20two?a=a%2Cb.c");
}

//! Whoever writes a contract or a scenario is told of every mistake at once, each at its place.

use std::fs;

use lockproof::contract::{self, Carrier, Effect};
use lockproof::document::{Colour, Diagnostics, Source};
use lockproof::load;
use lockproof::scenario::{self, Severity};

fn read(path: &str) -> Source {
    let text = fs::read_to_string(path).unwrap_or_default();
    Source { name: path.to_owned(), text }
}

fn no_variables(_: &str) -> Option<String> {
    None
}

fn shown(diagnostics: &Diagnostics) -> String {
    diagnostics.render(Colour::Off, 110)
}

#[test]
fn a_contract_with_ten_mistakes_is_told_of_ten() {
    let refused =
        contract::load(read("fixtures/broken/contract-ten-mistakes.yaml"), &no_variables).unwrap_err();
    assert_eq!(refused.all.len(), 10, "{}", shown(&refused));
    insta::assert_snapshot!(shown(&refused));
}

#[test]
fn a_scenario_with_ten_mistakes_is_told_of_ten() {
    let refused = scenario::load(read("fixtures/broken/scenario-ten-mistakes.yaml")).unwrap_err();
    assert_eq!(refused.all.len(), 10, "{}", shown(&refused));
    insta::assert_snapshot!(shown(&refused));
}

#[test]
fn a_key_that_was_typed_into_a_contract_is_never_shown_again() {
    let refused =
        contract::load(read("fixtures/broken/contract-ten-mistakes.yaml"), &no_variables).unwrap_err();
    for colour in [Colour::Off, Colour::On] {
        assert!(!refused.render(colour, 110).contains("4eC39"));
    }
    assert!(!format!("{refused:?}").contains("4eC39"));
}

#[test]
fn the_reference_contract_has_no_mistakes() {
    let read = contract::load(read("fixtures/reference/lockproof.yaml"), &no_variables);
    let contract = read.map_err(|refused| shown(&refused)).unwrap();
    let urls: Vec<_> = contract.environments.values().map(|environment| &*environment.base_url).collect();
    assert_eq!(urls, ["http://127.0.0.1:8080", "http://127.0.0.1:8081"]);
    assert_eq!(contract.authentication.carrier.to_string(), "header X-API-Key");
    assert!(matches!(contract.authentication.carrier, Carrier::Header { scheme: None, .. }));
    let effects: Vec<_> = contract.operations().map(|(_, operation)| operation.effect).collect();
    assert_eq!(effects.iter().filter(|effect| **effect == Effect::Creates).count(), 2);
}

#[test]
fn every_built_in_scenario_has_no_mistakes() {
    let files = scenario::builtin_files();
    assert!(!files.is_empty());
    let suite = scenario::Suite::read(files).map_err(|refused| refused.iter().map(shown).collect::<String>());
    assert!(suite.is_ok(), "{}", suite.unwrap_err());
}

#[test]
fn a_scenario_is_read_as_it_is_written() {
    let read = scenario::load(read("scenarios/core/key-missing.yaml"));
    let scenario = read.map_err(|refused| shown(&refused)).unwrap();
    assert_eq!((scenario.id.as_str(), &*scenario.family), ("key-missing", "core"));
    assert_eq!(scenario.severity, Severity::Must);
    assert_eq!(scenario.request.credential, Some(scenario::CredentialPick::None));
    assert_eq!(scenario.expect.refusal, Some(contract::RefusalKind::Missing));
    assert_eq!(scenario.catches[0].as_str(), "skip-auth-when-header-absent");
    assert_eq!(scenario.sources[2], "OWASP API2:2023");
}

#[test]
fn variables_fill_values_in_and_their_text_is_not_read_again() {
    let source = read("fixtures/reference/lockproof.yaml");
    let variables =
        |name: &str| (name == "SANDBOX_URL").then(|| "http://localhost:1/${X}".replace("${X}", "v1"));
    let contract = contract::load(source, &variables).map_err(|refused| shown(&refused)).unwrap();
    assert_eq!(contract.environments[0].base_url, "http://localhost:1/v1");
}

#[test]
fn a_load_plan_with_ten_mistakes_is_told_of_ten() {
    let refused = load::format::read(read("fixtures/broken/load-ten-mistakes.yaml")).unwrap_err();
    assert_eq!(refused.all.len(), 10, "{}", shown(&refused));
    insta::assert_snapshot!(shown(&refused));
}

#[test]
fn every_built_in_load_plan_has_no_mistakes() {
    let plans = load::format::builtin();
    assert!(plans.iter().any(|plan| plan.name == "steady"));
    for plan in plans {
        let read = load::format::read(plan);
        assert!(read.is_ok(), "{}", shown(&read.unwrap_err()));
    }
}

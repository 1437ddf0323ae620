//! The built-in checks, and the defects that prove them.

use std::collections::BTreeSet;

use lockproof::load::format::{builtin as builtin_plans, read};
use lockproof::mock::defects::{find, under_load};
use lockproof::scenario::{Scenario, Severity, Suite, builtin_files};

use crate::obeyed;
use crate::source::files;

/// The built-in checks.
pub(crate) fn builtin() -> Vec<Scenario> {
    Suite::read(builtin_files()).expect("the built-in suite has no mistake").scenarios
}

/// The names of the reference server's defects; nothing where there is no reference server.
fn defects() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for file in files("src/mock/defects", ".rs") {
        let text = file.text.replace("of_backend(", "defect(");
        let entries = text.split("defect(").skip(1).filter_map(|rest| {
            let (name, _) = rest.trim_start().strip_prefix('"')?.split_once('"')?;
            Some(name.to_owned())
        });
        names.extend(entries);
    }
    names
}

#[test]
fn every_check_lies_in_a_file_of_its_name() {
    let all = files("scenarios", ".yaml").into_iter().map(|file| file.path);
    let paths: BTreeSet<_> = all.filter(|path| !path.starts_with("scenarios/load/")).collect();
    let named: BTreeSet<_> =
        builtin().iter().map(|check| format!("scenarios/{}/{}.yaml", check.family, check.id)).collect();
    let broken: Vec<_> = paths.symmetric_difference(&named).cloned().collect();
    obeyed(&broken, "Call the file like the check: scenarios/<family>/<id>.yaml.");
}

#[test]
fn every_must_check_names_a_defect_that_it_catches() {
    let suite = builtin();
    let broken: Vec<_> = suite
        .iter()
        .filter(|check| check.severity == Severity::Must && check.catches.is_empty())
        .map(|check| check.id.to_string())
        .collect();
    obeyed(&broken, "A check that nothing can fail proves nothing: name a defect under `catches`.");
}

#[test]
fn every_check_that_another_depends_on_exists() {
    let suite = builtin();
    let ids: BTreeSet<_> = suite.iter().map(|check| check.id.as_str()).collect();
    let named = suite.iter().flat_map(|check| check.depends_on.iter().map(move |other| (check, other)));
    let broken: Vec<_> = named
        .filter(|(_, other)| !ids.contains(other.as_str()))
        .map(|(check, other)| format!("{} depends on {other}", check.id))
        .collect();
    obeyed(&broken, "Correct the name under `depends_on`.");
}

#[test]
fn every_defect_is_caught_by_a_check_and_every_caught_defect_exists() {
    let defects = defects();
    let named = builtin().into_iter().flat_map(|check| check.catches).map(|name| name.to_string());
    let caught: BTreeSet<_> = named.collect();
    // Before there is a reference server there is nothing to compare with.
    if files("src/mock/defects", ".rs").is_empty() {
        return;
    }
    let missing =
        caught.difference(&defects).map(|name| format!("{name}: no such defect in src/mock/defects"));
    let idle = defects.difference(&caught).map(|name| format!("{name}: no check names it under `catches`"));
    let broken: Vec<_> = missing.chain(idle).collect();
    obeyed(&broken, "Add the defect to its family in src/mock/defects, or the name to a check's `catches`.");
}

#[test]
fn every_defect_that_only_load_brings_out_is_caught_by_a_load_plan_and_every_caught_defect_exists() {
    let plans =
        builtin_plans().into_iter().map(|source| read(source).expect("a built-in plan has no mistake"));
    let caught: BTreeSet<_> = plans.flat_map(|plan| plan.catches).map(|name| name.to_string()).collect();
    let missing = caught.iter().filter(|name| find(name).is_none());
    let missing = missing.map(|name| format!("{name}: no such defect in src/mock/defects"));
    let idle = under_load().map(|defect| defect.id).filter(|id| !caught.contains(*id));
    let idle = idle.map(|name| format!("{name}: no plan in scenarios/load names it under `catches`"));
    let broken: Vec<_> = missing.chain(idle).collect();
    obeyed(&broken, "Add the defect to src/mock/defects/load.rs, or its name to a plan's `catches`.");
}

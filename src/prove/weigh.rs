//! From what every server showed to the matrix: the rules by which the suite is proved.

use std::collections::BTreeSet;

use indexmap::IndexMap;

use super::evidence::weakness;
use super::matrix::{Alarm, FORMAT, Find, Matrix, Weakness};
use super::seen::Seen;
use super::stage::Stage;
use super::subject::{Kind, Subject, designated};
use crate::document::Name;
use crate::mock::defects::Defect;
use crate::outcome::{RunVerdict, Verdict};
use crate::plan::Slow;
use crate::scenario::{Scenario, Severity, Suite};

/// A server and what it showed.
pub(super) type Row = (Subject, Seen);

/// Weighs all of it.
pub(super) fn weigh(suite: &Suite, slow: Slow, rows: &[Row]) -> Matrix {
    let mut scales = Scales { suite, matrix: empty(suite, slow), busy: BTreeSet::new() };
    for (subject, seen) in rows {
        match subject.kind {
            Kind::Sound | Kind::Variant(_) => scales.sound(subject, seen),
            Kind::Defect(defect) => scales.defect(subject, defect, seen),
            Kind::Pair(one, other) => scales.pair(subject, (one, other), seen),
        }
    }
    scales.finish()
}

fn empty(suite: &Suite, slow: Slow) -> Matrix {
    let left_out = suite.scenarios.iter().filter(|check| check.slow && slow == Slow::LeftOut);
    Matrix {
        format: FORMAT.to_owned(),
        checks: suite.scenarios.len(),
        defects: 0,
        killed: 0,
        survived: Vec::new(),
        unjudgeable: Vec::new(),
        missed_kills: Vec::new(),
        undeclared_kills: Vec::new(),
        collateral_kills: Vec::new(),
        weak_kills: Vec::new(),
        idle_checks: Vec::new(),
        seeds: 0,
        stages: Stage::ALL.iter().map(|stage| stage.name().to_owned()).collect(),
        variants: Vec::new(),
        false_alarms: Vec::new(),
        pairs: 0,
        masked_pairs: Vec::new(),
        left_out: left_out.map(|check| check.id.to_string()).collect(),
        staged: IndexMap::new(),
        matrix: IndexMap::new(),
        shipped: IndexMap::new(),
        overlooked: Vec::new(),
    }
}

struct Scales<'a> {
    suite: &'a Suite,
    matrix: Matrix,
    /// The checks that found a defect which they name.
    busy: BTreeSet<String>,
}

impl Scales<'_> {
    /// On a sound server nothing is raised, and something was judged.
    fn sound(&mut self, subject: &Subject, seen: &Seen) {
        if let Kind::Variant(variant) = subject.kind {
            // Each is tried on more than one stage.
            if !self.matrix.variants.iter().any(|id| id == variant.id) {
                self.matrix.variants.push(variant.id.to_owned());
            }
        } else {
            self.matrix.seeds += 1;
        }
        let alarms = &mut self.matrix.false_alarms;
        let before = alarms.len();
        alarms.extend(seen.raised.values().map(|case| Alarm {
            server: subject.name(),
            case: Some(case.id.clone()),
            verdict: case.verdict.to_string(),
            actual: case.actual.to_string(),
        }));
        if alarms.len() == before && seen.verdict != RunVerdict::Conformant {
            let (verdict, actual) = (seen.verdict.to_string(), "nothing was raised".to_owned());
            alarms.push(Alarm { server: subject.name(), case: None, verdict, actual });
        }
    }

    /// A defect is found by the checks that name it, with evidence, and by no other.
    fn defect(&mut self, subject: &Subject, defect: &Defect, seen: &Seen) {
        let id = defect.id.to_owned();
        let named: Vec<_> =
            designated(self.suite, defect.id).into_iter().filter(|check| subject.tries(check)).collect();
        self.matrix.defects += 1;
        self.matrix.staged.insert(id.clone(), subject.stage.name().to_owned());
        if unjudgeable(&named, seen) {
            self.unjudged(id, &named);
            return;
        }
        self.found(defect.id, seen);
        self.missed(defect.id, &named, seen);
        if self.credit(&named, seen) {
            self.matrix.killed += 1;
        } else {
            self.matrix.survived.push(id);
        }
    }

    /// A server that accepts nobody cannot be judged, and that is what must be said of it: a key that is refused everywhere
    /// may as well be a wrong key, or the contract wrong about it, and to call the server broken would be a guess. As
    /// nothing failed, it is no kill, and no check has shown with it that it can fail.
    fn unjudged(&mut self, defect: String, named: &[&Scenario]) {
        let verdicts = named.iter().map(|check| (check.id.to_string(), Verdict::Inconclusive)).collect();
        self.matrix.unjudgeable.push(defect.clone());
        self.matrix.matrix.insert(defect, verdicts);
    }

    /// Enters whatever was raised, in the order of the suite, and what is wrong with it.
    fn found(&mut self, defect: &str, seen: &Seen) {
        let mut verdicts = IndexMap::new();
        for check in &self.suite.scenarios {
            let Some(case) = seen.raised.get(check.id.as_str()) else { continue };
            verdicts.insert(check.id.to_string(), case.verdict);
            let (defect, id) = (defect.to_owned(), check.id.to_string());
            let reason = check.collateral.iter().find(|(name, _)| name.as_str() == defect);
            if check.catches.iter().any(|name| name.as_str() == defect) {
                let why = weakness(case, check, seen);
                self.matrix.weak_kills.extend(why.map(|why| Weakness { defect, check: id, why }));
            } else if let Some((_, why)) = reason {
                self.matrix.collateral_kills.push(Weakness { defect, check: id, why: why.clone() });
            } else {
                self.matrix.undeclared_kills.push(Find { defect, check: id });
            }
        }
        self.matrix.matrix.insert(defect.to_owned(), verdicts);
    }

    fn missed(&mut self, defect: &str, named: &[&Scenario], seen: &Seen) {
        let silent = named.iter().filter(|check| !seen.raised.contains_key(check.id.as_str()));
        let find = |check: &&Scenario| Find { defect: defect.to_owned(), check: check.id.to_string() };
        self.matrix.missed_kills.extend(silent.map(find));
    }

    /// Remembers which checks really found what they name; whether any did.
    fn credit(&mut self, named: &[&Scenario], seen: &Seen) -> bool {
        let killers: Vec<_> = killers(named, seen).map(|check| check.id.to_string()).collect();
        let killed = !killers.is_empty();
        self.busy.extend(killers);
        killed
    }

    /// Of two defects at least one is found by a check that names it.
    fn pair(&mut self, subject: &Subject, (one, other): (&Defect, &Defect), seen: &Seen) {
        self.matrix.pairs += 1;
        let named = [designated(self.suite, one.id), designated(self.suite, other.id)];
        let found =
            named.iter().any(|named| unjudgeable(named, seen) || killers(named, seen).next().is_some());
        if !found {
            self.matrix.masked_pairs.push(subject.name());
        }
    }

    /// Adds what only the whole shows: checks without a find, and names that lead nowhere.
    fn finish(mut self) -> Matrix {
        let left_out = self.matrix.left_out.clone();
        for check in
            self.suite.scenarios.iter().filter(|check| !left_out.iter().any(|id| check.id.as_str() == id))
        {
            if check.severity != Severity::Info && !self.busy.contains(check.id.as_str()) {
                self.matrix.idle_checks.push(check.id.to_string());
            }
            let unknown = check.catches.iter().filter(|id| !self.matrix.matrix.contains_key(id.as_str()));
            let find = |id: &Name| Find { defect: id.to_string(), check: check.id.to_string() };
            self.matrix.missed_kills.extend(unknown.map(find));
        }
        self.matrix
    }
}

/// Whether the checks that name a defect could say nothing, because the server accepts nobody, and no other did.
fn unjudgeable(named: &[&Scenario], seen: &Seen) -> bool {
    !named.is_empty()
        && seen.is_unjudgeable()
        && named.iter().all(|check| seen.raised.contains_key(check.id.as_str()))
}

/// The checks that found what they name, with sound evidence.
fn killers<'a>(named: &'a [&'a Scenario], seen: &'a Seen) -> impl Iterator<Item = &'a Scenario> {
    let sound = |check: &&Scenario| {
        seen.raised.get(check.id.as_str()).is_some_and(|case| weakness(case, check, seen).is_none())
    };
    named.iter().copied().filter(sound)
}

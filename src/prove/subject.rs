//! The servers that the suite is tried on.

use super::stage::Stage;
use crate::mock::defects::{self, Defect};
use crate::mock::variants::{self, Variant};
use crate::mock::{Config, Http2};
use crate::scenario::{Scenario, Suite};

/// The seed of every run on a server that is not the sound one: evidence is to be the same every time.
const SEED: u64 = 1;

/// Whether defects are also planted two at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pairs {
    /// They are not.
    None,
    /// Every two of one family are.
    OfAFamily,
}

/// What a server is.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    /// Sound.
    Sound,
    /// Different, and sound.
    Variant(&'static Variant),
    /// Broken in one way.
    Defect(&'static Defect),
    /// Broken in two ways.
    Pair(&'static Defect, &'static Defect),
}

/// A server, where it is tried, and in which order.
#[derive(Clone, Copy, Debug)]
pub(super) struct Subject {
    pub(super) kind: Kind,
    pub(super) stage: Stage,
    pub(super) seed: u64,
}

impl Subject {
    /// What a report calls it.
    pub(super) fn name(&self) -> String {
        match self.kind {
            Kind::Sound => format!("the sound server, {}, seed {}", self.stage.name(), self.seed),
            Kind::Variant(variant) => format!("the variant {}, {}", variant.id, self.stage.name()),
            Kind::Defect(defect) => defect.id.to_owned(),
            Kind::Pair(one, other) => format!("{} with {}", one.id, other.id),
        }
    }

    /// Makes a configuration that of this server.
    pub(super) fn set(&self, config: &mut Config) {
        match self.kind {
            Kind::Sound => {}
            Kind::Variant(variant) => variant.apply(config),
            Kind::Defect(defect) => config.defects.push(defect),
            Kind::Pair(one, other) => config.defects.extend([one, other]),
        }
        self.stage.set(config);
    }

    /// Whether a server of this configuration is asked in HTTP/2.
    pub(super) fn speaks_http2(&self, config: &Config) -> bool {
        config.http2 == Http2::PriorKnowledge || self.stage.transport == super::stage::Transport::Http2OverTls
    }
}

/// The checks that are there to find a defect.
pub(super) fn designated<'a>(suite: &'a Suite, defect: &str) -> Vec<&'a Scenario> {
    let names = |scenario: &&Scenario| scenario.catches.iter().any(|caught| caught.as_str() == defect);
    suite.scenarios.iter().filter(names).collect()
}

/// Every server: the sound one with so many seeds, in turn on every stage; the variants; the defects; and their pairs.
pub(super) fn all(suite: &Suite, seeds: u32, pairs: Pairs) -> Vec<Subject> {
    let stages = Stage::ALL.into_iter().cycle();
    let mut all: Vec<_> = (1..=u64::from(seeds))
        .zip(stages)
        .map(|(seed, stage)| Subject { kind: Kind::Sound, stage, seed })
        .collect();
    let once = |kind, stage| Subject { kind, stage, seed: SEED };
    let both = [Stage::plain(), Stage::bearer()];
    all.extend(variants::all().flat_map(|variant| both.map(|stage| once(Kind::Variant(variant), stage))));
    let stage = |defect: &Defect| Stage::for_checks(&designated(suite, defect.id));
    all.extend(defects::all().map(|defect| once(Kind::Defect(defect), stage(defect))));
    if pairs == Pairs::OfAFamily {
        let of_two = |(one, other)| once(Kind::Pair(one, other), stage(one).with_tls_of(stage(other)));
        all.extend(defects::families().flat_map(every_two).map(of_two));
    }
    all
}

fn every_two(family: &'static [Defect]) -> impl Iterator<Item = (&'static Defect, &'static Defect)> {
    family.iter().enumerate().flat_map(|(at, one)| family.iter().skip(at + 1).map(move |other| (one, other)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{Need, builtin_files};

    fn suite() -> Suite {
        Suite::read(builtin_files()).unwrap()
    }

    #[test]
    fn the_sound_server_is_tried_on_every_stage_in_turn() {
        let all = all(&suite(), 12, Pairs::None);
        let sound: Vec<_> = all.iter().filter(|subject| matches!(subject.kind, Kind::Sound)).collect();
        assert_eq!(sound.len(), 12);
        assert!(Stage::ALL.iter().all(|stage| sound.iter().filter(|one| one.stage == *stage).count() >= 2));
        assert_eq!(all.len(), 12 + 2 * variants::all().count() + defects::all().count());
    }

    #[test]
    fn every_two_defects_of_a_family_are_a_pair_once() {
        let pairs: Vec<_> = defects::families().flat_map(every_two).map(|(a, b)| (a.id, b.id)).collect();
        let wanted: usize = defects::families().map(|family| family.len() * (family.len() - 1) / 2).sum();
        assert_eq!(pairs.len(), wanted);
        assert!(pairs.iter().all(|(a, b)| a != b && !pairs.contains(&(b, a))));
    }

    #[test]
    fn a_defect_is_planted_where_its_checks_apply() {
        let suite = suite();
        for check in &suite.scenarios {
            let stage = Stage::for_checks(&[check]);
            let tls = check.needs.iter().any(|need| matches!(need, Need::Tls | Need::Http2));
            assert_eq!(stage.name().contains("TLS"), tls, "{}", check.id);
        }
    }
}

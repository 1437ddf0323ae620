//! The servers that the suite is tried on.

use super::stage::Stage;
use crate::mock::defects::{self, Defect};
use crate::mock::variants::{self, Variant};
use crate::mock::{Config, Http2};
use crate::plan::Slow;
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

/// In which environments a server is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// In all: a false alarm counts wherever it is.
    Every,
    /// In the first, with the keys of all: a defect is of the whole server, and what finds it there finds it in the others.
    First,
}

/// A server, where it is tried, and in which order.
#[derive(Clone, Copy, Debug)]
pub(super) struct Subject {
    pub(super) kind: Kind,
    pub(super) stage: Stage,
    pub(super) seed: u64,
    /// Whether slow checks are sent: all of them to the sound server, to another those that name what is wrong with it.
    pub(super) slow: Slow,
}

impl Subject {
    /// What a report calls it.
    pub(super) fn name(&self) -> String {
        match self.kind {
            Kind::Sound => {
                format!("the sound server, {}, seed {}{}", self.stage.name(), self.seed, self.slowly())
            }
            Kind::Variant(variant) => format!("the variant {}, {}", variant.id, self.stage.name()),
            Kind::Defect(defect) => defect.id.to_owned(),
            Kind::Pair(one, other) => format!("{} with {}", one.id, other.id),
        }
    }

    fn slowly(&self) -> &'static str {
        match self.slow {
            Slow::LeftOut => "",
            Slow::Included => ", slow checks included",
        }
    }

    /// In which environments it is asked.
    pub(super) fn reach(&self) -> Reach {
        match self.kind {
            Kind::Sound | Kind::Variant(_) => Reach::Every,
            Kind::Defect(_) | Kind::Pair(..) => Reach::First,
        }
    }

    /// Whether a check is tried on this server.
    pub(super) fn tries(&self, check: &Scenario) -> bool {
        let names = |defect: &Defect| check.catches.iter().any(|caught| caught.as_str() == defect.id);
        match (self.slow, self.kind) {
            _ if !check.slow => true,
            (Slow::LeftOut, _) => false,
            (Slow::Included, Kind::Sound | Kind::Variant(_)) => true,
            (Slow::Included, Kind::Defect(defect)) => names(defect),
            (Slow::Included, Kind::Pair(one, other)) => names(one) || names(other),
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

/// Whether a defect is one that nothing but slow checks is there to find.
pub(super) fn is_slow(suite: &Suite, defect: &str) -> bool {
    let named = designated(suite, defect);
    !named.is_empty() && named.iter().all(|check| check.slow)
}

/// Every server: the sound one with so many seeds, in turn on every stage; the variants; the defects; and their pairs.
/// Where slow checks are included, the sound one once more with all of them, and the defects that only they find.
pub(super) fn all(suite: &Suite, (seeds, slow): (u32, Slow), pairs: Pairs) -> Vec<Subject> {
    let stages = Stage::ALL.into_iter().cycle();
    let subject = |kind, stage, seed| Subject { kind, stage, seed, slow: Slow::LeftOut };
    let mut all: Vec<_> =
        (1..=u64::from(seeds)).zip(stages).map(|(seed, stage)| subject(Kind::Sound, stage, seed)).collect();
    let once = |kind, stage| subject(kind, stage, SEED);
    let each = [Stage::plain(), Stage::bearer(), Stage::jwt()];
    all.extend(variants::all().flat_map(|variant| each.map(|stage| once(Kind::Variant(variant), stage))));
    let stage = |defect: &Defect| Stage::for_checks(&designated(suite, defect.id));
    let (slow_ones, fast): (Vec<_>, Vec<_>) = defects::all().partition(|it| is_slow(suite, it.id));
    all.extend(fast.into_iter().map(|defect| once(Kind::Defect(defect), stage(defect))));
    if slow == Slow::Included {
        let slowly = |subject: Subject| Subject { slow, ..subject };
        all.push(slowly(once(Kind::Sound, Stage::plain())));
        all.extend(slow_ones.into_iter().map(|defect| slowly(once(Kind::Defect(defect), stage(defect)))));
    }
    if pairs == Pairs::OfAFamily {
        let of_two = |(one, other)| once(Kind::Pair(one, other), stage(one).with_tls_of(stage(other)));
        let fast = |(one, other): &(&Defect, &Defect)| !is_slow(suite, one.id) && !is_slow(suite, other.id);
        all.extend(defects::families().flat_map(every_two).filter(fast).map(of_two));
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
        let (suite, left_out) = (suite(), (14, Slow::LeftOut));
        let all = all(&suite, left_out, Pairs::None);
        let sound: Vec<_> = all.iter().filter(|subject| matches!(subject.kind, Kind::Sound)).collect();
        assert_eq!(sound.len(), 14);
        assert!(Stage::ALL.iter().all(|stage| sound.iter().filter(|one| one.stage == *stage).count() >= 2));
        let fast = defects::all().filter(|defect| !is_slow(&suite, defect.id)).count();
        assert_eq!(all.len(), 14 + 3 * variants::all().count() + fast);
        assert!(fast < defects::all().count());
    }

    #[test]
    fn what_is_sound_is_asked_everywhere_and_what_is_broken_in_one_environment() {
        let every = all(&suite(), (1, Slow::Included), Pairs::OfAFamily);
        let sound = |subject: &Subject| matches!(subject.kind, Kind::Sound | Kind::Variant(_));
        assert!(every.iter().all(|subject| (subject.reach() == Reach::Every) == sound(subject)));
    }

    #[test]
    fn slow_checks_are_tried_on_the_sound_server_and_on_what_they_are_there_to_find() {
        let suite = suite();
        let all = all(&suite, (1, Slow::Included), Pairs::OfAFamily);
        let slow: Vec<_> = all.iter().filter(|subject| subject.slow == Slow::Included).collect();
        let checks = |subject: &Subject| {
            suite.scenarios.iter().filter(|check| check.slow && subject.tries(check)).count()
        };
        let every = suite.scenarios.iter().filter(|check| check.slow).count();
        for subject in &slow {
            match subject.kind {
                Kind::Sound => assert_eq!(checks(subject), every),
                Kind::Defect(defect) => assert_eq!(checks(subject), 1, "{}", defect.id),
                Kind::Variant(_) | Kind::Pair(_, _) => unreachable!("{}", subject.name()),
            }
        }
        let planted = defects::all().filter(|defect| is_slow(&suite, defect.id)).count();
        assert_eq!(slow.len(), planted + 1);
        assert!(all.iter().filter(|one| one.slow == Slow::LeftOut).all(|one| checks(one) == 0));
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

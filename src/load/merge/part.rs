//! The result of one shard, with its histograms.

use super::MergeError;
use crate::load::written::{Log, Recorded};
use crate::outcome::load::{LoadResult, ShardInfo};

/// The result of one shard.
#[derive(Clone, Debug)]
pub(super) struct Part {
    /// The file that it was read from.
    pub(super) file: String,
    pub(super) result: LoadResult,
    pub(super) times: Recorded,
}

impl Part {
    /// Of a result and the histograms whose tags begin so.
    pub(super) fn new(file: &str, result: LoadResult, (log, prefix): (&Log, &str)) -> Result<Self, String> {
        let names: Vec<_> = result.classes.iter().map(|class| class.name.as_str()).collect();
        let times = Recorded::untagged(log, prefix, &names);
        for (class, recorded) in result.classes.iter().zip(&times.classes) {
            let kinds = [
                ("response", class.response_time_us.count, &recorded.response),
                ("service", class.service_time_us.count, &recorded.service),
                ("other-response", class.other_response_time_us.count, &recorded.other_response),
            ];
            if let Some((kind, told, found)) =
                kinds.into_iter().find(|(_, told, found)| *told != found.count())
            {
                let (name, found) = (&class.name, found.count());
                return Err(format!(
                    "it has {told} {kind} times of `{name}`, and the histograms beside it have {found}: they are of \
                     another result"
                ));
            }
        }
        Ok(Self { file: file.to_owned(), result, times })
    }

    /// Which shard it is; the whole plan is the first of one.
    pub(super) fn shard(&self) -> ShardInfo {
        self.result.identity.shard.unwrap_or(ShardInfo { number: 1, of: 1 })
    }

    pub(super) fn number(&self) -> u64 {
        self.shard().number
    }

    /// The names of the classes.
    pub(super) fn names(&self) -> Vec<&str> {
        self.result.classes.iter().map(|class| class.name.as_str()).collect()
    }

    /// Whether two shards are of one run.
    pub(super) fn belongs_to(&self, other: &Self) -> Result<(), MergeError> {
        let (one, two) = (&self.result, &other.result);
        let (own, its) = (&one.identity, &two.identity);
        let contracts = |one: &LoadResult| format!("`{}` of {}", one.contract.api, one.contract.file);
        // A plan's digest tells where it was sent too.
        let targets = |one: &LoadResult| format!("`{}` at {}", one.target.environment, one.target.url);
        let is_elsewhere = (&one.plan, one.seed) == (&two.plan, two.seed) && targets(one) != targets(two);
        let plans = |one: &LoadResult| format!("`{}`, seed {}, to {}", one.plan, one.seed, one.target.url);
        let differs = if own.contract != its.contract {
            format!("they are of different contracts: {} and {}", contracts(one), contracts(two))
        } else if own.plan != its.plan && is_elsewhere {
            format!("they are loads of different targets: {} and {}", targets(one), targets(two))
        } else if own.plan != its.plan {
            format!(
                "they are of different plans, or of one plan with different flags: {} and {}",
                plans(one),
                plans(two)
            )
        } else if self.shard().of != other.shard().of {
            format!("one plan was cut into {} parts, the other into {}", self.shard().of, other.shard().of)
        } else if own.run != its.run {
            format!(
                "they are of different runs of the plan ({} and {}): give all shards the same --start-at",
                own.run, its.run
            )
        } else {
            return Ok(());
        };
        Err(self.strangers(other, differs))
    }

    fn strangers(&self, other: &Self, why: String) -> MergeError {
        MergeError::Strangers { one: self.file.clone(), other: other.file.clone(), why }
    }

    /// One of two results of the same shard: a checkpoint gives way to what came after it.
    pub(super) fn or(self, other: Self) -> Result<Self, MergeError> {
        let rank =
            |part: &Self| (part.result.whole, if part.result.whole { 0 } else { part.result.duration_ms });
        match rank(&self).cmp(&rank(&other)) {
            std::cmp::Ordering::Greater => Ok(self),
            std::cmp::Ordering::Less => Ok(other),
            std::cmp::Ordering::Equal if self.is(&other) => Ok(self),
            std::cmp::Ordering::Equal => {
                let shard = self.shard();
                let why = format!(
                    "both are shard {}/{} of one run, and they differ: only one of them can count",
                    shard.number, shard.of
                );
                Err(self.strangers(&other, why))
            }
        }
    }

    fn is(&self, other: &Self) -> bool {
        let text = |part: &Self| serde_json::to_string(&part.result).unwrap_or_default();
        text(self) == text(other)
    }
}

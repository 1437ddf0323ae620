//! What is written beside the result: histograms in the log format of `HdrHistogram`, and a line for each second.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hdrhistogram::serialization::interval_log::{
    IntervalLogIterator, IntervalLogWriterBuilder, LogEntry, Tag,
};
use hdrhistogram::serialization::{Deserializer, V2DeflateSerializer};

use super::collect::{Collected, SecondSum};
use super::conclude::second;
use super::job::Job;
use super::tally::{ClassTimes, Connecting};
use super::times::Times;

/// The tag of how late the generator was; no part of a mix can be called so.
const LAG: &str = "@generator.lag";
/// The tags of how long connections took, without TLS and what that took.
const CONNECT: &str = "@connections.connect";
const HANDSHAKE: &str = "@connections.handshake";
/// What the warm-up is called in tags.
const WARM_UP: &str = "@warm-up";

/// All times of a run.
#[derive(Clone, Debug, Default)]
pub(super) struct Recorded {
    /// By class.
    pub(super) classes: Vec<ClassTimes>,
    /// Those of the warm-up, all classes together.
    pub(super) warm_up: ClassTimes,
    /// How late the generator was.
    pub(super) lag: Times,
    /// How long connections took.
    pub(super) connecting: Connecting,
}

/// The histograms of a run as an `.hlog`: response and service times of every class, in microseconds, over the whole
/// run, each under its name as a tag; those of the warm-up and of the generator's lag beside them.
///
/// # Errors
/// When a histogram cannot be written down.
pub fn log(job: &Job, collected: &Collected, started: SystemTime) -> Result<Vec<u8>, String> {
    let names: Vec<_> = job.classes.iter().map(|class| class.name.as_str()).collect();
    let recorded = Recorded {
        classes: collected.times.clone(),
        warm_up: collected.warm_up_times.clone(),
        lag: collected.lag.clone(),
        connecting: collected.connecting.clone(),
    };
    let span = job.span.saturating_sub(job.warm_up);
    write(&recorded.tagged("", &names), (started, job.warm_up, span))
}

impl Recorded {
    /// Every kind of time that there is, each with its tag.
    pub(super) fn tagged(&self, prefix: &str, names: &[&str]) -> Vec<(String, &Times)> {
        let own = names.iter().zip(&self.classes).chain([(&WARM_UP, &self.warm_up)]);
        let mut all: Vec<_> = own
            .flat_map(|(name, times)| kinds(times).map(|(kind, times)| (tag(prefix, name, kind), times)))
            .collect();
        all.push((format!("{prefix}{LAG}"), &self.lag));
        all.push((format!("{prefix}{CONNECT}"), &self.connecting.connect));
        all.push((format!("{prefix}{HANDSHAKE}"), &self.connecting.handshake));
        all.retain(|(_, times)| times.count() > 0);
        all
    }

    /// The same, from what was read.
    pub(super) fn untagged(read: &BTreeMap<String, Times>, prefix: &str, names: &[&str]) -> Self {
        let times = |tag: &str| read.get(tag).cloned().unwrap_or_default();
        let of = |name: &str| ClassTimes {
            response: times(&tag(prefix, name, "response")),
            service: times(&tag(prefix, name, "service")),
            other_response: times(&tag(prefix, name, "other-response")),
            other_service: times(&tag(prefix, name, "other-service")),
            outlived: times(&tag(prefix, name, "outlived")),
        };
        Self {
            classes: names.iter().map(|name| of(name)).collect(),
            warm_up: of(WARM_UP),
            lag: times(&format!("{prefix}{LAG}")),
            connecting: Connecting {
                connect: times(&format!("{prefix}{CONNECT}")),
                handshake: times(&format!("{prefix}{HANDSHAKE}")),
            },
        }
    }
}

fn kinds(times: &ClassTimes) -> [(&'static str, &Times); 5] {
    [
        ("response", &times.response),
        ("service", &times.service),
        ("other-response", &times.other_response),
        ("other-service", &times.other_service),
        ("outlived", &times.outlived),
    ]
}

/// A tag has no space and no comma in it.
fn tag(prefix: &str, name: &str, kind: &str) -> String {
    format!("{prefix}{name}.{kind}").replace([' ', ',', '\r', '\n'], "_")
}

/// Writes histograms, each of which is of the whole time.
pub(super) fn write(
    tagged: &[(String, &Times)],
    (base, start, span): (SystemTime, Duration, Duration),
) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let mut serializer = V2DeflateSerializer::new();
    let mut builder = IntervalLogWriterBuilder::new();
    builder.add_comment("lockproof: times in microseconds").with_base_time(base).with_max_value_divisor(1.0);
    let mut writer =
        builder.begin_log_with(&mut bytes, &mut serializer).map_err(|error| error.to_string())?;
    for (tag, times) in tagged {
        let Some(histogram) = times.histogram() else { continue };
        writer
            .write_histogram(histogram, start, span.max(Duration::from_millis(1)), Tag::new(tag))
            .map_err(|error| error.to_string())?;
    }
    Ok(bytes)
}

/// Reads histograms by their tags.
pub(super) fn read(log: &[u8]) -> Result<BTreeMap<String, Times>, String> {
    let mut all: BTreeMap<String, Times> = BTreeMap::new();
    for entry in IntervalLogIterator::new(log) {
        let entry = entry.map_err(|error| format!("not a log of histograms: {error:?}"))?;
        let LogEntry::Interval(interval) = entry else { continue };
        let tag = interval.tag().map_or("", |tag| tag.as_str());
        let wrong = |why: &str| format!("the histogram `{tag}` is {why}");
        let bytes = STANDARD.decode(interval.encoded_histogram()).map_err(|_| wrong("not base64"))?;
        let histogram = Deserializer::new().deserialize(&mut &*bytes).map_err(|_| wrong("damaged"))?;
        let times = Times::written(histogram).ok_or_else(|| wrong("of other bounds than ours"))?;
        all.entry(tag.to_owned()).or_default().add(&times);
    }
    Ok(all)
}

/// One second as a line of JSON.
pub fn line(number: u64, sum: &SecondSum) -> String {
    let mut line = serde_json::to_string(&second(number, sum)).unwrap_or_default();
    line.push('\n');
    line
}

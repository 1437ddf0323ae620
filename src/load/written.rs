//! What is written beside the result: histograms in the log format of `HdrHistogram`, and a line for each second.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use hdrhistogram::serialization::V2DeflateSerializer;
use hdrhistogram::serialization::interval_log::{
    IntervalLogIterator, IntervalLogWriterBuilder, LogEntry, Tag,
};

use super::collect::Collected;
use super::conclude::second;
use super::job::Job;
use super::packed::{Packed, SecondTimes, unpacked};
use super::second::SecondSum;
use super::tally::{ClassTimes, Connecting};
use super::times::Times;

/// The tag of how late the generator was; no part of a mix can be called so.
const LAG: &str = "@generator.lag";
/// The tags of how long connections took, without TLS and what that took.
const CONNECT: &str = "@connections.connect";
const HANDSHAKE: &str = "@connections.handshake";
/// What the warm-up is called in tags.
const WARM_UP: &str = "@warm-up";
/// The tags of the response times and the lag of one second; which one it is, the time that they cover says.
const SECOND_RESPONSE: &str = "@second.response";
const SECOND_LAG: &str = "@second.lag";

/// What was read of a log of histograms.
#[derive(Clone, Debug, Default)]
pub(super) struct Log {
    /// Those of the whole run, by their tags.
    times: BTreeMap<String, Times>,
    /// Those of one second, by their tags and seconds.
    seconds: BTreeMap<String, BTreeMap<u64, Packed>>,
}

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
    /// By second: only of a shard, whose seconds are put together with those of others.
    pub(super) seconds: BTreeMap<u64, SecondTimes>,
}

/// The histograms of a run as an `.hlog`: response and service times of every class, in microseconds, over the whole
/// run, each under its name as a tag; those of the warm-up and of the generator's lag beside them. A shard has those of
/// every second too: percentiles of parts cannot be put together, histograms can.
///
/// # Errors
/// When a histogram cannot be written down.
pub fn log(job: &Job, collected: &Collected, started: SystemTime) -> Result<Vec<u8>, String> {
    let names: Vec<_> = job.classes.iter().map(|class| class.name.as_str()).collect();
    let mut seconds = BTreeMap::new();
    if !job.settings.shard.is_whole() {
        seconds.extend(collected.seconds.iter().map(|(number, sum)| (*number, sum.packed())));
    }
    let recorded = Recorded {
        classes: collected.times.clone(),
        warm_up: collected.warm_up_times.clone(),
        lag: collected.lag.clone(),
        connecting: collected.connecting.clone(),
        seconds,
    };
    let span = job.span.saturating_sub(job.warm_up);
    let mut log = write(&recorded.tagged("", &names), (started, job.warm_up, span))?;
    log.extend(lines("", &recorded.seconds).into_bytes());
    Ok(log)
}

/// The histograms of seconds as lines of a log.
pub(super) fn lines(prefix: &str, seconds: &BTreeMap<u64, SecondTimes>) -> String {
    let mut text = String::new();
    for (number, times) in seconds {
        for (tag, packed) in [(SECOND_RESPONSE, &times.response), (SECOND_LAG, &times.lag)] {
            if !packed.is_empty() {
                text.push_str(&packed.line(&format!("{prefix}{tag}"), *number));
            }
        }
    }
    text
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
    pub(super) fn untagged(read: &Log, prefix: &str, names: &[&str]) -> Self {
        let times = |tag: &str| read.times.get(tag).cloned().unwrap_or_default();
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
            seconds: read.seconds(prefix),
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

impl Log {
    /// The times of the seconds whose tags begin so.
    fn seconds(&self, prefix: &str) -> BTreeMap<u64, SecondTimes> {
        let mut seconds: BTreeMap<u64, SecondTimes> = BTreeMap::new();
        let of = |tag: &str| self.seconds.get(&format!("{prefix}{tag}")).into_iter().flatten();
        for (number, packed) in of(SECOND_RESPONSE) {
            seconds.entry(*number).or_default().response = packed.clone();
        }
        for (number, packed) in of(SECOND_LAG) {
            seconds.entry(*number).or_default().lag = packed.clone();
        }
        seconds
    }
}

/// Reads histograms by their tags.
pub(super) fn read(log: &[u8]) -> Result<Log, String> {
    let mut all = Log::default();
    for entry in IntervalLogIterator::new(log) {
        let entry = entry.map_err(|error| format!("not a log of histograms: {error:?}"))?;
        let LogEntry::Interval(interval) = entry else { continue };
        let tag = interval.tag().map_or("", |tag| tag.as_str());
        let wrong = |why: &str| format!("the histogram `{tag}` is {why}");
        let text = interval.encoded_histogram();
        if [SECOND_RESPONSE, SECOND_LAG].iter().any(|own| tag.ends_with(own)) {
            let packed = Packed::read(text).map_err(wrong)?;
            let number = interval.start_timestamp().as_secs();
            all.seconds.entry(tag.to_owned()).or_default().insert(number, packed);
        } else {
            all.times.entry(tag.to_owned()).or_default().add(&unpacked(text).map_err(wrong)?);
        }
    }
    Ok(all)
}

/// One second as a line of JSON.
pub fn line(number: u64, sum: &SecondSum) -> String {
    let mut line = serde_json::to_string(&second(number, sum)).unwrap_or_default();
    line.push('\n');
    line
}

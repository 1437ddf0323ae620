//! What is written beside the result: histograms in the log format of `HdrHistogram`, and a line for each second.

use std::time::{Duration, SystemTime};

use hdrhistogram::serialization::V2DeflateSerializer;
use hdrhistogram::serialization::interval_log::{IntervalLogWriterBuilder, Tag};

use super::collect::{Collected, SecondSum};
use super::conclude::second;
use super::job::Job;
use super::times::Times;

/// The histograms of a run as an `.hlog`: response and service times of every class, in microseconds, over the whole
/// run, each under its name as a tag.
///
/// # Errors
/// When a histogram cannot be written down.
pub fn log(job: &Job, collected: &Collected, started: SystemTime) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let mut serializer = V2DeflateSerializer::new();
    let mut builder = IntervalLogWriterBuilder::new();
    builder
        .add_comment("lockproof: times in microseconds")
        .with_base_time(started)
        .with_max_value_divisor(1.0);
    let mut writer =
        builder.begin_log_with(&mut bytes, &mut serializer).map_err(|error| error.to_string())?;
    let span = job.span.saturating_sub(job.warm_up);
    for (class, times) in job.classes.iter().zip(&collected.times) {
        let kinds = [
            ("response", &times.response),
            ("service", &times.service),
            ("other-response", &times.other_response),
            ("other-service", &times.other_service),
        ];
        for (kind, times) in kinds.into_iter().filter(|(_, times)| times.count() > 0) {
            let name = format!("{}.{kind}", class.name);
            let Some(histogram) = Times::histogram(times) else { continue };
            writer
                .write_histogram(histogram, job.warm_up, span.max(Duration::from_millis(1)), Tag::new(&name))
                .map_err(|error| error.to_string())?;
        }
    }
    Ok(bytes)
}

/// One second as a line of JSON.
pub fn line(number: u64, sum: &SecondSum) -> String {
    let mut line = serde_json::to_string(&second(number, sum)).unwrap_or_default();
    line.push('\n');
    line
}

//! The flags of `lockproof load`.

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use clap::{Args, ValueEnum};

use crate::cli::target::TargetArgs;
use crate::document::{Millis, Rate};
use crate::load::format::Model;
use crate::load::threshold::{self, Threshold};
use crate::load::{Limits, Pacing, Shard};

const EXAMPLES: &str = "\
Examples:
  lockproof load                                         the reference server, 500 requests a second for 10 s
  lockproof load --rate 2000/s --duration 30s            another rate: each request when it is due
  lockproof load --connections 64                        as fast as 64 connections go, one request behind the other
  lockproof load my-plan.yaml --contract lockproof.yaml --authorized api.example.com
  lockproof load --find-capacity --threshold 'p99(accepted) < 50ms' --duration 5s
  lockproof load --contract lockproof.yaml --shard 1/4 --start-at 2027-01-31T12:00:00Z --out shard-1
  lockproof load --threshold 'p99(accepted, response) < 20ms' --threshold 'rate(shed) < 1%'

Every answer is judged. Exit code 1 is a wrong answer, 4 a threshold that was missed, 5 a result that is void because
the generator itself was the bottleneck. A load of more than 10 requests a second on anything but this machine needs
--authorized HOST.

The first interrupt lets what is under way finish, the second ends it at once, the third ends the program. Every ten
seconds load.json and load.hlog are written as checkpoints.";

/// Load a target: good and bad keys at a rate, every answer judged.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(in crate::cli) struct LoadArgs {
    /// The plan: a built-in one by its name, or a file; without it, `steady`.
    pub(super) plan: Option<String>,
    #[command(flatten)]
    pub(super) target: TargetArgs,
    /// The host that you are authorised to load; recorded in the report.
    #[arg(long, value_name = "HOST", help_heading = "Target")]
    pub(super) authorized: Option<String>,
    /// Refuse a plan that asks for more than this; 5/s on a protected environment, where nothing is said.
    #[arg(long, value_name = "RATE", value_parser = rate, help_heading = "Target")]
    pub(super) max_rate: Option<Rate>,
    /// The environment, where the plan is not to say it.
    #[arg(long, value_name = "ENVIRONMENT", help_heading = "Target")]
    pub(super) environment: Option<String>,
    #[command(flatten)]
    pace: PaceArgs,
    #[command(flatten)]
    pub(super) part: PartArgs,
    #[command(flatten)]
    judge: JudgeArgs,
    /// Where load.json, load.hlog and load.ndjson are written.
    #[arg(long, value_name = "FOLDER", default_value = "reports/latest", help_heading = "Reports")]
    pub(super) out: PathBuf,
    /// Send the plan at one rate after the other, from --rate on, until the highest is known at which its thresholds hold.
    #[arg(long, conflicts_with_all = ["calibrate", "model"])]
    pub(super) find_capacity: bool,
    /// Measure how fast the generator is on this machine, compare the plan with it, and end; nothing is sent elsewhere.
    #[arg(long)]
    pub(super) calibrate: bool,
    /// Print the built-in plans, and end.
    #[arg(long)]
    pub(super) list_plans: bool,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Pace")]
struct PaceArgs {
    /// Send at this constant rate, as 500/s (or 500), each request when it is due.
    #[arg(long, value_name = "RATE", value_parser = some_rate)]
    rate: Option<Rate>,
    /// Keep so many connections open; without --rate, send on each as soon as an answer has come.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    connections: Option<u32>,
    /// When the next request is sent: when it is due (open), or when an answer has come (closed).
    #[arg(long, value_enum, value_name = "MODEL")]
    model: Option<ModelArg>,
    /// Send so many requests at the most, warm-up included.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    requests: Option<u64>,
    /// How long it takes, warm-up left out.
    #[arg(long, value_name = "TIME", value_parser = some_time)]
    duration: Option<Duration>,
    /// How long is sent before anything is measured.
    #[arg(long, value_name = "TIME", value_parser = time)]
    warm_up: Option<Duration>,
    /// How long an answer may take.
    #[arg(long, value_name = "TIME", value_parser = some_time)]
    timeout: Option<Duration>,
    /// Threads that send; without it, as many as the rate asks for.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    threads: Option<u16>,
    /// How long what is under way may take when the end has come.
    #[arg(long, value_name = "TIME", default_value = "5s", value_parser = time)]
    grace: Duration,
    /// The seed of the order and of chance; printed in every report.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Several processes")]
pub(super) struct PartArgs {
    /// Send one part of the plan, such as 2/4 for the second of four; `lockproof merge` puts the results together.
    #[arg(long, value_name = "I/N", value_parser = Shard::parse, requires = "start_at", conflicts_with_all = ["find_capacity", "calibrate"])]
    pub(super) shard: Option<Shard>,
    /// Start at this moment, as 2027-01-31T12:00:00Z: the same for all parts of a plan.
    #[arg(long, value_name = "TIME", value_parser = moment, conflicts_with_all = ["find_capacity", "calibrate"])]
    pub(super) start_at: Option<SystemTime>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Judgement")]
struct JudgeArgs {
    /// Something that must hold, such as 'p99(accepted, response) < 20ms'; repeatable.
    #[arg(long, value_name = "THRESHOLD", value_parser = a_threshold)]
    threshold: Vec<Threshold>,
    /// How late the generator may be (99th percentile) before the result is void.
    #[arg(long, value_name = "TIME", default_value = "1ms", value_parser = time)]
    max_lag: Duration,
    /// How much of a processor a thread of the generator may use before the result is void, in percent; 100 is any.
    #[arg(long, value_name = "PERCENT", default_value_t = 85, value_parser = clap::value_parser!(u8).range(1..=100))]
    max_cpu: u8,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum ModelArg {
    Open,
    Closed,
}

impl From<ModelArg> for Model {
    fn from(model: ModelArg) -> Self {
        match model {
            ModelArg::Open => Self::Open,
            ModelArg::Closed => Self::Closed,
        }
    }
}

impl LoadArgs {
    /// What the operator wants otherwise than the plan has it.
    pub(super) fn pacing(&self) -> Pacing {
        let pace = &self.pace;
        Pacing {
            model: pace.model.map(Into::into),
            rate: pace.rate.clone(),
            connections: pace.connections,
            requests: pace.requests,
            duration: pace.duration,
            warm_up: pace.warm_up,
            timeout: pace.timeout,
            threads: pace.threads.map(usize::from),
            grace: pace.grace,
            seed: pace.seed,
            shard: self.part.shard.unwrap_or_default(),
            start: None,
        }
    }

    /// Whether the operator said how many requests there are.
    pub(super) fn is_counted(&self) -> bool {
        self.pace.requests.is_some()
    }

    /// The thresholds beside the plan's.
    pub(super) fn thresholds(&self) -> Vec<Threshold> {
        self.judge.threshold.clone()
    }

    /// How far the generator may fall behind.
    pub(super) fn limits(&self) -> Limits {
        Limits {
            lag_us: u64::try_from(self.judge.max_lag.as_micros()).unwrap_or(u64::MAX),
            cpu_percent: u64::from(self.judge.max_cpu),
        }
    }
}

fn rate(text: &str) -> Result<Rate, String> {
    let plain = !text.contains('/');
    Rate::parse(&if plain { format!("{text}/s") } else { text.to_owned() })
}

fn some_rate(text: &str) -> Result<Rate, String> {
    let rate = rate(text)?;
    if rate.per_second() > 0.0 {
        Ok(rate)
    } else {
        Err("nothing would ever be sent; write `100/s`".to_owned())
    }
}

fn time(text: &str) -> Result<Duration, String> {
    Millis::wait(text)
}

fn some_time(text: &str) -> Result<Duration, String> {
    let time = time(text)?;
    if time.is_zero() { Err("it would end before it begins; write `10s`".to_owned()) } else { Ok(time) }
}

fn moment(text: &str) -> Result<SystemTime, String> {
    humantime::parse_rfc3339_weak(text)
        .map_err(|_| "it is no moment; write it as `2027-01-31T12:00:00Z`, in UTC".to_owned())
}

fn a_threshold(text: &str) -> Result<Threshold, String> {
    threshold::parse(text).map_err(|mistake| match mistake.hint {
        Some(hint) => format!("{}; {hint}", mistake.message),
        None => mistake.message,
    })
}

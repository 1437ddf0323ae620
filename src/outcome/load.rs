//! What a load concluded: the values behind `load.json` and its page. The field names are a published interface.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use super::turn::Turn;
pub use super::{ContractInfo, Target, Tool};
use super::{Exchange, Redacted, WrongKind};

/// The name and version of the `load.json` format.
pub const LOAD_FORMAT: &str = "lockproof-load/1";

/// Declares a struct with the counts that a whole run, each class and each second have alike.
macro_rules! counted {
    ($(#[$doc:meta])* $name:ident { $($before:tt)* } { $($after:tt)* }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
        pub struct $name {
            $($before)*
            /// Requests that were sent.
            pub sent: u64,
            /// Whole answers.
            pub completed: u64,
            /// Acceptances that were right.
            pub right_accept: u64,
            /// Refusals that were right.
            pub right_refusal: u64,
            /// Acceptances of what had to be refused: the lock failed.
            pub false_accept: u64,
            /// Refusals of what had to be accepted.
            pub false_refusal: u64,
            /// Answers by which the target said that it was too busy.
            pub shed: u64,
            /// Answers that are nothing the contract knows, and requests whose connection ended, was reset, or said
            /// what is not HTTP.
            pub broken: u64,
            /// Requests without a whole answer in time.
            pub timed_out: u64,
            /// Requests that were due and waited for a connection.
            pub late: u64,
            /// Requests that were due and never sent.
            pub dropped: u64,
            $($after)*
        }
    };
}

counted! {
    /// Everything that a load concluded: the content of `load.json`.
    LoadResult {
        /// The name and version of this format.
        pub format: String,
        /// Who made it.
        pub tool: Tool,
        /// The contract that the target was held to.
        pub contract: ContractInfo,
        /// What tells results that belong together from those that do not.
        pub identity: Identity,
        /// Whether the load had ended when this was written. What is not whole is a checkpoint: the program ended before
        /// the load did.
        pub whole: bool,
        /// What the plan is called.
        pub plan: String,
        /// What it finds out.
        pub title: String,
        /// Whether requests came by the clock (`open`), or when an answer had come (`closed`).
        pub model: LoadModel,
        /// Where it went.
        pub target: Target,
        /// The host that the operator said to be authorised to load, where that had to be said.
        pub authorized: Option<Redacted>,
        /// The seed of the order and of chance.
        pub seed: u64,
        /// When it began, in UTC (RFC 3339).
        pub started: String,
        /// How long it took, warm-up and drain included.
        pub duration_ms: u64,
        /// How long the plan takes, warm-up included, in microseconds.
        pub span_us: u64,
        /// How long its warm-up takes, in microseconds.
        pub warm_up_us: u64,
        /// How long something is sent alone behind it, in microseconds.
        #[serde(default)]
        pub alone_us: u64,
        /// What it came to.
        pub verdict: LoadVerdict,
        /// The number that the process ended with.
        pub exit_code: u8,
        /// What a reader must know before trusting anything below.
        pub notices: Vec<Redacted>,
        /// Requests that the plan has, warm-up left out; in the closed model, those that were sent or dropped.
        pub planned: u64,
    } {
        /// Requests without an answer when all was over.
        pub in_flight: u64,
        /// Requests of the plan that were not due yet when it was interrupted.
        pub not_started: u64,
        /// What `broken` is made of.
        pub breakages: Breakages,
        /// How the generator itself fared.
        pub generator: Generator,
        /// From when requests were due to the last byte: of those with a right answer, and those without any in time.
        pub response_time_us: Percentiles,
        /// From when requests were sent to the last byte.
        pub service_time_us: Percentiles,
        /// How many response times lie in each range.
        pub distribution: Vec<Range>,
        /// What was sent before anything was measured.
        pub warm_up: Option<Class>,
        /// The same for each class.
        pub classes: Vec<Class>,
        /// The same for each second.
        pub seconds: Vec<Second>,
        /// What happened to connections.
        pub connections: Connections,
        /// What was done to the target meanwhile.
        pub timeline: Vec<Deed>,
        /// What the plan's thresholds came to.
        pub thresholds: Vec<ThresholdResult>,
        /// The first surprises of each kind, in full.
        pub surprises: Vec<Surprise>,
        /// The results of the shards that this was put together of; empty where one process sent it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub parts: Vec<LoadResult>,
    }
}

counted! {
    /// One part of the mix on one operation.
    Class {
        /// Its name.
        pub name: String,
        /// The operation.
        pub operation: Option<String>,
        /// The credential whose own key was sent, if one was.
        pub credential: Option<String>,
        /// The part of the mix.
        pub entry: String,
        /// Whether an acceptance was right.
        pub accepts: bool,
        /// When it had its turn.
        #[serde(default)]
        pub turn: Turn,
        /// What had to come of it.
        pub expected: Redacted,
    } {
        /// Requests without an answer when all was over.
        pub in_flight: u64,
        /// What `broken` is made of.
        pub breakages: Breakages,
        /// From when they were due: of those with a right answer, and those without any in time.
        pub response_time_us: Percentiles,
        /// The same from when they were sent.
        pub service_time_us: Percentiles,
        /// From when they were due: of those with another answer.
        pub other_response_time_us: Percentiles,
        /// From when the target had told the end of their key until they were sent: of those that were accepted all the
        /// same. Nothing where their key has no end.
        pub outlived_us: Option<Percentiles>,
    }
}

counted! {
    /// One second of a run.
    Second {
        /// Its number, from 0, warm-up included.
        pub second: u64,
    } {
        /// Median response time.
        pub p50_us: Option<u64>,
        /// 99th percentile of the response time.
        pub p99_us: Option<u64>,
        /// The longest response time.
        pub max_us: Option<u64>,
        /// 99th percentile of the time by which the generator was late.
        pub lag_p99_us: Option<u64>,
        /// The part of its processors that the generator used, in percent.
        pub cpu_percent: u64,
    }
}

/// What a result is of: two that differ in anything but the shard do not belong together.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Identity {
    /// The run: the same in all of its shards, another each time.
    pub run: String,
    /// A digest of what is sent, when, and what is right.
    pub plan: String,
    /// A digest of what the contract promises.
    pub contract: String,
    /// The shard; nothing where it is the whole plan.
    pub shard: Option<ShardInfo>,
}

/// One of several equal parts of a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct ShardInfo {
    /// Its number, from 1.
    pub number: u64,
    /// How many there are.
    pub of: u64,
}

/// When requests were sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LoadModel {
    /// By the clock.
    Open,
    /// When an answer had come.
    Closed,
}

/// What a load came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LoadVerdict {
    /// Every answer was right, and every threshold met.
    Sound,
    /// An answer was wrong.
    Wrong,
    /// A threshold was missed.
    Missed,
    /// The generator itself was the bottleneck: nothing follows for the target.
    Void,
    /// Nothing can be concluded.
    Inconclusive,
    /// It was interrupted.
    Aborted,
    /// Our own counts do not add up.
    Error,
}

/// What is broken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Breakages {
    /// Whole answers that are nothing the contract knows.
    pub wrong_answer: u64,
    /// What is not HTTP, or not framed.
    pub malformed: u64,
    /// Connections that ended before the answer did.
    pub closed: u64,
    /// Connections that were reset.
    pub reset: u64,
}

/// How the generator itself fared.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Generator {
    /// Its time on processors for each request.
    pub cpu_us_per_request: Option<f64>,
    /// Its time on processors, in microseconds.
    pub cpu_us: u64,
    /// By how much it was late to look at what was due: of a hundred times, the second longest.
    pub lag_p99_us: Option<u64>,
    /// Whether what was measured is the target and not the generator.
    pub valid: bool,
    /// Why it is not.
    pub causes: Vec<String>,
    /// Threads.
    pub threads: usize,
    /// Threads that did not end in time: what they counted last is missing.
    pub lost_threads: usize,
    /// Connections.
    pub connections: usize,
    /// How long it slept at least between two looks at the clock, in microseconds.
    pub tick_us: u64,
    /// The longest time in which it did not run, in microseconds.
    pub stall_us: u64,
    /// How long an answer may take, in microseconds: times from here on are at least that.
    pub timeout_us: u64,
    /// Answers that lacked a mark of a right one and were right all the same.
    pub second_looks: u64,
    /// Answers with every mark of a right one that a sample found to be wrong.
    pub missed: u64,
}

/// What happened to connections.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Connections {
    /// Connections that came to be.
    pub opened: u64,
    /// TLS handshakes that were completed.
    pub handshakes: u64,
    /// Connections that ended.
    pub closed: u64,
    /// Attempts that nobody took.
    pub refused: u64,
    /// Attempts for which no port was left.
    pub no_port: u64,
    /// Attempts for which no file was left.
    pub no_file: u64,
    /// TLS handshakes that failed.
    pub no_tls: u64,
    /// Times that bytes came which nobody had asked for.
    pub surplus: u64,
    /// From when they were asked for until they stood, TLS left out.
    pub connect_time_us: Percentiles,
    /// What the TLS handshake took from then on.
    pub handshake_time_us: Percentiles,
}

/// Something that was done to the target while it was loaded.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Deed {
    /// What.
    pub what: Redacted,
    /// When it was to be done, in milliseconds from the start; nothing for what is done before it.
    pub planned_ms: Option<u64>,
    /// Whether the target has told that it is done.
    pub done: bool,
    /// When it was asked for, in milliseconds from the start.
    pub began_ms: Option<u64>,
    /// How long it took, in microseconds.
    pub took_us: Option<u64>,
    /// Why it was not done.
    pub problem: Option<Redacted>,
}

/// Percentiles in microseconds, each only where at least ten samples are beyond it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Percentiles {
    /// How many samples there are.
    pub count: u64,
    /// The median.
    pub p50: Option<u64>,
    /// Three of four are at most this.
    pub p75: Option<u64>,
    /// Nine of ten.
    pub p90: Option<u64>,
    /// 99 of 100.
    pub p99: Option<u64>,
    /// 999 of 1000.
    pub p999: Option<u64>,
    /// The longest.
    pub max: Option<u64>,
}

/// How many times lie in a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Range {
    /// From this many microseconds.
    pub from_us: u64,
    /// Up to this many.
    pub to_us: u64,
    /// So many.
    pub count: u64,
}

/// What a threshold came to.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct ThresholdResult {
    /// As the plan has it.
    pub threshold: Redacted,
    /// Whether it was met.
    pub met: bool,
    /// The figure, in words; nothing where nothing was measured.
    pub actual: Option<String>,
}

/// A surprise.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Surprise {
    /// Its kind.
    pub kind: WrongKind,
    /// The class.
    pub class: String,
    /// When, in milliseconds from the start.
    pub at_ms: u64,
    /// What had to come.
    pub expected: Redacted,
    /// What came.
    pub actual: Redacted,
    /// The evidence.
    pub exchange: Option<Exchange>,
}

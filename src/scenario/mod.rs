//! Checks as data: one YAML file a check.
//!
//! The model here is the file format: what a check sends ([`Twist`]), over which part of the contract's matrix
//! ([`Over`]), and what is right ([`Expectation`]). It names no operation and no key of any API; a plan binds
//! it to a contract.

mod between;
mod check;
mod control;
mod described;
mod expectation;
mod forge;
mod h2;
mod header;
mod load;
mod need;
mod node;
mod over;
mod page;
mod pick;
mod procedure;
mod repeat;
mod site;
mod suite;
mod template;
mod token;
mod twist;
mod until;
mod wire;
mod words;

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use between::{Arrives, Failing, INTERNAL, PlatformTwist, Side, UpstreamRule};
pub use control::{
    ClockMove, ControlStep, Everything, Expiry, LogRule, Narrowed, NewKey, Origin, Outlived, Owner, PartMove,
    Reading, SeenRule, StoreMove, TargetTime, Unset, Without,
};
pub use described::{DocumentRule, TheDocument};
pub use expectation::{ChallengeRule, Expectation, SameAs};
pub use forge::{KeyForm, TokenForge, TokenSignature};
pub use h2::{H2Data, H2Frame, H2Headers, H2Part, H2Upgrade};
pub use header::HeaderLine;
pub use load::load;
pub use need::Need;
pub use node::WhichNode;
pub use over::{CredentialSelector, DeniedBy, First, OperationFilter, OperationSelector, Over, Selected};
pub use page::{CorsRule, Page};
pub use pick::CredentialPick;
pub use procedure::{
    Afterwards, Cheap, Class, Crowd, Exceed, Flood, FloodRule, LimitName, Mint, Never, Procedure, Timing,
};
pub use repeat::{DiffersFrom, IdempotencyKey, OTHER_UNIQUE, UNIQUE};
pub use site::Region;
pub use suite::{Suite, SuiteFile, builtin_files};
pub use template::{Gap, Piece, Template, TemplateLine, What};
pub use token::{IfRefused, MintedIn, TokenCarry, TokenTwist};
pub use twist::{
    Beside, BodyTwist, Carry, KeyTwist, LikeTheKey, ObjectOf, PathTwist, SchemeForm, SecondKey, Separator,
    TheCredential, Transform, Twist,
};
pub use until::{Bound, Until};
pub use wire::{Awaited, Closing, WireKey, WirePart, WireTwist};

pub use words::{Line, Words};

use crate::document::{HeaderName, JsonPath, Name};

/// A Lockproof scenario: one check, what it sends, and what is right.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// The check's id: stable, in kebab case, and the name of its file.
    pub id: Name,
    /// What holds when the check passes, in one sentence.
    #[schemars(extend("format" = "one-line"))]
    pub title: String,
    /// How much it matters.
    pub severity: Severity,
    /// The rules that it stands on: RFC sections, OWASP ids, published advisories.
    #[schemars(length(min = 1))]
    pub sources: Vec<String>,
    /// What goes wrong in the world when this does not hold.
    pub why: String,
    /// What to change on the server.
    pub advice: String,
    /// Words to select it by.
    #[serde(default)]
    pub tags: Vec<Name>,
    /// What must be there for it to apply at all.
    #[serde(default)]
    pub needs: Vec<Need>,
    /// Which lock it tries: the API's own, or that of a backend in between.
    #[serde(default)]
    pub side: Side,
    /// Nothing else is sent while a case of it runs: for what changes the target for everybody, or counts what everybody
    /// does.
    #[serde(default)]
    pub alone: Option<bool>,
    /// The part of the matrix that it covers.
    #[serde(default)]
    pub over: Over,
    /// What makes its request differ from a sound one.
    #[serde(default)]
    pub request: Twist,
    /// What makes its twin differ from it: a request that must be accepted, or the case says nothing.
    ///
    /// Where a refusal has no form of its own, an answer such as 400 or 404 may come for any reason. The twin shows that
    /// it comes for this one: it is the same request with an accepted key, or without the twist, and goes before the
    /// case. Laid over `request`, the variant's included.
    #[serde(default)]
    pub twin: Option<Twist>,
    /// What is right.
    #[serde(default)]
    pub expect: Expectation,
    /// Variants, each a case of its own: what they say is added to `request` and `expect`.
    #[serde(default)]
    pub each: Vec<Variant>,
    /// Several requests in a row instead of one: what they say is added to `request` and `expect`.
    #[serde(default)]
    pub steps: Vec<Step>,
    /// A named routine that sends many requests and judges them together, instead of one request or several steps.
    #[serde(default)]
    pub procedure: Option<Procedure>,
    /// It takes long, or sends so much that it is not for every run: it waits for `--slow`, and nothing else is sent
    /// meanwhile.
    #[serde(default)]
    pub slow: bool,
    /// The checks that explain a failure of this one: where one of them failed, this one has nothing to add.
    #[serde(default)]
    pub depends_on: Vec<Name>,
    /// The reference server's defects that this check must find.
    #[serde(default)]
    pub catches: Vec<Name>,
    /// Defects that this check finds too, though another is there to find them: each with the reason why that cannot
    /// be helped. `depends_on` is better where it can say the same.
    #[serde(default)]
    pub collateral: IndexMap<Name, String>,
    /// The family it belongs to: the name of its folder.
    #[serde(skip)]
    pub family: String,
    /// The file that it was read from.
    #[serde(skip)]
    pub file: String,
    /// Where that file says what holds: its title.
    #[serde(skip)]
    pub site: Region,
}

impl Scenario {
    /// Whether nothing else is to be sent while one of its cases is under way.
    pub fn is_alone(&self) -> bool {
        self.slow || self.alone == Some(true)
    }
}

/// How much a check matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// A breach of the contract, a way around the lock, or an RFC's MUST: the check fails.
    Must,
    /// An RFC's SHOULD, or hardening: the check warns.
    Should,
    /// Worth knowing: the check never fails.
    Info,
}

impl Severity {
    /// The word that stands for it everywhere.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Must => "must",
            Self::Should => "should",
            Self::Info => "info",
        }
    }
}

/// One variant of a check.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Variant {
    /// Its name, the last part of the case's id.
    pub name: Name,
    /// What must be there for it to apply, besides what the whole check needs.
    #[serde(default)]
    pub needs: Vec<Need>,
    /// What it adds to the request.
    #[serde(default)]
    pub request: Twist,
    /// What it adds to the twin; where the check has none, its own.
    #[serde(default)]
    pub twin: Option<Twist>,
    /// What it adds to the expectation.
    #[serde(default)]
    pub expect: Expectation,
}

/// One request of several, or something that is done to the target between them.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// What it adds to the request.
    #[serde(default)]
    pub request: Twist,
    /// What it adds to the expectation.
    #[serde(default)]
    pub expect: Expectation,
    /// How often it is sent; every answer is judged.
    #[serde(default = "once")]
    #[schemars(range(min = 1, max = 100))]
    pub repeat: u32,
    /// What to take out of its answer, for `{name}` in later steps.
    #[serde(default)]
    pub capture: IndexMap<Name, JsonPath>,
    /// The same of its header fields.
    #[serde(default)]
    pub capture_headers: IndexMap<Name, HeaderName>,
    /// Sends it again and again until what is expected holds, and says how long that took.
    #[serde(default)]
    pub until: Option<Until>,
    /// Does this to the target, instead of sending a request.
    #[serde(default)]
    pub control: Option<ControlStep>,
}

fn once() -> u32 {
    1
}

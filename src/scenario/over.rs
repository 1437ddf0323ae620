//! The part of the contract's matrix that a check covers.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};
use serde_json::Value;

use crate::contract::{Effect, KeyState};
use crate::document::Method;

/// The part of the matrix that a check covers: operations x environments, and x credentials where the check
/// names them.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Over {
    /// The operations: `all`, `first`, a list of full names, or a mapping of what they must be like.
    #[serde(default)]
    pub operations: OperationSelector,
    /// The environments: `all`, `first` for the first that may be asked, or a list of names.
    #[serde(default)]
    pub environments: Selected,
    /// The credentials that become an axis of the matrix: each is a case of its own, sent with its own key.
    #[serde(default)]
    pub credentials: Option<CredentialSelector>,
}

/// All of something, the first, or those named.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Selected {
    /// All of them.
    #[default]
    All,
    /// The first of them.
    First,
    /// Those with these names.
    Named(Vec<String>),
}

impl<'de> Deserialize<'de> for Selected {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        match value.as_str() {
            Some("all") => return Ok(Self::All),
            Some("first") => return Ok(Self::First),
            Some(_) | None => {}
        }
        serde_json::from_value(value).map(Self::Named).map_err(de::Error::custom)
    }
}

impl JsonSchema for Selected {
    fn schema_name() -> Cow<'static, str> {
        "Selected".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "anyOf": [
                { "type": "string", "enum": ["all", "first"] },
                { "type": "array", "items": { "type": "string" }, "minItems": 1 }
            ]
        })
    }
}

/// Which operations a check covers.
#[derive(Clone, Debug, PartialEq)]
pub enum OperationSelector {
    /// All of them, or those with these full names.
    Named(Selected),
    /// Those that are like this.
    Like(OperationFilter),
}

impl Default for OperationSelector {
    fn default() -> Self {
        Self::Named(Selected::All)
    }
}

impl<'de> Deserialize<'de> for OperationSelector {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let selector = if value.is_object() {
            serde_json::from_value(value).map(Self::Like)
        } else {
            serde_json::from_value(value).map(Self::Named)
        };
        selector.map_err(de::Error::custom)
    }
}

impl JsonSchema for OperationSelector {
    fn schema_name() -> Cow<'static, str> {
        "OperationSelector".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let filter = generator.subschema_for::<OperationFilter>();
        json_schema!({
            "anyOf": [
                { "type": "string", "enum": ["all", "first"] },
                { "type": "array", "items": { "type": "string" }, "minItems": 1 },
                filter
            ]
        })
    }
}

/// What an operation must be like; everything that is said must hold.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OperationFilter {
    /// Its method is one of these.
    #[serde(default)]
    #[schemars(length(min = 1))]
    pub methods: Option<Vec<Method>>,
    /// A sound request has a JSON body (or none at all has).
    #[serde(default)]
    pub json_body: Option<bool>,
    /// Its effect is one of these.
    #[serde(default)]
    #[schemars(length(min = 1))]
    pub effects: Option<Vec<Effect>>,
    /// It is meant for the operator alone.
    #[serde(default)]
    pub admin: Option<bool>,
    /// Its path names something that an application owns.
    #[serde(default)]
    pub owned: Option<bool>,
    /// Its body carries calls of other operations.
    #[serde(default)]
    pub carries: Option<bool>,
    /// Its path is shared with an operation of another method, be that one guarded or not.
    #[serde(default)]
    pub shares_path: Option<bool>,
    /// It mints the contract's tokens; every operation fits where the contract has none.
    #[serde(default)]
    pub mints_tokens: Option<bool>,
    /// The contract's tokens may use it; every operation fits where the contract has none.
    #[serde(default)]
    pub token_allowed: Option<bool>,
    /// It needs no key.
    #[serde(default)]
    pub public: Option<bool>,
    /// Only the first such operation of every service, or of all.
    #[serde(default)]
    pub first_of: Option<First>,
}

/// Of what to take only the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum First {
    /// The first of every service.
    Service,
    /// The first of all.
    All,
}

/// Which credentials become an axis; everything that is said must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CredentialSelector {
    /// Their keys are in one of these states; without this, active.
    #[serde(default)]
    #[schemars(length(min = 1))]
    pub states: Option<Vec<KeyState>>,
    /// They may (or may not) use the operation in the environment.
    #[serde(default)]
    pub allowed: Option<bool>,
    /// They may not use the operation, for this reason.
    #[serde(default)]
    pub denied_by: Option<DeniedBy>,
    /// They are allowed the same path under another method.
    #[serde(default)]
    pub allowed_other_method: Option<bool>,
    /// Only the first such credential.
    #[serde(default)]
    pub first: bool,
}

/// Why an active key may not use an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeniedBy {
    /// It has no permission on anything of the service.
    Service,
    /// It has permissions on the service, but not this one.
    Operation,
    /// It may, but not use an operation that this one carries calls of.
    Carried,
    /// It may, but not in this environment.
    Environment,
}

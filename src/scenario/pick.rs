//! Whose key a request carries.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};
use serde_json::Value;

use crate::contract::KeyState;
use crate::document::Name;

/// Whose key a request carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CredentialPick {
    /// Nobody's: there is no key.
    None,
    /// This credential's.
    Named(String),
    /// The first credential whose key may use the operation in the environment.
    Allowing,
    /// The first credential whose key may mint tokens in the environment.
    Minting,
    /// The first active credential whose key may not.
    Denying,
    /// The first credential of another application whose key may use the operation in the environment.
    Foreign,
    /// The first credential whose key is in this state.
    State(KeyState),
    /// A key that an earlier step created or made up.
    Created(Name),
}

/// The mapping form of a pick, as it stands in a file.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum PickRule {
    /// The first credential whose key may use the operation, or may mint tokens.
    Allowing(Allowed),
    /// The first active credential whose key may not use the operation.
    Denying(TheOperation),
    /// The first credential whose key may use the operation, of another application than the one that is sent otherwise.
    Foreign(TheOperation),
    /// The first credential whose key is in this state.
    State(KeyState),
    /// The key of this name, which an earlier step created or made up.
    Created(Name),
}

/// What a key may do.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Allowed {
    /// The operation of the case.
    Operation,
    /// Mint tokens, as the contract's `tokens.mint` says.
    Mint,
}

/// The operation of the case.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum TheOperation {
    /// The operation of the case.
    Operation,
}

impl<'de> Deserialize<'de> for CredentialPick {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        match value.as_str() {
            Some("none") => Ok(Self::None),
            Some(name) => Ok(Self::Named(name.to_owned())),
            None => match serde_json::from_value(value).map_err(de::Error::custom)? {
                PickRule::Allowing(Allowed::Operation) => Ok(Self::Allowing),
                PickRule::Allowing(Allowed::Mint) => Ok(Self::Minting),
                PickRule::Denying(TheOperation::Operation) => Ok(Self::Denying),
                PickRule::Foreign(TheOperation::Operation) => Ok(Self::Foreign),
                PickRule::State(state) => Ok(Self::State(state)),
                PickRule::Created(name) => Ok(Self::Created(name)),
            },
        }
    }
}

impl JsonSchema for CredentialPick {
    fn schema_name() -> Cow<'static, str> {
        "CredentialPick".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let rule = generator.subschema_for::<PickRule>();
        json_schema!({ "anyOf": [{ "type": "string" }, rule] })
    }
}

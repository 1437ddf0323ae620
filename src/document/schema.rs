//! The published JSON Schema of a format, which is also its validator.

/// The JSON Schema of a format, as it is published.
pub fn published<T: schemars::JsonSchema>() -> serde_json::Value {
    schemars::SchemaGenerator::default().into_root_schema_for::<T>().to_value()
}

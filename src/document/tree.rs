//! A YAML document as a tree in which every node knows its place.

/// A place in a text, in bytes.
pub type Span = std::ops::Range<usize>;

/// A node and its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// What it is.
    pub kind: NodeKind,
    /// Where it stands.
    pub span: Span,
}

/// What a node is.
#[derive(Clone, Debug, PartialEq)]
pub enum NodeKind {
    /// A plain value.
    Scalar(serde_json::Value),
    /// A list.
    Sequence(Vec<Node>),
    /// A mapping, in order, each key with its place.
    Mapping(Vec<(String, Span, Node)>),
}

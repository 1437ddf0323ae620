//! What can be wrong with the server, one thing of each family.

/// One thing that the server does wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// A key is accepted after its time.
    ExpiryIgnored,
    /// A 401 says nothing of how to do better.
    NoChallenge,
    /// The body is asked for before the key is looked at.
    BodyAskedForFirst,
    /// Where there are two keys, the first one decides.
    FirstKeyDecides,
    /// Keys are compared without regard to case.
    LettersOfEitherCase,
    /// A refusal repeats the key.
    KeyRepeated,
    /// Whoever was let in and asks to keep the connection is let in for as long as it lasts.
    KeyKeptWithConnection,
    /// A body is chunked where the word stands somewhere in its coding.
    CodingBySubstring,
    /// What is announced to stand behind a chunked body is taken for header fields.
    TrailersMerged,
    /// A connection goes on behind the request that was to be its last.
    CloseNotHonoured,
    /// The guard knows paths as they are written, the router takes several slashes for one.
    SlashesMergedBehindTheGuard,
    /// HEAD is not guarded.
    HeadUnguarded,
    /// Whoever says that he is at home is let in.
    ForwardedForTrusted,
}

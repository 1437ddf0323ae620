//! What keeps a key out of core files and panic messages.

use std::io::Write as _;
use std::panic::PanicHookInfo;

/// Turns core files off: they would hold every key. Where the system refuses, the program goes on.
pub(super) fn harden() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) }).ok();
    }
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        set_dumpable_behavior(DumpableBehavior::NotDumpable).ok();
    }
}

/// Tells where we broke, without the message, which may hold anything.
pub(super) fn report_panic(info: &PanicHookInfo<'_>) {
    let place = info.location().map_or_else(String::new, |at| format!(" at {}:{}", at.file(), at.line()));
    writeln!(std::io::stderr(), "internal error{place}; please report it").ok();
}

//! A command line that sends the same request again, for a shell; every key in it is a variable.

mod curl;
mod exact;
mod forged;
mod keys;
mod shell;

use crate::plan::{Case, Draft};
use crate::scenario::Side;
use crate::wire::Exchange;

use super::Job;
use exact::Peer;
use keys::Keys;

/// Bytes of a command line; whoever is told a longer one cannot use it.
const LONGEST: usize = 8 * 1024;

/// The command that sends what one case has sent.
pub(super) fn line(exchange: &Exchange, draft: &Draft, job: &Job, case: &Case) -> String {
    // A token is gone soon, and nobody has it.
    if draft.token.is_some() {
        return again(case);
    }
    let request = &exchange.request;
    let keys = Keys::of(draft, job);
    let command = match &request.script {
        Some(script) => exact::command(script, &Peer::of(request), &keys),
        None => Some(curl::command(exchange, draft, &keys)),
    };
    let fits = |line: &String| line.len() <= LONGEST;
    let command = command.map(|command| format!("{}{command}", keys.assignments()));
    command.filter(fits).unwrap_or_else(|| again(case))
}

/// The command that carries the whole case out again: for what is more than a request.
pub(super) fn again(case: &Case) -> String {
    let (verb, and) = match case.scenario.side {
        Side::Platform => ("run", ""),
        // The backend calls the address that it was started with.
        Side::Backend => ("between", ", and the --backend and --listen-upstream of this run"),
    };
    format!("lockproof {verb} --only {} # with this contract{and}", shell::single(&case.id))
}

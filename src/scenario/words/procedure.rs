//! A procedure, in words.

use super::{Line, code, right};
use crate::scenario::{Cheap, Exceed, Flood, FloodRule, LimitName, Mint, Never, Procedure, Timing};

/// What a procedure does and what it finds.
pub(super) fn words(procedure: &Procedure) -> String {
    match procedure {
        Procedure::Timing(timing) => timed(timing),
        Procedure::Flood(flood) => flooded(flood),
        Procedure::Exceed(exceed) => exceeded(exceed),
        Procedure::Mint(mint) => minted(mint),
    }
}

fn minted(mint: &Mint) -> String {
    let Mint { tokens, alpha, bits, .. } = mint;
    format!(
        "it is sent until {tokens} tokens are minted; none repeats, {bits} bits of them are free, and no character follows \
         their order, by chi-square at {alpha} over all characters"
    )
}

/// What it sends, kind by kind.
pub(super) fn lines(procedure: &Procedure) -> Vec<Line> {
    let line = |name: String, request, expect| Line::new(name, (request, None), expect);
    match procedure {
        Procedure::Timing(it) => {
            it.classes.iter().map(|one| line(one.name.to_string(), &one.request, &one.expect)).collect()
        }
        Procedure::Flood(it) => it
            .crowds
            .iter()
            .map(|one| {
                let later = one.after.as_ref().map(|after| format!(", {} later", code(after)));
                let clients = if one.clients == 1 { "client" } else { "clients" };
                let name = format!("{}, {} {clients}{}", one.name, one.clients, later.unwrap_or_default());
                line(name, &one.request, &one.expect)
            })
            .collect(),
        Procedure::Mint(_) => Vec::new(),
        Procedure::Exceed(it) => {
            let last = it.then.iter();
            last.map(|then| line("at last".to_owned(), &then.request, &then.expect)).collect()
        }
    }
}

fn timed(timing: &Timing) -> String {
    let Timing { samples, warm_up, alpha, effect, floor, .. } = timing;
    format!(
        "the answers to {samples} requests of each class are timed, in random order on one connection, the first \
         {warm_up} left out; classes differ where the Mann-Whitney test says so at {alpha} over all comparisons, \
         Cliff's delta is at least {effect} and the medians are at least {} apart, in two measurements",
        code(floor)
    )
}

fn flooded(flood: &Flood) -> String {
    let right = match &flood.right {
        FloodRule::Never(Never::Accepted) => "nothing is accepted that is to be refused".to_owned(),
        FloodRule::Never(Never::Denied) => {
            "nothing is refused for its key that is to be accepted; being shed (429, 503) is right".to_owned()
        }
        FloodRule::Cheap(cheap) => cheaper(cheap),
    };
    format!("everybody sends as fast as answers come, for {}; {right}", code(&flood.lasts))
}

fn cheaper(cheap: &Cheap) -> String {
    let Cheap { refused, accepted, times, floor } = cheap;
    format!(
        "answers to {} take less than {times} times as long as those to {}, or less than {} longer, at the median or \
         at the 99th percentile",
        code(refused),
        code(accepted),
        code(floor)
    )
}

fn exceeded(exceed: &Exceed) -> String {
    let limit = match exceed.limit {
        LimitName::Key => "that one key has by the contract",
        LimitName::Guesses => "with a wrong key that one client has by the contract",
    };
    let turned = exceed.turns.as_ref().map(|turns| {
        let right = right::words(turns).unwrap_or_else(|| "anything else".to_owned());
        format!("; sooner or later the answer is {right}, or the answers become slower and slower")
    });
    let times = exceed.times;
    format!("it is sent {times} times as often as the requests {limit}{}", turned.unwrap_or_default())
}

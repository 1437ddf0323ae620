//! The one place where what was counted becomes what results say, and back: results of shards are read again to be added
//! up.

use crate::load::tally::{Connecting, Counts, Wires};
use crate::load::verdict::Outcome;
use crate::outcome::load::{Breakages, Class, Connections, LoadResult};

use super::percentiles;

/// A struct of a result with the counts that a whole run, each class and each second have alike, and with what else it has:
/// `counted!(counts => Second { second: 0, ... })`.
macro_rules! counted {
    ($counts:expr => $result:path { $($rest:tt)* }) => {{
        let counts: &$crate::load::tally::Counts = $counts;
        $result {
            sent: counts.sent,
            completed: counts.completed(),
            right_accept: counts.of(Outcome::RightAccept),
            right_refusal: counts.of(Outcome::RightRefusal),
            false_accept: counts.of(Outcome::FalseAccept),
            false_refusal: counts.of(Outcome::FalseRefusal),
            shed: counts.of(Outcome::Shed),
            broken: counts.broken(),
            timed_out: counts.of(Outcome::TimedOut),
            late: counts.late,
            dropped: counts.dropped,
            $($rest)*
        }
    }};
}
pub(super) use counted;

/// What is broken.
pub(super) fn breakages(counts: &Counts) -> Breakages {
    Breakages {
        wrong_answer: counts.of(Outcome::WrongAnswer),
        malformed: counts.of(Outcome::Malformed),
        closed: counts.of(Outcome::Closed),
        reset: counts.of(Outcome::Reset),
    }
}

/// What was counted of a class, as its result says it.
pub(in crate::load) fn counts(class: &Class) -> Counts {
    let broken = &class.breakages;
    let mut counts = Counts {
        sent: class.sent,
        in_flight: class.in_flight,
        late: class.late,
        dropped: class.dropped,
        ..Counts::default()
    };
    for outcome in Outcome::ALL {
        counts.outcomes[outcome.place()] = match outcome {
            Outcome::RightAccept => class.right_accept,
            Outcome::RightRefusal => class.right_refusal,
            Outcome::FalseAccept => class.false_accept,
            Outcome::FalseRefusal => class.false_refusal,
            Outcome::Shed => class.shed,
            Outcome::WrongAnswer => broken.wrong_answer,
            Outcome::Malformed => broken.malformed,
            Outcome::Closed => broken.closed,
            Outcome::Reset => broken.reset,
            Outcome::TimedOut => class.timed_out,
        };
    }
    counts
}

/// What happened to connections. Counts can be added up and are all that a thread keeps of it; a result says how long it
/// took beside them, and its percentiles cannot.
pub(super) fn connections(wires: &Wires, times: &Connecting) -> Connections {
    Connections {
        opened: wires.opened,
        handshakes: wires.handshakes,
        closed: wires.closed,
        refused: wires.refused,
        no_port: wires.no_port,
        no_file: wires.no_file,
        no_tls: wires.no_tls,
        surplus: wires.surplus,
        connect_time_us: percentiles(&times.connect),
        handshake_time_us: percentiles(&times.handshake),
    }
}

/// What was counted of connections, as a result says it.
pub(in crate::load) fn wires(result: &LoadResult) -> Wires {
    let (told, generator) = (&result.connections, &result.generator);
    Wires {
        opened: told.opened,
        handshakes: told.handshakes,
        closed: told.closed,
        refused: told.refused,
        no_port: told.no_port,
        no_file: told.no_file,
        no_tls: told.no_tls,
        surplus: told.surplus,
        second_looks: generator.second_looks,
        missed: generator.missed,
    }
}

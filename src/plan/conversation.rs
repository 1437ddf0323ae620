//! From what a scenario says to the byte to a conversation that is bound to a cell, its keys still to come.

use std::collections::BTreeMap;
use std::time::Duration;

use super::Deed;
use super::bind::Cell;
use super::draft::{DraftKey, Place};
use super::frames::{self, FramePart};
use crate::contract::Carrier;
use crate::document::Name;
use crate::scenario::{Awaited, Closing, Template, Twist, What, WirePart, WireTwist};

/// Longer than any client waits: the client's own bound is what counts.
const AS_LONG_AS_MAY_BE: Duration = Duration::from_hours(1);

/// What is said on one connection.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Conversation {
    /// One part after the other.
    pub parts: Vec<Part>,
    /// The keys beside the request's own, by name; nothing for one that is nobody's.
    pub keys: BTreeMap<String, Option<DraftKey>>,
    /// What is done to the target at each gate, in their order.
    pub deeds: Vec<Deed>,
}

/// One part of a conversation.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// Begins a request.
    Head(Template),
    /// More of it.
    Send(Template),
    /// The same over and over, until there is an answer.
    Repeat {
        /// The text.
        text: Template,
        /// How often at the most.
        times: u64,
        /// How long at the most.
        within: Duration,
    },
    /// Byte by byte, until there is an answer.
    Trickle {
        /// The text.
        text: Template,
        /// The pause before each byte.
        every: Duration,
    },
    /// Nothing for so long, or until there is an answer, be it an interim one.
    Hold(Duration),
    /// Until every request so far has its final answer.
    Await,
    /// Until something was done to the target.
    Gate,
    /// The end of what is sent.
    EndSending,
    /// The end.
    Leave,
    /// A frame of HTTP/2.
    Frame(FramePart),
}

impl Part {
    /// The text of the part, where it has one.
    pub fn text(&self) -> Option<&Template> {
        match self {
            Self::Head(text) | Self::Send(text) | Self::Repeat { text, .. } | Self::Trickle { text, .. } => {
                Some(text)
            }
            Self::Frame(frame) => Some(frame.text()),
            Self::Hold(_) | Self::Await | Self::Gate | Self::EndSending | Self::Leave => None,
        }
    }
}

/// Binds what a scenario says to a cell.
///
/// # Errors
/// Why it cannot be said here.
pub(super) fn bind(
    cell: &Cell<'_>,
    wire: &WireTwist,
    own: Option<&DraftKey>,
) -> Result<Conversation, String> {
    let mut parts = wire.say.iter().map(|one| part(one, wire)).collect::<Result<Vec<_>, _>>()?;
    parts.extend(frames::parts(wire)?);
    let mut keys = BTreeMap::new();
    for (name, key) in &wire.keys {
        let twist = Twist { credential: key.credential.clone(), key: key.key.clone(), ..Twist::default() };
        let picked = cell.pick_off_axis(&twist)?;
        keys.insert(name.to_string(), picked.map(|credential| cell.key(credential, &twist)));
    }
    let deed = |part: &WirePart| {
        let WirePart::Control(step) = part else { return None };
        Some(cell.deed(step))
    };
    let deeds = wire.say.iter().filter_map(deed).collect::<Result<_, _>>()?;
    let conversation = Conversation { parts, keys, deeds };
    conversation.can_fold(&cell.environment.1.base_url)?;
    conversation.can_carry(own)?;
    Ok(conversation)
}

impl Conversation {
    /// A host in upper case is another spelling only where it has letters.
    fn can_fold(&self, base_url: &str) -> Result<(), String> {
        let mut gaps = self.parts.iter().filter_map(Part::text).flat_map(Template::gaps);
        let host = base_url.split("://").last().unwrap_or_default().split('/').next().unwrap_or_default();
        if gaps.any(|gap| gap.what == What::HostUpper) && !host.contains(|c: char| c.is_ascii_lowercase()) {
            return Err("the environment's host has no letters, and this check changes their case".to_owned());
        }
        Ok(())
    }

    /// A key that is written into a head must travel in a field.
    fn can_carry(&self, own: Option<&DraftKey>) -> Result<(), String> {
        let gaps = self.parts.iter().filter_map(Part::text).flat_map(Template::gaps);
        for gap in gaps.filter(|gap| gap.what.is_of_field()) {
            let key = match &gap.key {
                None => own,
                Some(name) => self.keys.get(name).and_then(Option::as_ref),
            };
            let fits = key.is_none_or(|key| {
                matches!(key.place, Place::Carrier(Carrier::Header { .. } | Carrier::Cookie(_)))
            });
            if !fits {
                return Err("the key does not travel in a header field, and this check writes one".to_owned());
            }
        }
        Ok(())
    }
}

fn part(part: &WirePart, wire: &WireTwist) -> Result<Part, String> {
    let template = |text: &str| template(text, wire);
    Ok(match part {
        WirePart::Head(text) => Part::Head(template(text)?.as_head()),
        WirePart::HeadAsIs(text) => Part::Head(template(text)?),
        WirePart::Hidden(text) => Part::Send(template(text)?.as_head()),
        WirePart::Send(text) => Part::Send(template(text)?),
        WirePart::Repeat { text, times, within } => Part::Repeat {
            text: template(text)?,
            times: *times,
            within: within.as_ref().map_or(AS_LONG_AS_MAY_BE, crate::document::Millis::duration),
        },
        WirePart::Trickle { text, every } => Part::Trickle { text: template(text)?, every: every.duration() },
        WirePart::Hold(time) => Part::Hold(time.duration()),
        WirePart::Await(what) => awaiting(*what),
        WirePart::Control(_) => Part::Gate,
        WirePart::Close(half) => closing(*half),
    })
}

/// A text with the conversation's own texts put in, ready to be filled in.
pub(super) fn template(text: &str, wire: &WireTwist) -> Result<Template, String> {
    let own = |text: String, (name, value): (&Name, &String)| text.replace(&format!("{{{name}}}"), value);
    Template::parse(&wire.with.iter().fold(text.to_owned(), own)).map_err(|error| error.to_string())
}

pub(super) fn awaiting(what: Awaited) -> Part {
    match what {
        Awaited::Final => Part::Await,
        Awaited::Interim => Part::Hold(AS_LONG_AS_MAY_BE),
    }
}

pub(super) fn closing(half: Closing) -> Part {
    match half {
        Closing::Sending => Part::EndSending,
        Closing::Both => Part::Leave,
    }
}

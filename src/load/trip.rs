//! Journeys, bound: what each virtual user does, and what it takes to do that.

use std::time::Duration;

use crate::contract::Keyring;
use crate::plan::{Deed, Draft};
use crate::runner::Steering;
use crate::wire::{ClientOptions, Origin};

/// A journey.
#[derive(Clone, Debug)]
pub struct Trip {
    /// What it is called.
    pub name: String,
    /// How many users go through it, compared with the others.
    pub weight: u32,
    /// How long a user thinks before the next step: at least, and at the most.
    pub think: Option<(Duration, Duration)>,
    /// Its steps.
    pub moves: Vec<Move>,
}

/// One step of a journey.
#[derive(Clone, Debug)]
pub enum Move {
    /// Something is done to a key.
    Perform(Box<Deed>),
    /// A request is sent.
    Send {
        /// Its class.
        class: usize,
        /// The request, before its key is put in.
        draft: Box<Draft>,
    },
}

/// All journeys of a job.
#[derive(Debug)]
#[cfg_attr(not(feature = "goose"), expect(dead_code, reason = "without goose there are no journeys"))]
pub(super) struct Trips {
    /// The journeys.
    pub(super) all: Vec<Trip>,
    /// How many users there are.
    pub(super) users: usize,
    /// How requests are sent.
    pub(super) options: ClientOptions,
    /// Where they go.
    pub(super) origin: Origin,
    /// The keys to begin with.
    pub(super) keyring: Keyring,
    /// How the target is steered.
    pub(super) steering: Steering,
}

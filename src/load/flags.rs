//! What the operator says beside a plan: refused where it would be without effect, or another thing than was meant.

use super::format::{Alone, JourneyStep, LoadPlan, Model};
use super::prepare::Pacing;
use super::threshold::{SELECTORS, Threshold};

/// The most names that a message lists.
const MOST: usize = 20;

/// What the operator says beside a plan.
#[derive(Clone, Copy, Debug)]
pub struct Flags<'a> {
    /// What is wanted otherwise than the plan has it.
    pub pacing: &'a Pacing,
    /// The thresholds beside the plan's.
    pub thresholds: &'a [Threshold],
    /// Whether rates are tried until the highest is known that holds.
    pub searches: bool,
}

impl Flags<'_> {
    /// Whether all of it means something beside a plan.
    ///
    /// # Errors
    /// What does not, and what to say instead.
    pub fn suit(&self, plan: &LoadPlan) -> Result<(), String> {
        if plan.journeys.is_empty() {
            self.suit_a_mix(plan)?;
        } else {
            self.suit_journeys()?;
        }
        let names = names(plan);
        self.thresholds.iter().try_for_each(|threshold| weighable(threshold, plan, &names))
    }

    /// Users come back when they have an answer and have thought: nothing else paces them.
    fn suit_journeys(&self) -> Result<(), String> {
        if self.searches {
            return Err(
                "journeys have no rate that could be searched for: leave --find-capacity out, or give a plan that \
                 has a `mix`"
                    .to_owned(),
            );
        }
        let pacing = self.pacing;
        let all = [
            ("--rate", pacing.rate.is_some()),
            ("--connections", pacing.connections.is_some()),
            ("--model", pacing.model.is_some()),
            ("--requests", pacing.requests.is_some()),
            ("--threads", pacing.threads.is_some()),
        ];
        let given: Vec<_> = all.into_iter().filter_map(|(flag, given)| given.then_some(flag)).collect();
        if given.is_empty() {
            return Ok(());
        }
        let given = given.join(", ");
        Err(format!("{given}: without effect on journeys; say it in the plan: users, think times"))
    }

    /// A rate and a closed model exclude each other; a search has rates of its own.
    fn suit_a_mix(&self, plan: &LoadPlan) -> Result<(), String> {
        let (rate, model) = (self.pacing.rate.is_some(), self.pacing.model);
        let mistake = match (self.searches, model) {
            (true, Some(Model::Closed)) => {
                "a search tries rates, which a closed model does not have: leave --model closed out"
            }
            (false, Some(Model::Closed)) if rate => {
                "a closed model sends as fast as it is answered: leave --rate out, or --model closed"
            }
            (false, None) if rate && plan.model == Model::Closed => {
                "the plan's model is closed, and so sends as fast as it is answered: leave --rate out, or say --model \
                 open beside it"
            }
            _ => return Ok(()),
        };
        Err(mistake.to_owned())
    }
}

/// Whether a threshold can be weighed: found out before anything is sent, as for those in the plan.
fn weighable(threshold: &Threshold, plan: &LoadPlan, names: &[String]) -> Result<(), String> {
    let text = &threshold.text;
    if threshold.abort.is_some() && !plan.journeys.is_empty() {
        return Err(format!(
            "--threshold '{text}': users are not ended early; leave out `abort_on_fail`: it is weighed when all users \
             are done"
        ));
    }
    let unknown = threshold.classes().iter().find(|(class, _)| !names.contains(class));
    let Some((class, _)) = unknown else { return Ok(()) };
    let known = SELECTORS.into_iter().chain(names.iter().map(String::as_str));
    let known: Vec<_> = known.take(MOST).map(|name| format!("`{name}`")).collect();
    let more = if SELECTORS.len() + names.len() > known.len() { ", ..." } else { "" };
    let known = known.join(", ");
    Err(format!("--threshold '{text}': no part of the mix is called `{class}`; allowed here: {known}{more}"))
}

/// Whatever thresholds can name: parts of the mix, journeys and their steps, and what is sent alone.
fn names(plan: &LoadPlan) -> Vec<String> {
    let mut names: Vec<_> = plan.mix.iter().map(|entry| entry.name.to_string()).collect();
    for journey in &plan.journeys {
        let sends = journey.steps.iter().filter_map(JourneyStep::entry);
        names.extend(sends.map(|send| format!("{}/{}", journey.name, send.name)));
        names.push(journey.name.to_string());
    }
    let alone = plan.alone.iter().flat_map(|alone| &alone.entries);
    names.extend(alone.map(|entry| Alone::name(entry.as_str())));
    names
}

//! Which cases of a plan to keep.

use globset::{GlobBuilder, GlobMatcher};

use super::Case;
use crate::scenario::{Scenario, Severity};

/// Which cases to keep: a case must fit everything that is said, and one of the values of each.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    only: Vec<GlobMatcher>,
    /// Tags, of which the check must have one.
    pub tags: Vec<String>,
    /// Tags, of which the check must have none.
    pub without: Vec<String>,
    /// Severities, of which the check must have one.
    pub severities: Vec<Severity>,
    /// Services, to one of which the operation must belong.
    pub services: Vec<String>,
    /// Environments, one of which the case must be in.
    pub environments: Vec<String>,
}

impl Filter {
    /// Keeps the cases whose id, or whose check's id, one of these globs matches; `*` also spans `/`.
    ///
    /// # Errors
    /// What is wrong with a glob.
    pub fn only(mut self, globs: &[String]) -> Result<Self, String> {
        for glob in globs {
            let built = GlobBuilder::new(glob).literal_separator(false).build();
            self.only.push(built.map_err(|error| error.to_string())?.compile_matcher());
        }
        Ok(self)
    }

    /// Whether a case is kept.
    pub fn selects(&self, case: &Case) -> bool {
        let scenario = &case.scenario;
        (self.only.is_empty()
            || self.only.iter().any(|glob| glob.is_match(&case.id) || glob.is_match(scenario.id.as_str())))
            && self.covers_scenario(scenario)
            && (self.environments.is_empty() || self.environments.contains(&case.environment))
            && self.covers_service(case.operation.id.service())
    }

    /// Whether cases of a check may be kept at all.
    pub fn covers_scenario(&self, scenario: &Scenario) -> bool {
        (self.tags.is_empty() || has_any(scenario, &self.tags))
            && !has_any(scenario, &self.without)
            && (self.severities.is_empty() || self.severities.contains(&scenario.severity))
    }

    /// Whether operations of a service may be kept at all.
    pub fn covers_service(&self, service: &str) -> bool {
        self.services.is_empty() || self.services.iter().any(|wanted| wanted == service)
    }
}

/// Whether a check has one of some tags, or is of a family of that name.
fn has_any(scenario: &Scenario, tags: &[String]) -> bool {
    tags.iter().any(|tag| *tag == scenario.family || scenario.tags.iter().any(|own| own.as_str() == tag))
}

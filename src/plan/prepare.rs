//! What has to be made before a request can name it.

use super::bind::Cell;
use super::draft::Draft;
use super::permission::{Standing, application, standing};
use super::require::wants_acceptance;
use super::{BoundOperation, compose};
use crate::contract::Credential;
use crate::judge::Requirement;
use crate::scenario::{ObjectOf, Twist};

impl<'a> Cell<'a> {
    /// Plans what makes the objects that the path names, where a mere example will not do.
    pub(super) fn prepare(
        &self,
        draft: &mut Draft,
        twist: &Twist,
        (requirement, sender): (&Requirement, Option<&str>),
    ) -> Result<(), String> {
        let object = twist.object.unwrap_or(if wants_acceptance(requirement) {
            ObjectOf::Own
        } else {
            ObjectOf::Example
        });
        for (name, parameter) in &self.operation.operation.parameters {
            let real = parameter.from.as_ref().filter(|_| object != ObjectOf::Example);
            let Some(source) = real else {
                draft.target = draft.target.replace(&format!("{{{name}}}"), &parameter.example);
                continue;
            };
            let maker = self.operations.guarded(&source.operation.0);
            let maker =
                maker.ok_or_else(|| format!("the contract has no operation `{}`", source.operation.0))?;
            self.effects_permitted(maker)?;
            let credential = self.maker(maker, sender, object)?;
            let sound = compose::sound(self, (maker, credential), &Twist::default());
            let preparation = compose::preparation(maker, sound, &source.capture);
            draft.preparations.insert(name.to_string(), preparation);
        }
        Ok(())
    }

    /// The credential that makes an object: of the sender's own application, or of another.
    fn maker(
        &self,
        maker: &BoundOperation,
        sender: Option<&str>,
        object: ObjectOf,
    ) -> Result<&'a str, String> {
        let contract = self.inputs.contract;
        let owner = sender.map(|name| application(contract, name));
        let right_owner = |name: &str| match (owner, object) {
            (None, _) => true,
            (Some(owner), ObjectOf::Foreign) => application(contract, name) != owner,
            (Some(owner), ObjectOf::Own | ObjectOf::Example) => application(contract, name) == owner,
        };
        let able =
            |credential: &Credential| standing(credential, maker, self.environment.0) == Standing::Allowed;
        let found = self.credentials().find(|(name, credential)| right_owner(name) && able(credential));
        found.map(|(name, _)| name).ok_or_else(|| {
            format!("no credential of {} may make the object with `{}`", whose(object), maker.id)
        })
    }
}

fn whose(object: ObjectOf) -> &'static str {
    match object {
        ObjectOf::Foreign => "another application",
        ObjectOf::Own | ObjectOf::Example => "the sender's application",
    }
}

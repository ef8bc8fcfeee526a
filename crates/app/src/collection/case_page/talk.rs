//! What to say in a case: made only when somebody asks for it, from what the page has read.

use hemu_domain::Fen;
use hemu_domain::collection::classification::Cause;
use hemu_domain::collection::policy::Stage;
use hemu_domain::outreach::scripts::{ObjectionCard, ScriptBook, ScriptCard, ScriptChannel, ScriptFacts, ScriptOf};
use hemu_store::outreach::script::ScriptRow;

use super::CasePage;
use crate::outreach::scripts::book_with;

/// What a script is chosen by and filled in with, and what the office changed in the book.
#[derive(Clone, Debug)]
pub(super) struct Talk {
    pub(super) cause: Option<Cause>,
    pub(super) stage: Stage,
    pub(super) address: Option<String>,
    pub(super) company: String,
    pub(super) speaker: String,
    pub(super) unit: String,
    pub(super) periods: String,
    pub(super) changes: Vec<ScriptRow>,
}

impl Talk {
    fn of(&self, channel: ScriptChannel) -> ScriptOf {
        ScriptOf { cause: self.cause, stage: self.stage, channel }
    }

    fn book(&self) -> ScriptBook {
        book_with(self.changes.clone())
    }

    fn facts(&self, amount: Fen) -> ScriptFacts<'_> {
        let Self { company, speaker, unit, periods, .. } = self;
        ScriptFacts { address: self.address.as_deref(), company, speaker, unit, periods, amount }
    }
}

impl CasePage {
    /// What to say by a channel.
    #[must_use]
    pub fn script(&self, channel: ScriptChannel) -> ScriptCard {
        self.talk.book().script(self.talk.of(channel), &self.talk.facts(self.principal))
    }

    /// Answers to objections.
    #[must_use]
    pub fn objections(&self) -> Vec<ObjectionCard> {
        self.talk.book().objections(self.talk.of(ScriptChannel::Phone), &self.talk.facts(self.principal))
    }
}

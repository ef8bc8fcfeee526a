//! Why a decision came out as it did: a tree of rules. Its first level are the questions a decision asks in turn (may the stage
//! change, is there anything to ask for, was it agreed to wait, is anything under way, which step is due, how does it go out), below
//! them the rules that answer each, below those the steps and gates a rule looked at.

use serde::{Deserialize, Serialize};

/// The questions, each with rules below it.
pub const QUESTIONS: [&str; 6] = ["stage", "to_ask", "agreed", "under_way", "due_step", "way"];

/// Every rule a tree can name, questions included.
pub const RULES: [&str; 32] = [
    "stage",
    "age",
    "reached",
    "talks",
    "stage_hold",
    "to_ask",
    "overdue",
    "dispute",
    "amount_floor",
    "legal",
    "agreed",
    "nudge",
    "promise",
    "plan",
    "hold",
    "hold_effect",
    "under_way",
    "pending",
    "once_a_day",
    "open_task",
    "cool_off",
    "after_hold",
    "due_step",
    "conditions",
    "formal",
    "step",
    "way",
    "call_budget",
    "contact_budget",
    "channel",
    "limitation_guard",
    "repair",
];

/// One rule, how it came out, and what it rests on; fields in the order of the alphabet, like those of
/// [`CaseFacts`](super::facts::CaseFacts).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TraceLine {
    /// The fact behind it.
    pub detail: String,
    /// Whether it let the case pass.
    pub passed: bool,
    /// The rule.
    pub rule: String,
    /// What it rests on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub under: Vec<TraceLine>,
}

impl TraceLine {
    /// A rule with nothing below it.
    #[must_use]
    pub fn new(rule: &str, passed: bool, detail: impl Into<String>) -> Self {
        debug_assert!(RULES.contains(&rule), "{rule} is not among RULES");
        Self { detail: detail.into(), passed, rule: rule.to_owned(), under: Vec::new() }
    }

    /// This line and all below it, from the top.
    pub fn walk(&self) -> Box<dyn Iterator<Item = &Self> + '_> {
        Box::new(std::iter::once(self).chain(self.under.iter().flat_map(Self::walk)))
    }
}

/// The first line of a tree about a rule, wherever it stands.
#[must_use]
pub fn find_rule<'a>(trace: &'a [TraceLine], rule: &str) -> Option<&'a TraceLine> {
    trace.iter().flat_map(TraceLine::walk).find(|line| line.rule == rule)
}

/// A tree while it grows; of one nobody is going to read, nothing is kept or worked out.
pub(super) struct Trace(Option<Vec<TraceLine>>);

impl Trace {
    pub(super) fn kept() -> Self {
        Self(Some(Vec::with_capacity(QUESTIONS.len() + 1)))
    }

    pub(super) fn unread() -> Self {
        Self(None)
    }

    pub(super) fn note<D: Into<String>>(&mut self, rule: &str, passed: bool, detail: impl FnOnce() -> D) {
        if let Some(lines) = &mut self.0 {
            lines.push(TraceLine::new(rule, passed, detail()));
        }
    }

    /// Notes a rule together with what it rests on.
    pub(super) fn note_over<D: Into<String>>(
        &mut self,
        rule: &str,
        passed: bool,
        detail: impl FnOnce() -> D,
        under: impl FnOnce() -> Vec<TraceLine>,
    ) {
        if let Some(lines) = &mut self.0 {
            lines.push(TraceLine { under: under(), ..TraceLine::new(rule, passed, detail()) });
        }
    }

    /// How many lines the level has that grows now: where a question begins.
    pub(super) fn mark(&self) -> usize {
        self.0.as_ref().map_or(0, Vec::len)
    }

    /// Puts the lines noted since a mark below the question they answer; it passed when all of them did.
    pub(super) fn close(&mut self, question: &str, mark: usize) {
        let Some(lines) = self.0.as_mut().filter(|lines| lines.len() > mark) else { return };
        let under = lines.split_off(mark);
        let passed = under.iter().all(|line| line.passed);
        lines.push(TraceLine { under, ..TraceLine::new(question, passed, "") });
    }

    pub(super) fn into_lines(self) -> Vec<TraceLine> {
        self.0.unwrap_or_default()
    }
}

//! What a command answers: one JSON document for programs, text for people.

use hemu_app::Refusal;
use serde::Serialize;

/// The answer of a command, in both forms.
#[derive(Debug)]
pub struct Output {
    /// What `--json` prints: one document, nothing else.
    pub json: serde_json::Value,
    /// What a person reads.
    pub text: String,
    /// False when the command ran but what it looked at is not in order (`verify`, `doctor`): exit status 1.
    pub in_order: bool,
}

impl Output {
    /// From a report and the text that tells it.
    ///
    /// # Errors
    /// [`Refusal::Internal`] when the report cannot be written as JSON, which is a bug.
    pub fn new(report: &impl Serialize, text: impl Into<String>) -> Result<Self, Refusal> {
        let json = serde_json::to_value(report).map_err(|error| Refusal::Internal(error.to_string()))?;
        Ok(Self { json, text: text.into(), in_order: true })
    }
}

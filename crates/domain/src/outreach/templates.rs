//! The message templates a new installation starts with; offices change them, each change is a new version.
//!
//! A template is found by its key, else by the key of its stage, so that a policy step without a text of its own still speaks.
//! Every text leads with the owner, names the way to pay and the person to ask, and asks before it presses (D1, B1, B2).

use serde::Deserialize;

/// A text with placeholders (`{{ amount }}`).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MessageTemplate {
    /// What it is for.
    pub key: String,
    /// `sms`; other channels use the same text unless they have their own.
    pub channel: String,
    /// `zh-CN` or `en`.
    pub locale: String,
    /// `private`: to one payer. `public`: for a board; no placeholders about a person exist there.
    pub audience: String,
    /// The text.
    pub body: String,
}

/// Placeholders a private message may use.
pub const PRIVATE_PLACEHOLDERS: [&str; 10] =
    ["community", "address", "unit", "periods", "amount", "late_fee", "due_on", "how_to_pay", "steward", "phone"];

/// Placeholders a public text may use: none of them can name anybody (I15).
pub const PUBLIC_PLACEHOLDERS: [&str; 4] = ["community", "place", "how_to_pay", "phone"];

/// The texts of a new installation.
///
/// # Panics
/// Never: a test reads the embedded file.
#[must_use]
pub fn default_templates() -> Vec<MessageTemplate> {
    serde_json::from_str(include_str!("../../data/message-templates.json"))
        .expect("the embedded file is read by a test")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_default_text_names_the_way_to_pay_and_the_person_to_ask() {
        for template in default_templates() {
            for placeholder in ["how_to_pay", "phone", "amount"] {
                assert!(template.body.contains(&format!("{{{{ {placeholder} }}}}")), "{}: {placeholder}", template.key);
            }
            assert!(
                !template.body.contains("滞纳金") && !template.body.contains("违约金"),
                "no fee talk: {}",
                template.key
            );
        }
    }
}

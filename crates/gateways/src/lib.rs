//! The outside world: how a message leaves the house.
//!
//! A gateway sends once and says what it knows, never more: [`Answer::Accepted`], [`Answer::Refused`] or [`Answer::Unknown`].
//! Nothing here tries again. Sending twice is worse than not knowing, so what is unknown is resolved by asking the provider
//! ([`Gateway::find`]), by a late report, or by a person (`docs/architecture.md`, the sending protocol).

pub mod file;
pub mod smtp;

use std::time::Instant;

use uuid::Uuid;

/// A message as it leaves: one recipient, final text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// Our key of this one try; a provider that remembers keys remembers this one.
    pub key: Uuid,
    /// `sms`, `wechat` or `email`.
    pub channel: String,
    /// Phone number, WeChat id or e-mail address, in full.
    pub recipient: String,
    /// Subject line, for channels that have one.
    pub subject: String,
    /// The text.
    pub text: String,
}

/// What is known after a try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The provider took it.
    Accepted {
        /// What the provider calls it.
        provider_id: String,
        /// True where acceptance is all the delivery there is.
        delivered: bool,
    },
    /// It certainly did not go out.
    Refused {
        /// What the provider said.
        reason: String,
        /// True when the address itself is bad, so that no other message should go there.
        bad_address: bool,
    },
    /// It may have gone out: the connection broke, or the time ran out, after the text was handed over.
    Unknown {
        /// What happened.
        reason: String,
    },
}

/// What a provider knows about a key, asked later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// It has it.
    Sent {
        /// What the provider calls it.
        provider_id: String,
    },
    /// It does not have it, now.
    Absent,
    /// It cannot be asked.
    CannotTell,
}

/// A way out of the house.
pub trait Gateway: Send + Sync {
    /// The name that is recorded with each try.
    fn name(&self) -> &'static str;

    /// Whether this gateway takes that channel.
    fn carries(&self, channel: &str) -> bool;

    /// Sends once. Does not begin after `deadline`, and ends near it.
    fn send(&self, message: &Outgoing, deadline: Instant) -> Answer;

    /// Asks the provider about a key.
    fn find(&self, message_key: Uuid) -> Found;
}

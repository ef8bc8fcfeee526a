//! Which gateway a message leaves by: files beside the database, until the office names a mail server.
//!
//! Each channel (`sms`, `wechat`, `email`) has one way or none; a channel without one leads to the next channel of the case, as
//! any other that fails for good. The file gateway is always asked about what it wrote before, whatever is configured now.

use std::time::Instant;

use hemu_gateways::file::FileGateway;
use hemu_gateways::{Answer, Found, Gateway, Outgoing};
use uuid::Uuid;

pub use hemu_gateways::smtp::{Security, SmtpConfig, SmtpConfigError, SmtpGateway};

use crate::App;

/// The channels of messages.
pub const CHANNELS: [&str; 3] = ["sms", "wechat", "email"];

/// How messages leave, channel by channel.
#[derive(Clone, Debug)]
pub struct Ways {
    by_file: Vec<&'static str>,
    mail: Option<SmtpGateway>,
}

impl Default for Ways {
    fn default() -> Self {
        Self { by_file: CHANNELS.to_vec(), mail: None }
    }
}

impl Ways {
    /// These channels become files, and e-mail leaves by `mail` where it is given; every other channel is closed.
    #[must_use]
    pub fn new(by_file: Vec<&'static str>, mail: Option<SmtpGateway>) -> Self {
        Self { by_file, mail }
    }

    /// The mail server, where e-mail leaves by one.
    #[must_use]
    pub fn mail(&self) -> Option<&SmtpGateway> {
        self.mail.as_ref()
    }
}

/// The file gateway for some channels.
struct ByFile {
    gateway: FileGateway,
    channels: Vec<&'static str>,
}

impl Gateway for ByFile {
    fn name(&self) -> &'static str {
        self.gateway.name()
    }

    fn carries(&self, channel: &str) -> bool {
        self.channels.contains(&channel)
    }

    fn send(&self, message: &Outgoing, deadline: Instant) -> Answer {
        self.gateway.send(message, deadline)
    }

    fn find(&self, message_key: Uuid) -> Found {
        self.gateway.find(message_key)
    }
}

/// The gateways of this office, those that go first in front.
#[must_use]
pub fn of(app: &App) -> Vec<Box<dyn Gateway>> {
    let ways = app.ways();
    let mut all: Vec<Box<dyn Gateway>> = Vec::new();
    if let Some(mail) = &ways.mail {
        all.push(Box::new(mail.clone()));
    }
    all.push(Box::new(ByFile { gateway: FileGateway::new(app.files()), channels: ways.by_file.clone() }));
    all
}

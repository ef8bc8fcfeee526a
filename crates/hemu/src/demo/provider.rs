//! The text-message provider of the example: most messages arrive, some numbers do not exist, now and then nobody knows.
//!
//! What becomes of a message follows from its number and key alone, so the same seed gives the same example.

use std::time::Instant;

use hemu_app::{App, gateways};
use hemu_gateways::{Answer, Found, Gateway, Outgoing};
use uuid::Uuid;

/// A provider that fails as real ones do; what it takes lands where the file gateway puts it.
struct Provider {
    files: Vec<Box<dyn Gateway>>,
}

/// The gateways of the example.
pub fn gateways(app: &App) -> Vec<Box<dyn Gateway>> {
    vec![Box::new(Provider { files: gateways::of(app) })]
}

impl Gateway for Provider {
    fn name(&self) -> &'static str {
        "example"
    }

    fn carries(&self, channel: &str) -> bool {
        self.files.iter().any(|gateway| gateway.carries(channel))
    }

    fn send(&self, message: &Outgoing, deadline: Instant) -> Answer {
        let refused = |reason: &str, bad_address| Answer::Refused { reason: reason.to_owned(), bad_address };
        if message.recipient.ends_with("37") || message.recipient.ends_with("81") {
            return refused("空号 / number not in service", true);
        }
        let [.., last] = message.key.into_bytes();
        match last % 64 {
            7 => refused("对方停机 / number suspended", false),
            19 => Answer::Unknown { reason: "提交后连接中断 / connection lost after submission".to_owned() },
            _ => match self.files.first() {
                Some(gateway) => gateway.send(message, deadline),
                None => refused("没有通道 / no way out", false),
            },
        }
    }

    fn find(&self, _message_key: Uuid) -> Found {
        Found::CannotTell
    }
}

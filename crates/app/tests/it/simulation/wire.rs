//! A provider on which nothing can be relied, and what really went over its wire.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use hemu_gateways::{Answer, Found, Gateway, Outgoing};
use rand::Rng;
use uuid::Uuid;

use super::estate::Estate;

/// What is thrown when a worker dies: nothing is printed of it, and nobody catches it but the estate.
pub struct Killed;

/// What becomes of a message.
#[derive(Clone, Copy)]
enum Fate {
    Delivered,
    Taken,
    Refused,
    BadAddress,
    /// The line broke: the flag says whether it had left.
    Broken(bool),
    /// The worker dies: the flag says whether it had left.
    Death(bool),
    /// A second worker is at it meanwhile.
    SecondWorker,
    /// The owner pays meanwhile.
    PaidMeanwhile,
    /// The worker sleeps until its claim has run out and a second one took over; then it sends.
    Zombie,
}

/// The way messages leave.
pub struct Wire(pub Arc<Estate>);

/// How often each key went over the wire.
pub type Delivered = BTreeMap<Uuid, usize>;

impl Wire {
    fn fate(&self) -> Fate {
        let inner = self.0.is_nested();
        match self.0.draw(|random| random.random_range(0..100)) {
            0..45 => Fate::Delivered,
            45..55 => Fate::Taken,
            55..60 => Fate::Refused,
            60..63 => Fate::BadAddress,
            63..70 => Fate::Broken(self.0.flip()),
            70..78 => Fate::Death(self.0.flip()),
            _ if inner => Fate::Delivered,
            78..86 => Fate::SecondWorker,
            86..93 => Fate::PaidMeanwhile,
            _ => Fate::Zombie,
        }
    }

    fn leave(&self, message: &Outgoing, delivered: bool) -> Answer {
        self.0.deliver(message.key);
        Answer::Accepted { provider_id: message.key.to_string(), delivered }
    }
}

impl Gateway for Wire {
    fn name(&self) -> &'static str {
        "wire"
    }

    fn carries(&self, channel: &str) -> bool {
        channel == "sms"
    }

    fn send(&self, message: &Outgoing, _: Instant) -> Answer {
        let estate = &self.0;
        estate.check_claim(message);
        match self.fate() {
            Fate::Delivered => self.leave(message, true),
            Fate::Taken => self.leave(message, false),
            Fate::Refused => Answer::Refused { reason: "busy".to_owned(), bad_address: false },
            Fate::BadAddress => Answer::Refused { reason: "no such number".to_owned(), bad_address: true },
            Fate::Broken(left) => {
                if left {
                    estate.deliver(message.key);
                }
                Answer::Unknown { reason: "line broke".to_owned() }
            }
            Fate::Death(left) => {
                if left {
                    estate.deliver(message.key);
                }
                std::panic::resume_unwind(Box::new(Killed))
            }
            Fate::SecondWorker => {
                Estate::second_worker(estate);
                self.leave(message, true)
            }
            Fate::PaidMeanwhile => {
                estate.pay_by_phone(&message.recipient);
                self.leave(message, true)
            }
            Fate::Zombie => {
                estate.sleep_over_the_lease();
                Estate::second_worker(estate);
                self.leave(message, false)
            }
        }
    }

    fn find(&self, key: Uuid) -> Found {
        if !self.0.provider_answers {
            return Found::CannotTell;
        }
        if self.0.was_delivered(key) { Found::Sent { provider_id: key.to_string() } } else { Found::Absent }
    }
}

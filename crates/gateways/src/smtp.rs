//! E-mail by SMTP (lettre).
//!
//! A connection of its own per message, so that what is known stays exact: what fails before the text is handed over was
//! certainly not sent; a server's 4xx or 5xx answer is a refusal; anything that breaks after that is unknown. A 250 of the next
//! server is acceptance, not delivery: bounces come later.

use std::fmt;
use std::time::{Duration, Instant};

use lettre::address::{Address, Envelope};
use lettre::message::header::ContentType;
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{SmtpConnection, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use serde::Deserialize;
use uuid::Uuid;

use crate::{Answer, Found, Gateway, Outgoing};

/// How the mail server is reached. Shown without the password, wherever it is shown.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SmtpConfig {
    /// Host name.
    pub host: String,
    /// Port: 465 for TLS from the start, 587 for STARTTLS, 25 within a house.
    pub port: u16,
    /// `tls`, `starttls` or `none`.
    pub security: Security,
    /// Login, with `password`.
    #[serde(default)]
    pub username: Option<String>,
    /// Password.
    #[serde(default)]
    pub password: Option<String>,
    /// The sender, such as `翠湖物业 <service@example.com>`.
    pub from: String,
}

impl fmt::Debug for SmtpConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("SmtpConfig");
        shown.field("host", &self.host).field("port", &self.port).field("security", &self.security);
        shown.field("username", &self.username).field("from", &self.from).finish_non_exhaustive()
    }
}

/// How the connection is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Security {
    /// TLS from the first byte.
    Tls,
    /// TLS after STARTTLS; refused when the server does not offer it.
    Starttls,
    /// Plain text: only inside a house.
    None,
}

/// Why a mail server cannot be configured so.
#[derive(Debug, thiserror::Error)]
#[error("the mail setting {field} is wrong: {problem}")]
pub struct SmtpConfigError {
    /// Which setting.
    pub field: &'static str,
    /// What is wrong.
    pub problem: String,
}

/// Sends e-mail through one server.
#[derive(Debug, Clone)]
pub struct SmtpGateway {
    config: SmtpConfig,
    from: Mailbox,
}

/// Longest wait for one step of the dialogue.
const STEP_TIMEOUT: Duration = Duration::from_secs(20);

impl SmtpGateway {
    /// Checks the settings; connects when the first message goes out.
    ///
    /// # Errors
    /// [`SmtpConfigError`] names the setting that is wrong.
    pub fn try_new(config: SmtpConfig) -> Result<Self, SmtpConfigError> {
        let from = config.from.parse().map_err(|error: lettre::address::AddressError| SmtpConfigError {
            field: "from",
            problem: error.to_string(),
        })?;
        if config.username.is_some() != config.password.is_some() {
            let problem = "give username and password, or neither".to_owned();
            return Err(SmtpConfigError { field: "username", problem });
        }
        Ok(Self { config, from })
    }

    /// Greets the server, under TLS and with the login where they are configured, and says goodbye: no message goes out.
    ///
    /// # Errors
    /// What the server or the connection said.
    pub fn check(&self) -> Result<(), String> {
        let mut connection = self.connect(STEP_TIMEOUT / 4).map_err(|error| error.to_string())?;
        connection.quit().map(|_| ()).map_err(|error| error.to_string())
    }

    fn compose(&self, message: &Outgoing, to: Address) -> Result<(Envelope, Vec<u8>), lettre::error::Error> {
        let mail = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .message_id(Some(format!("<{}@{}>", message.key, self.from.email.domain())))
            .subject(message.subject.clone())
            .header(ContentType::TEXT_PLAIN)
            .body(message.text.clone())?;
        Ok((mail.envelope().clone(), mail.formatted()))
    }

    fn connect(&self, timeout: Duration) -> Result<SmtpConnection, lettre::transport::smtp::Error> {
        let hello = ClientId::default();
        let server = (self.config.host.as_str(), self.config.port);
        let tls = TlsParameters::new(self.config.host.clone())?;
        let from_start = (self.config.security == Security::Tls).then_some(&tls);
        let mut connection = SmtpConnection::connect(server, Some(timeout), &hello, from_start, None)?;
        if self.config.security == Security::Starttls {
            connection.starttls(&tls, &hello)?;
        }
        if let (Some(username), Some(password)) = (&self.config.username, &self.config.password) {
            connection.auth(DEFAULT_MECHANISMS, &Credentials::new(username.clone(), password.clone()))?;
        }
        Ok(connection)
    }
}

impl Gateway for SmtpGateway {
    fn name(&self) -> &'static str {
        "smtp"
    }

    fn carries(&self, channel: &str) -> bool {
        channel == "email"
    }

    fn send(&self, message: &Outgoing, deadline: Instant) -> Answer {
        let not_sent = |reason: String| Answer::Refused { reason, bad_address: false };
        let Ok(to) = message.recipient.parse::<Address>() else {
            return Answer::Refused { reason: "not an e-mail address".to_owned(), bad_address: true };
        };
        let (envelope, mail) = match self.compose(message, to) {
            Ok(composed) => composed,
            Err(error) => return not_sent(error.to_string()),
        };
        let timeout = deadline.saturating_duration_since(Instant::now()).min(STEP_TIMEOUT);
        if timeout.is_zero() {
            return not_sent("the time to send had run out".to_owned());
        }
        let mut connection = match self.connect(timeout) {
            Ok(connection) => connection,
            Err(error) => return not_sent(error.to_string()),
        };
        if Instant::now() >= deadline {
            return not_sent("the time to send had run out".to_owned());
        }
        match connection.send(&envelope, &mail) {
            Ok(_) => {
                // The server has it; how the goodbye goes changes nothing.
                let _ = connection.quit();
                Answer::Accepted { provider_id: message.key.to_string(), delivered: false }
            }
            Err(error) if error.is_permanent() => Answer::Refused { reason: error.to_string(), bad_address: true },
            Err(error) if error.is_transient() => not_sent(error.to_string()),
            Err(error) => Answer::Unknown { reason: error.to_string() },
        }
    }

    fn find(&self, _: Uuid) -> Found {
        Found::CannotTell
    }
}

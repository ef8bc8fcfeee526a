//! The file gateway: each SMS or WeChat message becomes a file in a folder beside the database.
//!
//! For offices without a provider (somebody uploads the folder, or sends by hand), for trying out, and for tests. A file is
//! named by the key of its try and appears whole or not at all, so the gateway can be asked and never writes a key twice.
//! The folder holds phone numbers: only its owner may read it.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::Instant;

use serde_json::json;
use uuid::Uuid;

use crate::{Answer, Found, Gateway, Outgoing};

/// Writes messages into a folder.
#[derive(Debug, Clone)]
pub struct FileGateway {
    folder: PathBuf,
}

impl FileGateway {
    /// Into `folder`, made when the first message goes out.
    #[must_use]
    pub fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned() }
    }

    fn path(&self, key: Uuid) -> PathBuf {
        self.folder.join(format!("{key}.json"))
    }

    fn write(&self, message: &Outgoing) -> io::Result<()> {
        make_private_folder(&self.folder)?;
        let body = json!({
            "key": message.key,
            "channel": message.channel,
            "to": message.recipient,
            "subject": message.subject,
            "text": message.text,
        });
        let draft = self.folder.join(format!(".{}.part", message.key));
        let mut file = fs::File::create(&draft)?;
        file.write_all(format!("{body:#}\n").as_bytes())?;
        // Appears whole under its name, and never replaces what is there.
        let linked = fs::hard_link(&draft, self.path(message.key));
        fs::remove_file(&draft)?;
        match linked {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            other => other,
        }
    }
}

impl Gateway for FileGateway {
    fn name(&self) -> &'static str {
        "file"
    }

    fn carries(&self, channel: &str) -> bool {
        matches!(channel, "sms" | "wechat" | "email")
    }

    fn send(&self, message: &Outgoing, deadline: Instant) -> Answer {
        if Instant::now() >= deadline {
            return Answer::Refused { reason: "the time to send had run out".to_owned(), bad_address: false };
        }
        match self.write(message) {
            Ok(()) => Answer::Accepted { provider_id: message.key.to_string(), delivered: true },
            Err(error) if self.path(message.key).exists() => Answer::Unknown { reason: error.to_string() },
            Err(error) => Answer::Refused { reason: error.to_string(), bad_address: false },
        }
    }

    fn find(&self, message_key: Uuid) -> Found {
        if self.path(message_key).exists() {
            Found::Sent { provider_id: message_key.to_string() }
        } else {
            Found::Absent
        }
    }
}

fn make_private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn message(key: u128) -> Outgoing {
        Outgoing {
            key: Uuid::from_u128(key),
            channel: "sms".to_owned(),
            recipient: "13800138000".to_owned(),
            subject: String::new(),
            text: "您好".to_owned(),
        }
    }

    #[test]
    fn the_same_key_is_one_file_however_often_it_is_sent() {
        let folder = tempfile::tempdir().expect("a folder");
        let gateway = FileGateway::new(&folder.path().join("outbox"));
        let soon = Instant::now() + Duration::from_secs(5);
        assert_eq!(gateway.find(Uuid::from_u128(1)), Found::Absent);
        for _ in 0..2 {
            assert!(matches!(gateway.send(&message(1), soon), Answer::Accepted { delivered: true, .. }));
        }
        gateway.send(&message(2), soon);
        assert_eq!(fs::read_dir(folder.path().join("outbox")).expect("the outbox").count(), 2);
        assert!(matches!(gateway.find(Uuid::from_u128(1)), Found::Sent { .. }));
    }

    #[test]
    fn nothing_is_written_after_the_deadline_or_where_no_folder_can_be() {
        let folder = tempfile::tempdir().expect("a folder");
        let gateway = FileGateway::new(folder.path());
        let past = Instant::now();
        assert!(matches!(gateway.send(&message(1), past), Answer::Refused { .. }));
        assert_eq!(gateway.find(Uuid::from_u128(1)), Found::Absent);
        let blocked = folder.path().join("a-file");
        fs::write(&blocked, "").expect("a file");
        let soon = Instant::now() + Duration::from_secs(5);
        assert!(matches!(FileGateway::new(&blocked).send(&message(1), soon), Answer::Refused { .. }));
    }
}

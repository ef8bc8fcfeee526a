//! Sealed fields: phone, id number, e-mail, WeChat id, rendered messages are ciphertext at rest.
//!
//! XChaCha20-Poly1305 with a random nonce; each ciphertext is bound to its table, column and row, so that it cannot be moved.
//! Exact search goes over an HMAC-SHA-256 of the normalised value. The 32-byte key lies in a file outside the database; the
//! database holds the key's fingerprint, and a second key is never made for a database that has one (losing the file loses
//! the sealed fields, so a backup says where the key must be kept).

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use rand::TryRngCore as _;
use rand::rngs::OsRng;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::params;
use crate::{Db, DbError};

const NONCE_BYTES: usize = 24;
const FIND_FINGERPRINT: &str = "SELECT value FROM setting WHERE key = 'seal_key_fingerprint'";
const KEEP_FINGERPRINT: &str =
    "INSERT INTO setting (key, value) VALUES ('seal_key_fingerprint', $1) ON CONFLICT (key) DO NOTHING";

/// Why sealed fields cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// The database has sealed fields and the key file is not there.
    #[error(
        "the key file {0} is missing; put back the one that belongs to this database (it is kept with your backups)"
    )]
    KeyMissing(PathBuf),
    /// The key file belongs to another database.
    #[error("the key file {0} belongs to another database; put back the one made for this database")]
    WrongKey(PathBuf),
    /// The key file cannot be read or written.
    #[error("the key file {path} cannot be used: {problem}")]
    KeyFile {
        /// Where the key file is.
        path: PathBuf,
        /// What the system said.
        problem: String,
    },
    /// A ciphertext was changed, moved to another row, or sealed with another key.
    #[error("a sealed value cannot be opened: it was changed or moved")]
    Broken,
    /// The database did not answer.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Seals and opens fields, and makes the values exact search compares.
#[derive(Clone)]
pub struct Sealer {
    cipher: XChaCha20Poly1305,
    index_key: [u8; 32],
}

impl Sealer {
    /// From the 32 bytes of a key.
    #[must_use]
    pub fn new(key: &[u8; 32]) -> Self {
        Self { cipher: XChaCha20Poly1305::new(&derive(key, "seal").into()), index_key: derive(key, "index") }
    }

    /// Opens the key file of a database, or makes it if the database never had one.
    ///
    /// # Errors
    /// [`SealError::KeyMissing`] or [`SealError::WrongKey`] when the database was sealed with another key.
    pub fn open(db: &Db, key_file: &Path) -> Result<Self, SealError> {
        let known = db.read(|tx| tx.query_opt(FIND_FINGERPRINT, &[], |row| row.take::<String>()))?;
        let key = match (read_key(key_file)?, &known) {
            (Some(key), _) => key,
            (None, None) => make_key(key_file)?,
            (None, Some(_)) => return Err(SealError::KeyMissing(key_file.to_owned())),
        };
        let fingerprint = fingerprint(&key);
        match known {
            Some(known) if known != fingerprint => return Err(SealError::WrongKey(key_file.to_owned())),
            Some(_) => {}
            None => db.write(|tx| tx.execute(KEEP_FINGERPRINT, &params![fingerprint.clone()]).map(|_| ()))?,
        }
        Ok(Self::new(&key))
    }

    /// Seals a text for one place: `place` is `table.column`.
    #[must_use]
    pub fn seal(&self, place: &str, row: Uuid, plain: &str) -> Vec<u8> {
        self.seal_bytes(place, row, plain.as_bytes())
    }

    /// Seals bytes, such as a photo, for one place.
    #[must_use]
    pub fn seal_bytes(&self, place: &str, row: Uuid, plain: &[u8]) -> Vec<u8> {
        let mut nonce = [0_u8; NONCE_BYTES];
        OsRng.try_fill_bytes(&mut nonce).expect("the system's random source answers");
        let payload = Payload { msg: plain, aad: &binding(place, row) };
        let sealed =
            self.cipher.encrypt(XNonce::from_slice(&nonce), payload).expect("what is sealed is far below the limit");
        [nonce.as_slice(), &sealed].concat()
    }

    /// Opens what was sealed for the same place and row.
    ///
    /// # Errors
    /// [`SealError::Broken`] when it was sealed for another place or key, or was changed.
    pub fn open_text(&self, place: &str, row: Uuid, sealed: &[u8]) -> Result<String, SealError> {
        String::from_utf8(self.open_bytes(place, row, sealed)?).map_err(|_| SealError::Broken)
    }

    /// Opens bytes that were sealed for the same place and row.
    ///
    /// # Errors
    /// [`SealError::Broken`] when they were sealed for another place or key, or were changed.
    pub fn open_bytes(&self, place: &str, row: Uuid, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        let (nonce, body) = sealed.split_at_checked(NONCE_BYTES).ok_or(SealError::Broken)?;
        let payload = Payload { msg: body, aad: &binding(place, row) };
        self.cipher.decrypt(XNonce::from_slice(nonce), payload).map_err(|_| SealError::Broken)
    }

    /// What exact search compares: the same for the same kind (`phone`, `id_number`, `email`) and normalised value.
    #[must_use]
    pub fn index(&self, kind: &str, normalised: &str) -> Vec<u8> {
        let mut mac = <Hmac<Sha256> as Mac>::new_from_slice(&self.index_key).expect("an HMAC key may have any length");
        mac.update(kind.as_bytes());
        mac.update(&[0]);
        mac.update(normalised.as_bytes());
        mac.finalize().into_bytes()[..16].to_vec()
    }
}

fn derive(key: &[u8; 32], purpose: &str) -> [u8; 32] {
    let mut mac = <Hmac<Sha256> as Mac>::new_from_slice(key).expect("an HMAC key may have any length");
    mac.update(purpose.as_bytes());
    mac.finalize().into_bytes().into()
}

fn binding(place: &str, row: Uuid) -> Vec<u8> {
    [place.as_bytes(), &[0], row.as_bytes()].concat()
}

fn fingerprint(key: &[u8; 32]) -> String {
    hemu_domain::hex(&Sha256::digest(key)[..8])
}

fn read_key(path: &Path) -> Result<Option<[u8; 32]>, SealError> {
    let refused = |problem: String| SealError::KeyFile { path: path.to_owned(), problem };
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(refused(error.to_string())),
    };
    let hex = text.trim().strip_prefix("hemu-key-1:").unwrap_or_default();
    let bytes: Option<Vec<u8>> =
        hex.as_bytes().chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect();
    let key = bytes.and_then(|bytes| bytes.try_into().ok());
    key.map(Some).ok_or_else(|| refused("it does not hold a key".to_owned()))
}

fn make_key(path: &Path) -> Result<[u8; 32], SealError> {
    let refused = |error: std::io::Error| SealError::KeyFile { path: path.to_owned(), problem: error.to_string() };
    let mut key = [0_u8; 32];
    OsRng.try_fill_bytes(&mut key).expect("the system's random source answers");
    let hex = hemu_domain::hex(&key);
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(mut file) => {
            let written = writeln!(file, "hemu-key-1:{hex}").and_then(|()| file.sync_all());
            if let Err(error) = written {
                // Half a key, on a disk that is full, would keep this database from ever getting a whole one.
                let _ = fs::remove_file(path);
                return Err(refused(error));
            }
            Ok(key)
        }
        // Another start was faster: its key is the one.
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            read_key(path)?.ok_or_else(|| SealError::KeyMissing(path.to_owned()))
        }
        Err(error) => Err(refused(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealer() -> Sealer {
        Sealer::new(&[7; 32])
    }

    #[test]
    fn a_sealed_value_opens_only_where_it_was_sealed() {
        let (row, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let sealed = sealer().seal("contact_point.value", row, "13800138000");
        assert_eq!(sealer().open_text("contact_point.value", row, &sealed).expect("opens"), "13800138000");
        assert!(sealer().open_text("contact_point.value", other, &sealed).is_err());
        assert!(sealer().open_text("party.id_number", row, &sealed).is_err());
        assert!(Sealer::new(&[8; 32]).open_text("contact_point.value", row, &sealed).is_err());
        let mut changed = sealed;
        changed[30] ^= 1;
        assert!(sealer().open_text("contact_point.value", row, &changed).is_err());
    }

    #[test]
    fn equal_values_have_equal_indexes_within_their_kind_only() {
        assert_eq!(sealer().index("phone", "13800138000"), sealer().index("phone", "13800138000"));
        assert_ne!(sealer().index("phone", "13800138000"), sealer().index("email", "13800138000"));
        assert_ne!(sealer().index("phone", "13800138000"), Sealer::new(&[8; 32]).index("phone", "13800138000"));
    }
}

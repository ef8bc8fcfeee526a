//! Which database a command works on, and the key file and folder that go with it.

use std::path::PathBuf;

use chrono::NaiveDate;
use hemu_app::{App, Clock, Refusal};

/// `--db` and what belongs to it.
#[derive(Debug, Clone, clap::Args)]
pub struct Database {
    /// Database: sqlite:PATH or postgres://USER@HOST/NAME
    // The address may hold a password: the help does not show the environment's.
    #[arg(
        long = "db",
        global = true,
        env = "HEMU_DB",
        hide_env_values = true,
        default_value = "sqlite:hemu.db",
        value_name = "URL"
    )]
    pub url: String,
    /// Key file of the sealed fields (default: beside the database, FILE.key)
    #[arg(long = "key-file", global = true, env = "HEMU_KEY_FILE", value_name = "FILE")]
    pub key_file: Option<PathBuf>,
}

impl Database {
    /// Opens it, made and migrated as needed; `as_of` stands in for today.
    ///
    /// # Errors
    /// When the address, the key file or the server's clock is wrong.
    pub fn open(&self, as_of: Option<NaiveDate>) -> Result<App, Refusal> {
        self.open_with(as_of.map_or(Clock::System, Clock::as_of), None)
    }

    /// Opens it with a given clock and seed of ids.
    ///
    /// # Errors
    /// When the address, the key file or the server's clock is wrong.
    pub fn open_with(&self, clock: Clock, seed: Option<u64>) -> Result<App, Refusal> {
        App::open(&self.url, &self.key_path(), &self.outbox(), clock, seed)
    }

    /// The file of an embedded database.
    pub fn sqlite_file(&self) -> Option<PathBuf> {
        self.url.strip_prefix("sqlite:").map(PathBuf::from)
    }

    /// Where the key of the sealed fields lies.
    pub fn key_path(&self) -> PathBuf {
        self.key_file.clone().unwrap_or_else(|| self.beside("key"))
    }

    /// The folder in which the file gateway puts what it "sends".
    pub fn outbox(&self) -> PathBuf {
        self.beside("outbox")
    }

    fn beside(&self, ending: &str) -> PathBuf {
        let mut name = self.sqlite_file().unwrap_or_else(|| PathBuf::from("hemu")).into_os_string();
        name.push(".");
        name.push(ending);
        PathBuf::from(name)
    }
}

//! Which database a command works on, the key file and folder that go with it, and the configuration file.

use std::path::PathBuf;

use chrono::NaiveDate;
use hemu_app::{App, Clock, Refusal};

use crate::config::Config;

/// `--db`, `--key-file`, `--config`: options of every command.
#[derive(Debug, Clone, clap::Args)]
pub struct DatabaseArgs {
    /// Database: sqlite:PATH or postgres://USER@HOST/NAME (default: sqlite:hemu.db)
    // The address may hold a password: the help does not show the environment's.
    #[arg(long = "db", global = true, env = "HEMU_DB", value_name = "URL", hide_env_values = true)]
    url: Option<String>,
    /// Key file of the sealed fields (default: beside the database, FILE.key)
    #[arg(long = "key-file", global = true, env = "HEMU_KEY_FILE", value_name = "FILE")]
    key_file: Option<PathBuf>,
    /// Configuration file (TOML); the command line goes before it
    #[arg(long = "config", global = true, env = "HEMU_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
}

impl DatabaseArgs {
    /// With what the configuration file says where the command line says nothing.
    ///
    /// # Errors
    /// [`Refusal::InvalidInput`] when the file cannot be read.
    pub fn resolve(&self) -> Result<Database, Refusal> {
        let config = self.config.as_deref().map(Config::read).transpose()?.unwrap_or_default();
        let (url, key_file) = (self.url.clone(), self.key_file.clone());
        Ok(Database {
            url: url.or_else(|| config.database.url.clone()).unwrap_or_else(|| "sqlite:hemu.db".to_owned()),
            key_file: key_file.or_else(|| config.database.key_file.clone()),
            config_file: self.config.clone(),
            config,
        })
    }
}

/// A database, what belongs to it, and how the office is configured.
#[derive(Debug, Clone)]
pub struct Database {
    /// `sqlite:PATH` or `postgres://USER@HOST/NAME`.
    pub url: String,
    /// Key file of the sealed fields, where it does not lie beside the database.
    pub key_file: Option<PathBuf>,
    /// The configuration file, where there is one.
    pub config_file: Option<PathBuf>,
    /// What it says.
    pub config: Config,
}

impl Database {
    /// Opens it, made and migrated as needed; `as_of` stands in for today.
    ///
    /// # Errors
    /// When the address, the key file, the mail server's settings or the server's clock is wrong.
    pub fn open(&self, as_of: Option<NaiveDate>) -> Result<App, Refusal> {
        self.open_with(as_of.map_or(Clock::System, Clock::as_of), None)
    }

    /// Opens it with a given clock and seed of ids.
    ///
    /// # Errors
    /// When the address, the key file, the mail server's settings or the server's clock is wrong.
    pub fn open_with(&self, clock: Clock, seed: Option<u64>) -> Result<App, Refusal> {
        let ways = self.config.ways()?;
        Ok(App::open(&self.url, &self.key_path(), &self.outbox(), clock, seed)?.with_ways(ways))
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
        self.config.database.outbox.clone().unwrap_or_else(|| self.beside("outbox"))
    }

    fn beside(&self, ending: &str) -> PathBuf {
        let mut name = self.sqlite_file().unwrap_or_else(|| PathBuf::from("hemu")).into_os_string();
        name.push(".");
        name.push(ending);
        PathBuf::from(name)
    }
}

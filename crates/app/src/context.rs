//! [`App`]: what every use case needs: the database, the sealer, the clock, the source of ids.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use chrono::NaiveDate;
use hemu_store::{Db, Sealer, migrate};
use uuid::Uuid;

use crate::clock::IdSource;
use crate::gateways::Ways;
use crate::refusal::{cannot_open, cannot_unseal};
use crate::{Clock, Refusal};

/// The program's inside, shared by pages, commands and workers.
pub struct App {
    /// The database.
    pub db: Db,
    /// Seals and opens personal fields.
    pub sealer: Sealer,
    /// The one clock.
    pub clock: Clock,
    ids: IdSource,
    files: PathBuf,
    ways: Ways,
    stopping: AtomicBool,
}

/// The clock of a database server may differ from ours by that much.
const MAX_CLOCK_DIFFERENCE_MS: i64 = 2_000;

impl App {
    /// Opens the database at `url`, migrates it, opens its key file (`key_file`), and keeps what gateways write to files in
    /// the folder `files`. `seed` makes ids repeat, for simulations.
    ///
    /// # Errors
    /// [`Refusal::InvalidInput`] when the address or key file is wrong; [`Refusal::Internal`] when the server's clock is off.
    pub fn open(url: &str, key_file: &Path, files: &Path, clock: Clock, seed: Option<u64>) -> Result<Self, Refusal> {
        let db = Db::open(url).map_err(cannot_open)?;
        let applied = migrate::migrate(&db).map_err(cannot_open)?;
        if !applied.is_empty() {
            tracing::info!(migrations = ?applied, "the database was brought to this version");
        }
        let sealer = Sealer::open(&db, key_file).map_err(cannot_unseal)?;
        let app = Self {
            db,
            sealer,
            clock,
            ids: IdSource::new(seed),
            files: files.to_owned(),
            ways: Ways::default(),
            stopping: AtomicBool::new(false),
        };
        app.check_server_clock()?;
        Ok(app)
    }

    fn check_server_clock(&self) -> Result<(), Refusal> {
        if matches!(self.clock, Clock::Manual(_)) {
            return Ok(());
        }
        let Some(server) = self.db.server_time()? else { return Ok(()) };
        let difference_ms = (self.clock.now() - server).num_milliseconds().abs();
        if difference_ms > MAX_CLOCK_DIFFERENCE_MS {
            let problem = format!("the database server's clock differs by {difference_ms} ms; set both by NTP");
            return Err(Refusal::Internal(problem));
        }
        Ok(())
    }

    /// The same, with messages leaving by these ways; by files alone where none are given.
    #[must_use]
    pub fn with_ways(self, ways: Ways) -> Self {
        Self { ways, ..self }
    }

    /// How messages leave.
    #[must_use]
    pub fn ways(&self) -> &Ways {
        &self.ways
    }

    /// Tells long jobs to end after the step they are in: the program is about to.
    pub fn stop(&self) {
        self.stopping.store(true, Ordering::SeqCst);
    }

    /// Whether the program is about to end.
    #[must_use]
    pub fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::SeqCst)
    }

    /// Asks the database something small.
    ///
    /// # Errors
    /// When it does not answer.
    pub fn check_database(&self) -> Result<(), Refusal> {
        Ok(self.db.read(hemu_store::community::list).map(|_| ())?)
    }

    /// A new id, later than all before it.
    #[must_use]
    pub fn new_id<T: From<Uuid>>(&self) -> T {
        T::from(self.ids.next(self.clock.now()))
    }

    /// Today in China.
    #[must_use]
    pub fn today(&self) -> NaiveDate {
        self.clock.today()
    }

    /// The folder beside the database in which the file gateway puts what it "sends".
    #[must_use]
    pub fn files(&self) -> &Path {
        &self.files
    }
}

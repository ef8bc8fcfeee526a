//! A fresh database on each engine: a SQLite file in a folder of its own, and a PostgreSQL database made for the test.
//!
//! Where PostgreSQL listens comes from `TEST_DATABASE_URL` (`postgres://user@host:port/any_database`); the user there must be
//! allowed to create databases. Both kinds are gone when the test ends, also when it fails. Names are unique over processes,
//! so tests run side by side.
//!
//! A [`Template`] saves the time of creating the schema again and again: it is prepared once per server and then copied.

use std::path::Path;
use std::thread;

use postgres::{Client, NoTls};
use tempfile::TempDir;

use crate::{parts, unique};

/// Serialises the making of templates among processes; any number that nobody else uses will do.
const TEMPLATE_LOCK: i64 = 0x4865_6d75;

/// The two engines a company can run Hemu on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// The embedded default.
    Sqlite,
    /// For a company; also stands in for Citus, which speaks the same SQL.
    Postgres,
}

/// A database of this test alone, removed when dropped.
pub struct TestDatabase {
    engine: Engine,
    url: String,
    #[expect(dead_code, reason = "held for its Drop, which removes the database")]
    guard: Guard,
}

enum Guard {
    Sqlite { _folder: TempDir },
    Postgres { _database: PostgresDatabase },
}

impl TestDatabase {
    /// Which engine it runs on.
    #[must_use]
    pub fn engine(&self) -> Engine {
        self.engine
    }

    /// What `--db` takes: `sqlite:PATH` or `postgres://…`.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// An empty SQLite file in a folder of its own; key file and outbox folder land beside it and go with it.
    ///
    /// # Panics
    /// When the temporary folder cannot be written.
    #[must_use]
    pub fn sqlite() -> Self {
        let folder = tempfile::Builder::new().prefix("hemu-test-").tempdir().expect("temporary folder is writable");
        Self::sqlite_in(folder)
    }

    /// Like [`Self::sqlite`], in memory where the system has a folder there: for tests that commit so often that they would
    /// spend their time waiting for the disk. Small databases only, for such folders may be small.
    ///
    /// # Panics
    /// When neither folder can be written.
    #[must_use]
    pub fn sqlite_in_memory() -> Self {
        let folder = tempfile::Builder::new().prefix("hemu-test-").tempdir_in("/dev/shm");
        folder.map_or_else(|_| Self::sqlite(), Self::sqlite_in)
    }

    fn sqlite_in(folder: TempDir) -> Self {
        let url = format!("sqlite:{}", folder.path().join("test.db").display());
        Self { engine: Engine::Sqlite, url, guard: Guard::Sqlite { _folder: folder } }
    }

    /// An empty PostgreSQL database; none, with a printed note, when `TEST_DATABASE_URL` is not set.
    ///
    /// # Panics
    /// When the server refuses, or under `CI=true` when there is no server.
    #[must_use]
    pub fn postgres() -> Option<Self> {
        Some(Self::on_server(&server_url()?, None))
    }

    fn on_server(server: &str, template: Option<&str>) -> Self {
        let database = PostgresDatabase::create(server, template);
        Self { engine: Engine::Postgres, url: database.url(), guard: Guard::Postgres { _database: database } }
    }
}

/// Runs the same test on a fresh, empty database of each engine.
///
/// ```
/// hemu_testkit::for_each_engine(|db_url| assert!(db_url.starts_with("sqlite:") || db_url.starts_with("postgres")));
/// ```
///
/// # Panics
/// When the test does (the engine is printed before), or as [`TestDatabase::postgres`] does.
pub fn for_each_engine(test: impl Fn(&str)) {
    run_on(fresh_databases(), test);
}

/// One empty database of each engine this machine has, for tests that need more than the address.
///
/// # Panics
/// As [`TestDatabase::postgres`].
#[must_use]
pub fn fresh_databases() -> Vec<TestDatabase> {
    std::iter::once(TestDatabase::sqlite()).chain(TestDatabase::postgres()).collect()
}

fn run_on(databases: Vec<TestDatabase>, test: impl Fn(&str)) {
    for database in databases {
        // Tests print this only when they fail.
        eprintln!("engine: {:?}", database.engine());
        test(database.url());
    }
}

/// A schema prepared once and copied for every test.
///
/// `key` names what was prepared: it must change when the schema does (a digest of the migrations), because a server that
/// outlives the run keeps its templates (databases named `hemu_template_…`).
#[derive(Clone, Copy, Debug)]
pub struct Template<'a> {
    key: &'a str,
    prepare: fn(&str),
}

impl<'a> Template<'a> {
    /// `prepare` is given the address of an empty database, leaves it as each test shall find it and closes it.
    /// Of `key`, ASCII letters and digits count, the first 32 of them.
    #[must_use]
    pub fn new(key: &'a str, prepare: fn(&str)) -> Self {
        Self { key, prepare }
    }

    /// Runs the same test on a prepared database of each engine.
    ///
    /// # Panics
    /// As [`for_each_engine`].
    pub fn for_each_engine(self, test: impl Fn(&str)) {
        run_on(self.fresh_databases(), test);
    }

    /// One prepared database of each engine this machine has.
    ///
    /// # Panics
    /// As [`TestDatabase::postgres`].
    #[must_use]
    pub fn fresh_databases(self) -> Vec<TestDatabase> {
        let sqlite = TestDatabase::sqlite();
        (self.prepare)(sqlite.url());
        std::iter::once(sqlite).chain(self.postgres()).collect()
    }

    fn postgres(self) -> Option<TestDatabase> {
        let server = server_url()?;
        let name = self.ensure_on(&server);
        Some(TestDatabase::on_server(&server, Some(&name)))
    }

    /// Prepares under another name and renames, so that a half-prepared template is never copied.
    fn ensure_on(self, server: &str) -> String {
        let name = template_name(self.key);
        let exists = "SELECT 1 FROM pg_database WHERE datname = $1";
        admin(server, |client| {
            client.execute("SELECT pg_advisory_lock($1)", &[&TEMPLATE_LOCK])?;
            if client.query_opt(exists, &[&name])?.is_none() {
                let half = format!("{name}_half");
                client.batch_execute(&format!("DROP DATABASE IF EXISTS {half} WITH (FORCE)"))?;
                client.batch_execute(&format!("CREATE DATABASE {half}"))?;
                (self.prepare)(&with_database(server, &half));
                client.batch_execute(&format!("ALTER DATABASE {half} RENAME TO {name}"))?;
            }
            client.execute("SELECT pg_advisory_unlock($1)", &[&TEMPLATE_LOCK]).map(|_| ())
        });
        name
    }
}

fn template_name(key: &str) -> String {
    let key: String = key.chars().filter(char::is_ascii_alphanumeric).take(32).collect();
    format!("hemu_template_{}", key.to_ascii_lowercase())
}

/// A database on the test server, dropped with whoever is still connected.
struct PostgresDatabase {
    server: String,
    name: String,
}

impl PostgresDatabase {
    fn create(server: &str, template: Option<&str>) -> Self {
        let name = format!("hemu_test_{}", unique::suffix());
        let copied = template.map(|template| format!(" TEMPLATE {template}")).unwrap_or_default();
        admin(server, |client| client.batch_execute(&format!("CREATE DATABASE {name}{copied}")));
        Self { server: server.to_owned(), name }
    }

    fn url(&self) -> String {
        with_database(&self.server, &self.name)
    }
}

impl Drop for PostgresDatabase {
    fn drop(&mut self) {
        let statement = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        if let Err(error) = try_admin(&self.server, |client| client.batch_execute(&statement)) {
            eprintln!("test database {} was left behind: {error}", self.name);
        }
    }
}

/// The server tests may create databases on.
fn server_url() -> Option<String> {
    let url = std::env::var("TEST_DATABASE_URL").ok().filter(|url| !url.is_empty());
    if url.is_none() {
        parts::skip("PostgreSQL", "set TEST_DATABASE_URL, or run the tests with `cargo xtask test`");
    }
    url
}

fn admin(server: &str, work: impl FnOnce(&mut Client) -> Result<(), postgres::Error> + Send) {
    try_admin(server, work).unwrap_or_else(|error| panic!("PostgreSQL at TEST_DATABASE_URL: {error:?}"));
}

/// On a thread of its own: the synchronous client panics when used inside an async test.
fn try_admin(
    server: &str,
    work: impl FnOnce(&mut Client) -> Result<(), postgres::Error> + Send,
) -> Result<(), postgres::Error> {
    thread::scope(|scope| {
        let session = scope.spawn(|| Client::connect(server, NoTls).and_then(|mut client| work(&mut client)));
        session.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

/// The same server and parameters, another database.
fn with_database(server: &str, name: &str) -> String {
    let (address, parameters) = server.split_once('?').map_or((server, None), |(url, rest)| (url, Some(rest)));
    let (scheme, rest) = address.split_once("://").unwrap_or(("postgres", address));
    let host = rest.split_once('/').map_or(rest, |(host, _database)| host);
    let parameters = parameters.map(|rest| format!("?{rest}")).unwrap_or_default();
    format!("{scheme}://{host}/{name}{parameters}")
}

/// The file behind a `sqlite:` address, for tests that damage it or look beside it.
#[must_use]
pub fn sqlite_path(url: &str) -> Option<&Path> {
    url.strip_prefix("sqlite:").map(Path::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_database_is_fresh_and_gone_afterwards() {
        let database = TestDatabase::sqlite();
        let path = sqlite_path(database.url()).expect("a sqlite address").to_owned();
        std::fs::write(&path, "x").unwrap();
        drop(database);
        assert!(!path.exists());
    }

    #[test]
    fn a_postgres_database_is_dropped_even_with_an_open_connection() {
        let Some(database) = TestDatabase::postgres() else { return };
        let url = database.url().to_owned();
        let mut client = Client::connect(&url, NoTls).unwrap();
        client.batch_execute("CREATE TABLE bill (id BIGINT)").unwrap();
        drop(database);
        assert!(Client::connect(&url, NoTls).is_err());
    }

    #[test]
    fn a_template_is_copied_with_its_rows() {
        fn prepare(url: &str) {
            if url.starts_with("postgres") {
                let mut client = Client::connect(url, NoTls).unwrap();
                client.batch_execute("CREATE TABLE bill (id BIGINT); INSERT INTO bill VALUES (7)").unwrap();
            }
        }
        let Some(server) = server_url() else { return };
        let key = format!("testkit{}", unique::suffix().rsplit('_').next().unwrap_or_default());
        let template = Template::new(&key, prepare);
        for _ in 0..2 {
            template.for_each_engine(|url| {
                if url.starts_with("postgres") {
                    let id: i64 =
                        Client::connect(url, NoTls).unwrap().query_one("SELECT id FROM bill", &[]).unwrap().get(0);
                    assert_eq!(id, 7);
                }
            });
        }
        admin(&server, |client| client.batch_execute(&format!("DROP DATABASE {}", template_name(&key))));
    }

    #[test]
    fn the_database_name_is_replaced_and_the_parameters_stay() {
        let url = with_database("postgres://me@127.0.0.1:5433/postgres?connect_timeout=5", "hemu_test_1");
        assert_eq!(url, "postgres://me@127.0.0.1:5433/hemu_test_1?connect_timeout=5");
        assert_eq!(with_database("postgres:///?host=/run/pg", "t"), "postgres:///t?host=/run/pg");
    }
}

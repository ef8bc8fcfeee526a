//! A PostgreSQL server for one run: its own folder, a free port of the loopback, nothing flushed to disk.
//!
//! `initdb` and `postgres` refuse to run as root, so they run as another user then. The server is the child of a small shell
//! that waits on a pipe to this program: when the pipe closes, however this program ends (also by Ctrl-C or kill -9),
//! the shell stops the server and removes the folder.
//!
//! The default collation is a language's (ICU), not byte order, so that a statement which relies on byte order without
//! saying so shows in the tests.

use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{fs, thread};

use anyhow::{Context, Result, bail};

use crate::tools;

const PATIENCE: Duration = Duration::from_secs(60);

/// Arguments: postgres, data folder, port, folder to remove.
const KEEPER: &str = r#"
"$1" -D "$2/data" -p "$3" -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=300 \
    -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c shared_buffers=128MB -c max_wal_size=2GB \
    -c logging_collector=off </dev/null >"$2/log" 2>&1 &
server=$!
read -r _
kill -INT "$server"
wait "$server"
rm -rf "$2"
"#;

/// A running server; stopped and removed when dropped.
pub struct Server {
    keeper: Child,
    url: String,
}

/// The folder of the newest installed PostgreSQL's programs, if there is one.
pub fn programs() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let newest =
        versions.map(|entry| entry.path().join("bin")).filter(|bin| has_server(bin)).max_by_key(|bin| version(bin));
    newest.or_else(on_path)
}

fn on_path() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).find(|folder| has_server(folder))
}

fn has_server(bin: &Path) -> bool {
    bin.join("initdb").is_file() && bin.join("postgres").is_file()
}

/// `/usr/lib/postgresql/17/bin` -> 17
fn version(bin: &Path) -> u32 {
    let folder = bin.parent().and_then(Path::file_name);
    folder.and_then(|name| name.to_str()).and_then(|name| name.parse().ok()).unwrap_or(0)
}

impl Server {
    /// Makes a cluster, starts it and waits until it answers.
    pub fn start() -> Result<Self> {
        let bin = programs().context("no PostgreSQL here (Debian package: postgresql)")?;
        let user = unprivileged_user()?;
        let folder = new_folder(user)?;
        let made = make_cluster(&bin, &folder, user).and_then(|()| Self::launch(&bin, &folder, user));
        if made.is_err() {
            // The keeper removes it otherwise.
            fs::remove_dir_all(&folder).or_else(gone_already)?;
        }
        made
    }

    /// Where tests connect; the user there may create databases.
    pub fn url(&self) -> &str {
        &self.url
    }

    fn launch(bin: &Path, folder: &Path, user: Option<User>) -> Result<Self> {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        let mut command = as_user("sh", user);
        command.args(["-c", KEEPER, "hemu-postgres"]).arg(bin.join("postgres")).arg(folder).arg(port.to_string());
        // Its own group: Ctrl-C in the terminal is for the tests; the pipe tells the keeper when they have ended.
        command.process_group(0).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let keeper = command.spawn().context("sh cannot be started")?;
        let server = Self { keeper, url: format!("postgres://hemu@127.0.0.1:{port}/postgres") };
        server.wait_until_ready(bin, folder, port)?;
        println!("PostgreSQL of {} on port {port}", bin.display());
        Ok(server)
    }

    fn wait_until_ready(&self, bin: &Path, folder: &Path, port: u16) -> Result<()> {
        let begun = Instant::now();
        let port = port.to_string();
        while begun.elapsed() < PATIENCE {
            let mut question = Command::new(bin.join("pg_isready"));
            if crate::run::answers(question.args(["-q", "-h", "127.0.0.1", "-p", &port, "-d", "postgres"])) {
                return Ok(());
            }
            thread::sleep(Duration::from_millis(100));
        }
        bail!("PostgreSQL did not start: {}", fs::read_to_string(folder.join("log")).unwrap_or_default())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        if let Err(error) = self.keeper.wait() {
            println!("the throw-away PostgreSQL may still run: {error}");
        }
    }
}

/// User and group number of somebody who is not root.
#[derive(Clone, Copy)]
struct User {
    uid: u32,
    gid: u32,
}

/// Whom to run as: nobody else when we are not root; else the package's user, else `nobody`.
fn unprivileged_user() -> Result<Option<User>> {
    if !tools::is_root() {
        return Ok(None);
    }
    let accounts = fs::read_to_string("/etc/passwd")?;
    let user = parse_user(&accounts, "postgres").or_else(|| parse_user(&accounts, "nobody"));
    user.map(Some).context("no user to run PostgreSQL as: neither postgres nor nobody is in /etc/passwd")
}

fn parse_user(accounts: &str, name: &str) -> Option<User> {
    let fields = accounts.lines().map(|line| line.split(':').collect::<Vec<_>>()).find(|fields| fields[0] == name)?;
    Some(User { uid: fields.get(2)?.parse().ok()?, gid: fields.get(3)?.parse().ok()? })
}

fn as_user(program: impl AsRef<std::ffi::OsStr>, user: Option<User>) -> Command {
    let mut command = Command::new(program);
    // Not in a folder that only root may enter, and not under settings meant for another server.
    command.current_dir("/").env_remove("PGDATA").env_remove("PGPORT").env_remove("PGHOST").env("LC_ALL", "C.UTF-8");
    if let Some(User { uid, gid }) = user {
        command.uid(uid).gid(gid);
    }
    command
}

fn new_folder(user: Option<User>) -> Result<PathBuf> {
    let folder = std::env::temp_dir().join(format!("hemu-postgres-{}", std::process::id()));
    fs::remove_dir_all(&folder).or_else(gone_already)?;
    fs::create_dir(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o700))?;
    if let Some(User { uid, gid }) = user {
        std::os::unix::fs::chown(&folder, Some(uid), Some(gid))?;
    }
    Ok(folder)
}

fn gone_already(error: std::io::Error) -> std::io::Result<()> {
    if error.kind() == std::io::ErrorKind::NotFound { Ok(()) } else { Err(error) }
}

/// With a language's collation where this PostgreSQL has it (from version 15 on), else in byte order.
fn make_cluster(bin: &Path, folder: &Path, user: Option<User>) -> Result<()> {
    let language: &[&str] = &["--locale-provider=icu", "--icu-locale=en"];
    for collation in [language, &[]] {
        let mut command = as_user(bin.join("initdb"), user);
        command.args(["-U", "hemu", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]).args(collation);
        command.arg("-D").arg(folder.join("data")).stdin(Stdio::null());
        let output = command.output().context("initdb cannot be started")?;
        if output.status.success() {
            return Ok(());
        }
        println!("initdb: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    bail!("initdb failed, see above")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_version_wins_by_number_not_by_text() {
        assert!(version(Path::new("/usr/lib/postgresql/17/bin")) > version(Path::new("/usr/lib/postgresql/9/bin")));
    }

    #[test]
    fn a_user_is_found_by_name() {
        let accounts = "root:x:0:0:root:/root:/bin/bash\npostgres:x:104:111:PostgreSQL:/var/lib/postgresql:/bin/bash\n";
        let user = parse_user(accounts, "postgres").expect("it is listed");
        assert_eq!((user.uid, user.gid), (104, 111));
        assert!(parse_user(accounts, "nobody").is_none());
    }
}

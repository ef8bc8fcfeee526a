//! `hemu migrate`, `backup`, `restore`.

use std::fs;
use std::path::{Path, PathBuf};

use hemu_app::Refusal;
use serde_json::json;

use crate::database::Database;
use crate::output::Output;

/// `hemu backup FILE`
#[derive(Debug, clap::Args)]
pub struct BackupArgs {
    /// The new file
    file: PathBuf,
}

/// `hemu restore FILE`
#[derive(Debug, clap::Args)]
pub struct RestoreArgs {
    /// A file that `hemu backup` wrote
    file: PathBuf,
    /// Put it in the place of a database that is there; the old one is kept as FILE.before-restore
    #[arg(long)]
    replace: bool,
}

/// Makes or migrates the database.
pub fn migrate(database: &Database) -> Result<Output, Refusal> {
    let app = database.open(None)?;
    let engine = app.db.engine_name()?;
    let text = format!("数据库已是当前版本 / the database is at this version ({engine})");
    Output::new(&json!({ "database": "current", "engine": engine }), text)
}

/// Copies the database, while it is in use, into a new file.
pub fn backup(database: &Database, args: &BackupArgs) -> Result<Output, Refusal> {
    must_be_embedded(database)?;
    must_exist(database)?;
    if args.file.exists() {
        return Err(taken(&args.file));
    }
    let app = database.open(None)?;
    app.db.backup_to(&args.file).map_err(|error| unwritable(&args.file, &error))?;
    let bytes = fs::metadata(&args.file).map_err(|error| unwritable(&args.file, &error))?.len();
    let key = database.key_path();
    let text = format!(
        "已备份到 {file}（{bytes} 字节）。密钥文件 {key} 不在备份里：请另存一处，没有它，备份里的手机号等密封字段打不开。\n\
         Backed up to {file} ({bytes} bytes). The key file {key} is not in it: keep it in another place; without it the sealed \
         fields of the backup cannot be opened.",
        file = args.file.display(),
        key = key.display(),
    );
    let report = json!({ "file": args.file, "bytes": bytes, "key_file": key });
    Output::new(&report, text)
}

/// Puts a backup in the place of the database.
pub fn restore(database: &Database, args: &RestoreArgs) -> Result<Output, Refusal> {
    let target = must_be_embedded(database)?;
    if !args.file.is_file() {
        return Err(Refusal::not_found("备份文件", "backup file", &args.file.display().to_string()));
    }
    if target.exists() && !args.replace {
        return Err(taken(&target));
    }
    // Opened in its own place first: a file that is no database of ours, or another key's, is refused before anything moves.
    let candidate = Database {
        url: format!("sqlite:{}", args.file.display()),
        key_file: Some(database.key_path()),
        ..database.clone()
    };
    if !database.key_path().is_file() {
        let key = database.key_path().display().to_string();
        return Err(Refusal::not_found("密钥文件", "key file", &key));
    }
    drop(candidate.open(None)?);
    // Copied beside its place before anything moves: a disk that is full leaves the old database where it is.
    let arriving = with_ending(&target, ".restoring");
    if let Err(error) = fs::copy(&args.file, &arriving) {
        // What was copied so far is of no use; if it cannot be removed either, its name says what it is.
        let _ = fs::remove_file(&arriving);
        return Err(unwritable(&target, &error));
    }
    set_aside(&target)?;
    fs::rename(&arriving, &target).map_err(|error| unwritable(&target, &error))?;
    drop(database.open(None)?);
    let text = format!("已恢复 {} / restored", target.display());
    Output::new(&json!({ "restored": args.file, "database": target }), text)
}

fn set_aside(target: &Path) -> Result<(), Refusal> {
    for ending in ["", "-wal", "-shm"] {
        let file = with_ending(target, ending);
        if file.exists() {
            let kept = with_ending(target, &format!(".before-restore{ending}"));
            fs::rename(&file, kept).map_err(|error| unwritable(&file, &error))?;
        }
    }
    Ok(())
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

fn must_be_embedded(database: &Database) -> Result<PathBuf, Refusal> {
    database.sqlite_file().ok_or_else(|| {
        Refusal::invalid(
            "db",
            "PostgreSQL 数据库请用 pg_dump / pg_restore 备份和恢复",
            "back up and restore a PostgreSQL database with pg_dump and pg_restore",
        )
    })
}

fn must_exist(database: &Database) -> Result<(), Refusal> {
    match database.sqlite_file() {
        Some(file) if !file.is_file() => Err(Refusal::not_found("数据库", "database", &file.display().to_string())),
        Some(_) | None => Ok(()),
    }
}

fn taken(file: &Path) -> Refusal {
    let file = file.display();
    Refusal::conflict(format!("{file} 已存在，请换一个文件名"), format!("{file} exists already; name another file"))
}

fn unwritable(file: &Path, error: &dyn std::error::Error) -> Refusal {
    let file = file.display();
    Refusal::invalid("file", format!("无法写入 {file}：{error}"), format!("cannot write {file}: {error}"))
}

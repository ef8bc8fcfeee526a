//! `hemu doctor`: is this machine and database fit for work? Each check says what to do when it is not.

use hemu_app::Refusal;
use hemu_app::gateways::SmtpGateway;
use serde::Serialize;

use crate::database::Database;
use crate::output::Output;

#[derive(Serialize)]
struct Check {
    name: &'static str,
    ok: bool,
    detail: String,
}

#[derive(Serialize)]
struct Report {
    checks: Vec<Check>,
}

/// Looks at the database, its key, the clock, the folder of the file gateway.
pub fn run(database: &Database) -> Result<Output, Refusal> {
    let app = database.open(None)?;
    let key = database.key_path();
    let mut checks = vec![
        Check { name: "database", ok: true, detail: app.db.engine_name()? },
        Check { name: "key_file", ok: key.is_file(), detail: format!("{}; keep a copy elsewhere", key.display()) },
        Check { name: "clock", ok: true, detail: format!("today is {} in China", app.today()) },
    ];
    checks.push(outbox(database));
    checks.push(configuration(database));
    checks.extend(app.ways().mail().map(mail_server));
    let in_order = checks.iter().all(|check| check.ok);
    let text: Vec<String> = checks
        .iter()
        .map(|check| format!("{} {:<10} {}", if check.ok { "ok " } else { "NOT" }, check.name, check.detail))
        .collect();
    let mut output = Output::new(&Report { checks }, text.join("\n"))?;
    output.in_order = in_order;
    Ok(output)
}

/// Greets the mail server as a message would; nothing is sent.
fn mail_server(mail: &SmtpGateway) -> Check {
    match mail.check() {
        Ok(()) => Check { name: "mail", ok: true, detail: "the mail server answers and takes the login".to_owned() },
        Err(problem) => {
            Check { name: "mail", ok: false, detail: format!("the mail server: {problem}; look at [smtp]") }
        }
    }
}

/// The file was read and the mail server's settings make sense, or the command would not have come so far.
fn configuration(database: &Database) -> Check {
    let file = database.config_file.as_ref().map_or_else(|| "no file".to_owned(), |file| file.display().to_string());
    let config = &database.config;
    let nightly =
        config.nightly_at().ok().flatten().map_or_else(|| "off".to_owned(), |at| at.format("%H:%M").to_string());
    let detail = format!("{file}; {}; nightly run: {nightly}", config.describe_channels());
    Check { name: "config", ok: true, detail }
}

fn outbox(database: &Database) -> Check {
    let folder = database.outbox();
    let parent = folder.parent().filter(|parent| !parent.as_os_str().is_empty());
    let place = parent.unwrap_or_else(|| std::path::Path::new("."));
    let ok = std::fs::metadata(place).is_ok_and(|found| !found.permissions().readonly());
    Check { name: "outbox", ok, detail: format!("the file gateway writes to {}", folder.display()) }
}

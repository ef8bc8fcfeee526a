//! The book of scripts (话术): what people say to owners, changed by the office line by line, each change a new edition.
//!
//! A line that the wording check prohibits, or that names a placeholder nobody can fill in, is refused when it is saved, with the
//! words in question. A contact names the script and the edition that was shown, so that the review can compare them.

use hemu_domain::outreach::scripts::{LineFault, PLACEHOLDERS, ScriptBook, ScriptLine, ScriptReference};
use hemu_domain::staff::Permission;
use hemu_store::outreach::script::{self, ScriptRow};
use hemu_store::{DbError, Tx};
use serde::Serialize;
use serde_json::json;

use crate::audit::{self, Act};
use crate::{Actor, App, Refusal};

/// A line of the book with who wrote it.
#[derive(Clone, Debug, Serialize)]
pub struct BookLine {
    /// The line.
    #[serde(flatten)]
    pub line: ScriptLine,
    /// The edition it came with.
    pub edition: i64,
    /// Who wrote it; empty for what comes with the program.
    pub by: String,
}

/// The book as of an edition.
#[derive(Clone, Debug, Serialize)]
pub struct BookReport {
    /// The edition.
    pub edition: i64,
    /// The newest there is.
    pub newest: i64,
    /// Its lines.
    pub lines: Vec<BookLine>,
}

/// The book in force, within a transaction.
///
/// # Errors
/// When the database refuses.
pub(crate) fn book(tx: &mut Tx<'_>) -> Result<ScriptBook, DbError> {
    Ok(book_with(script::list(tx)?))
}

/// The book that comes with the program, with changes in their order.
pub(crate) fn book_with(changes: Vec<ScriptRow>) -> ScriptBook {
    ScriptBook::first().clone().with(changes.into_iter().map(|row| (row.edition, row.line)))
}

/// The book in force, or as of an earlier edition.
///
/// # Errors
/// [`Refusal::Forbidden`] for somebody who may not read; [`Refusal::NotFound`] for an edition that does not exist.
pub fn show_book(app: &App, actor: &Actor, edition: Option<i64>) -> Result<BookReport, Refusal> {
    actor.require_role(Permission::Read)?;
    let changes = app.db.read(script::list)?;
    let newest = changes.last().map_or(1, |row| row.edition);
    let edition = edition.unwrap_or(newest);
    if !(1..=newest).contains(&edition) {
        return Err(Refusal::not_found("话术版本", "edition", &edition.to_string()));
    }
    let of_program = |line: &ScriptLine| BookLine { line: line.clone(), edition: 1, by: String::new() };
    let mut lines: Vec<BookLine> = ScriptBook::first().lines.iter().map(of_program).collect();
    for row in changes.into_iter().filter(|row| row.edition <= edition) {
        let new = BookLine { line: row.line, edition: row.edition, by: row.written_by };
        match lines.iter_mut().find(|one| one.line.key() == new.line.key()) {
            Some(there) => *there = new,
            None => lines.push(new),
        }
    }
    Ok(BookReport { edition, newest, lines })
}

/// Puts a line into the book: in place of the one of its part and scope, or as a new one. Returns the edition this makes.
///
/// # Errors
/// [`Refusal::InvalidInput`] with the words the wording check prohibits, or the placeholder that does not exist.
pub fn change_line(app: &App, actor: &Actor, line: &ScriptLine) -> Result<i64, Refusal> {
    actor.require_role(Permission::EditPolicy)?;
    line.check().map_err(|fault| refused(&fault))?;
    app.db.write(|tx| {
        let book = book(tx)?;
        if book.lines.contains(line) {
            return Ok(book.edition);
        }
        let row = ScriptRow {
            edition: book.edition + 1,
            line: line.clone(),
            written_by: actor.name.clone(),
            written_at: app.clock.now(),
        };
        script::insert(tx, &row)?;
        let (part, name, cause, stage, channel) = line.key();
        let detail = json!({ "part": part, "name": name, "cause": cause, "stage": stage, "channel": channel,
            "edition": row.edition });
        let act = Act { act: "script.change", subject_kind: "script", subject_id: None, detail: &detail };
        audit::record(tx, app, actor, None, &act)?;
        Ok(row.edition)
    })
}

fn refused(fault: &LineFault) -> Refusal {
    let (zh, en) = match fault {
        LineFault::Empty => ("中英文都要填写".to_owned(), "both languages are needed".to_owned()),
        LineFault::TooLong => ("太长，最多 600 个字".to_owned(), "too long: up to 600 characters".to_owned()),
        LineFault::Placeholder(name) => {
            let known = PLACEHOLDERS.join(", ");
            (
                format!("不认识的占位符 {name}；可以使用 {known}"),
                format!("unknown placeholder {name}; there are {known}"),
            )
        }
        LineFault::Wording(found) => {
            let words: Vec<&str> = found.iter().map(|one| one.text.as_str()).collect();
            let why = found.first().map(|one| one.rule.why());
            let (why_zh, why_en) = why.map_or_else(Default::default, |why| (why.zh, why.en));
            (
                format!("用语检查不通过：“{}”。{why_zh}", words.join("”“")),
                format!("the wording check prohibits '{}': {why_en}", words.join("', '")),
            )
        }
        LineFault::Objection => (
            "异议卡要有名称（小写英文）和业主的话；其他部分不填".to_owned(),
            "an objection has a name (small letters) and what the owner says; other parts have neither".to_owned(),
        ),
    };
    Refusal::invalid("text", zh, en)
}

/// Reads which script a contact says it followed.
///
/// # Errors
/// [`Refusal::InvalidInput`] for what no page has shown.
pub(crate) fn read_reference(tx: &mut Tx<'_>, text: &str) -> Result<Option<String>, Refusal> {
    if text.is_empty() {
        return Ok(None);
    }
    let read = ScriptReference::parse(text);
    let newest = script::list(tx)?.last().map_or(1, |row| row.edition);
    if read.is_none_or(|one| !(1..=newest).contains(&one.edition)) {
        return Err(Refusal::invalid(
            "script",
            "话术编号无法识别，请刷新页面",
            "the script is unknown: reload the page",
        ));
    }
    Ok(Some(text.to_owned()))
}

//! Import of a bank's statement or a provider's settlement file; the headings tell which it is.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use hemu_documents::sheets_in::read_sheets;
use hemu_domain::bank::layout::{Layout, StatementMap};
use hemu_domain::bank::settlement::{EntryKind, SettlementFile};
use hemu_domain::bank::statement::{Statement, StatementLine};
use hemu_domain::ids::{BankFileId, BankLineId, CommunityId};
use hemu_domain::import::Finding;
use hemu_domain::registry::phone::mask;
use hemu_domain::staff::Permission;
use hemu_domain::{Fen, Text};
use hemu_store::bank::{BankFileRow, BankLineRow, SettlementEntryRow, file, line, settlement};
use hemu_store::{Tx, community};
use serde::Serialize;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::doubts;
use super::reading::{Reading, keep_map, read};
use crate::audit::{self, Act};
use crate::billing::find_community;
use crate::{Actor, App, Refusal};

/// A file to import.
#[derive(Clone, Debug)]
pub struct FileRequest {
    /// Name of the community.
    pub community: String,
    /// The file's name, for messages.
    pub file_name: String,
    /// The file.
    pub bytes: Vec<u8>,
    /// Whose statement it should be; refused when its headings are another bank's.
    pub layout: Option<Layout>,
    /// `heading=field` pairs, kept for the community.
    pub map: Vec<String>,
    /// Reads and reports, writes nothing.
    pub dry_run: bool,
}

/// What was found in a file, and what of it was new.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FileReport {
    /// The file as it was imported; `None` when nothing was written.
    pub file: Option<BankFileId>,
    /// `statement`, `wechat` or `alipay`.
    pub kind: String,
    /// Whose headings it has.
    pub layout: String,
    /// Lines of money that came in, or entries of the provider.
    pub lines: usize,
    /// Of them new.
    pub new: usize,
    /// Of them there before.
    pub known: usize,
    /// The sum of the new ones; of a provider's, payments less refunds.
    pub amount: Fen,
    /// Rows of money that went out.
    pub outgoing: usize,
    /// Titles, sums and closing remarks.
    pub skipped: usize,
    /// The first day.
    pub first_on: Option<NaiveDate>,
    /// The last day.
    pub last_on: Option<NaiveDate>,
    /// What contradicts itself; nothing is imported while there is any.
    pub problems: Vec<Finding>,
    /// The headings and what each was taken for.
    pub columns: Vec<ColumnItem>,
}

/// A heading of a statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ColumnItem {
    /// The heading.
    pub heading: String,
    /// What it was taken for; `None` for a column nobody reads.
    pub field: Option<String>,
}

/// So many findings stand in one sentence.
const FINDINGS_TOLD: usize = 3;

/// Imports a statement or settlement file. What was imported before changes nothing.
///
/// # Errors
/// [`Refusal::InvalidInput`] when the file cannot be read or contradicts itself; nothing of it is imported then.
pub fn import_bank_file(app: &App, actor: &Actor, request: &FileRequest) -> Result<FileReport, Refusal> {
    let community = find_community(app, &request.community)?;
    actor.require(Permission::TakePayment, community)?;
    let sheets = read_sheets(&request.bytes, &request.file_name).map_err(|error| {
        let text = error.text();
        Refusal::invalid("file", text.zh, text.en)
    })?;
    let map = StatementMap::parse(&request.map).map_err(|text| Refusal::invalid("map", text.zh, text.en))?;
    if request.dry_run {
        return app.db.read(|tx| {
            let reading = read(tx, app, community, &sheets, &map, request)?;
            report(tx, app, community, &reading)
        });
    }
    app.db.write(|tx| {
        let first_seq = community::next_seq(tx, community, 1)?;
        if !map.is_empty() {
            keep_map(tx, app, actor, community, &map)?;
        }
        let reading = read(tx, app, community, &sheets, &map, request)?;
        let mut report = report(tx, app, community, &reading)?;
        refuse_contradictions(&report)?;
        if report.new > 0 {
            report.file = Some(write(tx, app, actor, community, request, &reading, (&report, first_seq))?);
            doubts::refresh(tx, app, community)?;
        }
        Ok(report)
    })
}

fn refuse_contradictions(report: &FileReport) -> Result<(), Refusal> {
    if report.problems.is_empty() {
        return Ok(());
    }
    let count = report.problems.len();
    let told = |half: fn(&str) -> &str| {
        let lines = report.problems.iter().take(FINDINGS_TOLD);
        lines
            .map(|one| format!("{}: {} “{}” {}", one.row, one.column, one.value, half(&one.problem)))
            .collect::<Vec<_>>()
    };
    let zh = told(|text| text.split_once(" / ").map_or(text, |(zh, _)| zh)).join("；");
    let en = told(|text| text.split_once(" / ").map_or(text, |(_, en)| en)).join("; ");
    Err(Refusal::invalid(
        "file",
        format!("文件有 {count} 处问题，没有导入任何数据。行 {zh}"),
        format!("{count} rows of the file contradict themselves; nothing was imported. Row {en}"),
    ))
}

fn report(tx: &mut Tx<'_>, app: &App, community: CommunityId, reading: &Reading) -> Result<FileReport, Refusal> {
    match reading {
        Reading::Statement(statement) => {
            let new = new_lines(tx, app, community, statement)?;
            let days = statement.lines.iter().map(|line| line.day);
            let columns = statement.columns.iter().map(|(heading, field)| ColumnItem {
                heading: heading.clone(),
                field: field.map(|field| field.as_str().to_owned()),
            });
            Ok(FileReport {
                file: None,
                kind: "statement".to_owned(),
                layout: statement.layout.as_str().to_owned(),
                lines: statement.lines.len(),
                new: new.len(),
                known: statement.lines.len() - new.len(),
                amount: new.iter().map(|(line, _)| line.amount).sum(),
                outgoing: statement.outgoing,
                skipped: statement.skipped,
                first_on: days.clone().min(),
                last_on: days.max(),
                problems: statement.problems.clone(),
                columns: columns.collect(),
            })
        }
        Reading::Settlement(file) => {
            let new = new_entries(tx, community, file)?;
            let days = file.entries.iter().map(|entry| entry.day);
            let signed = |one: &usize| match file.entries[*one].kind {
                EntryKind::Payment => file.entries[*one].amount,
                EntryKind::Refund => -file.entries[*one].amount,
            };
            Ok(FileReport {
                file: None,
                kind: file.provider.as_str().to_owned(),
                layout: file.provider.as_str().to_owned(),
                lines: file.entries.len(),
                new: new.len(),
                known: file.entries.len() - new.len(),
                amount: new.iter().map(signed).sum(),
                outgoing: 0,
                skipped: file.skipped,
                first_on: days.clone().min(),
                last_on: days.max(),
                problems: file.problems.clone(),
                columns: Vec::new(),
            })
        }
        Reading::Unknown(columns, text) => Ok(not_understood(columns.clone(), text)),
    }
}

fn not_understood(columns: Vec<ColumnItem>, text: &Text) -> FileReport {
    let problem = format!("{} / {}", text.zh, text.en);
    let (sheet, column, value) = (String::new(), String::new(), String::new());
    FileReport {
        file: None,
        kind: "statement".to_owned(),
        layout: Layout::Other.as_str().to_owned(),
        lines: 0,
        new: 0,
        known: 0,
        amount: Fen::ZERO,
        outgoing: 0,
        skipped: 0,
        first_on: None,
        last_on: None,
        problems: vec![Finding { sheet, row: 1, column, value, problem }],
        columns,
    }
}

/// What tells a line from every other: the bank's number of it where there is one, else everything the bank wrote; of lines that
/// are alike in all, the how many-th of the file.
fn identity(app: &App, statement: &Statement, line: &StatementLine, alike: usize) -> Vec<u8> {
    let own = &statement.own_account;
    let (day, amount) = (line.day, line.amount);
    let text = if line.serial.is_empty() {
        let balance = line.balance.map(|balance| balance.to_string()).unwrap_or_default();
        format!("{own}|{day}|{amount}|{balance}|{}|{}|{}|{alike}", line.account, line.payer, line.remark)
    } else {
        format!("{own}|{day}|{amount}|#{}|{alike}", line.serial)
    };
    app.sealer.index("bank_line", &text)
}

/// The lines that are not there yet, with their identity.
fn new_lines<'a>(
    tx: &mut Tx<'_>,
    app: &App,
    community: CommunityId,
    statement: &'a Statement,
) -> Result<Vec<(&'a StatementLine, Vec<u8>)>, Refusal> {
    let days = statement.lines.iter().map(|line| line.day);
    let Some(span) = days.clone().min().zip(days.max()) else { return Ok(Vec::new()) };
    let known: HashSet<Vec<u8>> = line::list_indexes(tx, community, span)?.into_iter().collect();
    let mut alike: HashMap<Vec<u8>, usize> = HashMap::new();
    let mut new = Vec::new();
    for line in &statement.lines {
        let count = alike.entry(identity(app, statement, line, 0)).or_default();
        let index = identity(app, statement, line, *count);
        *count += 1;
        if !known.contains(&index) {
            new.push((line, index));
        }
    }
    Ok(new)
}

/// The places of the entries that are not there yet; one that stands twice in its file counts once.
fn new_entries(tx: &mut Tx<'_>, community: CommunityId, file: &SettlementFile) -> Result<Vec<usize>, Refusal> {
    let days = file.entries.iter().map(|entry| entry.day);
    let Some(span) = days.clone().min().zip(days.max()) else { return Ok(Vec::new()) };
    let mut known: HashSet<(EntryKind, String)> =
        settlement::list_numbers(tx, community, file.provider, span)?.into_iter().collect();
    let entries = file.entries.iter().enumerate();
    Ok(entries.filter(|(_, one)| known.insert((one.kind, one.entry_no.clone()))).map(|(place, _)| place).collect())
}

fn write(
    tx: &mut Tx<'_>,
    app: &App,
    actor: &Actor,
    community: CommunityId,
    request: &FileRequest,
    reading: &Reading,
    (report, seq): (&FileReport, i64),
) -> Result<BankFileId, Refusal> {
    let row = file_row(app, actor, request, reading, report)?;
    file::insert(tx, community, &row, seq)?;
    let count = i64::try_from(report.new).unwrap_or(i64::MAX);
    let first_seq = community::next_seq(tx, community, count)?;
    match reading {
        Reading::Statement(statement) => {
            let new = new_lines(tx, app, community, statement)?;
            let lines: Vec<BankLineRow> = new.into_iter().map(|one| line_row(app, row.id, one)).collect();
            line::insert(tx, community, &lines, first_seq)?;
        }
        Reading::Settlement(file) => {
            let new = new_entries(tx, community, file)?;
            let entries: Vec<SettlementEntryRow> =
                new.into_iter().map(|place| entry_row(app, row.id, file, place)).collect();
            settlement::insert(tx, community, &entries, first_seq)?;
        }
        Reading::Unknown(..) => return Err(Refusal::Internal("nothing was understood".to_owned())),
    }
    let detail = json!({ "kind": report.kind, "new": report.new, "known": report.known, "amount": report.amount });
    let act =
        Act { act: "bank_file.import", subject_kind: "bank_file", subject_id: Some(row.id.uuid()), detail: &detail };
    audit::record(tx, app, actor, Some(community), &act)?;
    Ok(row.id)
}

fn file_row(
    app: &App,
    actor: &Actor,
    request: &FileRequest,
    reading: &Reading,
    report: &FileReport,
) -> Result<BankFileRow, Refusal> {
    let own = match reading {
        Reading::Statement(statement) => statement.own_account.as_str(),
        Reading::Settlement(_) | Reading::Unknown(..) => "",
    };
    let days = report.first_on.zip(report.last_on);
    let (first_on, last_on) = days.ok_or_else(|| Refusal::Internal("new lines without a day".to_owned()))?;
    // The folder a file lay in says something about the machine, and nothing about the file.
    let name = request.file_name.rsplit(['/', '\\']).next().unwrap_or_default();
    Ok(BankFileRow {
        id: app.new_id(),
        kind: report.kind.clone(),
        layout: report.layout.clone(),
        file_name: name.to_owned(),
        sha256: hemu_domain::hex(&Sha256::digest(&request.bytes)),
        account_tail: if own.is_empty() { String::new() } else { mask(own) },
        first_on,
        last_on,
        row_count: i64::try_from(report.new).unwrap_or(i64::MAX),
        actor_name: actor.name.clone(),
        imported_at: app.clock.now(),
    })
}

fn line_row(app: &App, file_id: BankFileId, (line, line_index): (&StatementLine, Vec<u8>)) -> BankLineRow {
    let id: BankLineId = app.new_id();
    let account = (!line.account.is_empty()).then_some(line.account.as_str());
    let remark = (!line.remark.is_empty()).then_some(line.remark.as_str());
    BankLineRow {
        id,
        file_id,
        row_no: i64::try_from(line.row).unwrap_or(i64::MAX),
        line_index,
        received_on: line.day,
        amount: line.amount,
        payer_name: line.payer.clone(),
        account_sealed: account.map(|account| app.sealer.seal("bank_line.account", id.uuid(), account)),
        account_index: account.map(|account| app.sealer.index("bank_account", account)),
        account_tail: account.map(mask).unwrap_or_default(),
        remark_sealed: remark.map(|remark| app.sealer.seal("bank_line.remark", id.uuid(), remark)),
        state: "open".to_owned(),
        round: 0,
        reason: String::new(),
        settled_by: None,
        settled_on: None,
    }
}

fn entry_row(app: &App, file_id: BankFileId, file: &SettlementFile, place: usize) -> SettlementEntryRow {
    let entry = &file.entries[place];
    SettlementEntryRow {
        id: app.new_id(),
        file_id,
        provider: file.provider,
        kind: entry.kind,
        entry_no: entry.entry_no.clone(),
        order_no: entry.order_no.clone(),
        happened_on: entry.day,
        amount: entry.amount,
        fee: entry.fee,
    }
}

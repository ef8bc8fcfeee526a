//! Settlement files of payment providers against the books, both ways.
//!
//! Differences are worked out anew at each look, from entries and receipts: what was put right is gone by itself. What stays (a
//! refund of another system, a receipt with the wrong method) is settled with a reason, which is kept beside the difference.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Days, NaiveDate, Utc};
use hemu_documents::sheets_out::{CellOut, Table, to_xlsx};
use hemu_domain::bank::reconcile::{Booked, Difference, DifferenceKind, Entry, reconcile};
use hemu_domain::bank::settlement::{EntryKind, Provider};
use hemu_domain::ids::{BankFileId, CommunityId, ReceiptId};
use hemu_domain::staff::Permission;
use hemu_domain::{Fen, UnitLabel};
use hemu_store::bank::settlement as stored;
use hemu_store::bank::{BankFileRow, BookedRow, SettlementEntryRow, SettlementNoteRow, file};
use hemu_store::{DbError, Tx, community};
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use crate::audit::{self, Act};
use crate::{Actor, App, Refusal};

/// A file that was imported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SettlementItem {
    /// Its id.
    pub id: BankFileId,
    /// `statement`, `wechat` or `alipay`.
    pub kind: String,
    /// Whose headings it had.
    pub layout: String,
    /// The file's name.
    pub file_name: String,
    /// The end of the own account.
    pub account: String,
    /// The first day.
    pub first_on: NaiveDate,
    /// The last day.
    pub last_on: NaiveDate,
    /// Lines that were new.
    pub rows: i64,
    /// Who imported it.
    pub imported_by: String,
    /// When.
    pub imported_at: DateTime<Utc>,
}

/// A provider's file beside the books.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SettlementReport {
    /// The file.
    pub file: BankFileId,
    /// Whose.
    pub provider: Provider,
    /// The first day.
    pub first_on: NaiveDate,
    /// The last day.
    pub last_on: NaiveDate,
    /// How many payments.
    pub payments: usize,
    /// Their sum.
    pub paid: Fen,
    /// How many refunds.
    pub refunds: usize,
    /// Their sum.
    pub refunded: Fen,
    /// What the provider keeps; no owner is charged for it.
    pub fees: Fen,
    /// Where file and books differ.
    pub differences: Vec<DifferenceItem>,
    /// How many of them nobody has settled.
    pub open: usize,
}

/// Where file and books differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DifferenceItem {
    /// How.
    pub kind: DifferenceKind,
    /// What it is about: the entry, else the receipt.
    pub subject: Uuid,
    /// The provider's number.
    pub entry_no: Option<String>,
    /// The merchant's order number.
    pub order_no: Option<String>,
    /// The receipt.
    pub receipt_id: Option<ReceiptId>,
    /// Its number.
    pub receipt: Option<String>,
    /// Its unit.
    pub unit: Option<UnitLabel>,
    /// The day.
    pub day: NaiveDate,
    /// What the file has.
    pub in_file: Option<Fen>,
    /// What the books have.
    pub in_books: Option<Fen>,
    /// What was found about it.
    pub reason: Option<String>,
    /// By whom.
    pub settled_by: Option<String>,
}

/// The newest files shown.
const FILES_SHOWN: i64 = 60;
/// The books may have a payment a day beside the provider's.
const NEAR_DAYS: u64 = 1;
/// The books may take back what the provider refunded so much later, or earlier.
const REFUND_DAYS: u64 = 31;

/// The files that were imported, newest first.
///
/// # Errors
/// [`Refusal::Forbidden`] for somebody who may not see the community.
pub fn list_settlements(app: &App, actor: &Actor, community: CommunityId) -> Result<Vec<SettlementItem>, Refusal> {
    actor.require(Permission::Read, community)?;
    let files = app.db.read(|tx| file::list(tx, community, FILES_SHOWN))?;
    let item = |one: BankFileRow| SettlementItem {
        id: one.id,
        kind: one.kind,
        layout: one.layout,
        file_name: one.file_name,
        account: one.account_tail,
        first_on: one.first_on,
        last_on: one.last_on,
        rows: one.row_count,
        imported_by: one.actor_name,
        imported_at: one.imported_at,
    };
    Ok(files.into_iter().map(item).collect())
}

/// A provider's file beside the books.
///
/// # Errors
/// [`Refusal::NotFound`] when there is no such settlement file.
pub fn settlement_report(
    app: &App,
    actor: &Actor,
    community: CommunityId,
    id: BankFileId,
) -> Result<SettlementReport, Refusal> {
    actor.require(Permission::Read, community)?;
    app.db.read(|tx| compare(tx, community, id))
}

/// The differences of a file as a workbook.
///
/// # Errors
/// [`Refusal::NotFound`] when there is no such settlement file.
pub fn differences_workbook(
    app: &App,
    actor: &Actor,
    community: CommunityId,
    id: BankFileId,
) -> Result<Vec<u8>, Refusal> {
    let report = settlement_report(app, actor, community, id)?;
    to_xlsx(&[table(&report)]).map_err(|error| Refusal::Internal(error.to_string()))
}

/// Settles a difference: somebody looked into it and says what it is.
///
/// # Errors
/// [`Refusal::InvalidInput`] without a reason; [`Refusal::NotFound`] when there is no such difference now.
pub fn settle_difference(
    app: &App,
    actor: &Actor,
    community: CommunityId,
    id: BankFileId,
    (kind, subject): (DifferenceKind, Uuid),
    reason: &str,
) -> Result<(), Refusal> {
    actor.require(Permission::TakePayment, community)?;
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(Refusal::invalid("reason", "处理差异必须写明原因", "say what the difference is"));
    }
    app.db.write(|tx| {
        community::next_seq(tx, community, 1)?;
        let report = compare(tx, community, id)?;
        let there = report.differences.iter().any(|one| one.kind == kind && one.subject == subject);
        if !there {
            return Err(Refusal::not_found("差异", "difference", ""));
        }
        let note = SettlementNoteRow {
            provider: report.provider,
            kind,
            subject_id: subject,
            reason: reason.to_owned(),
            settled_by: actor.name.clone(),
            settled_at: app.clock.now(),
        };
        stored::settle(tx, community, &note)?;
        let detail = json!({ "kind": kind, "reason": reason });
        let act =
            Act { act: "difference.settle", subject_kind: "bank_file", subject_id: Some(subject), detail: &detail };
        Ok(audit::record(tx, app, actor, Some(community), &act)?)
    })
}

/// What a provider's file is compared with.
pub(super) struct Compared {
    entries: Vec<SettlementEntryRow>,
    booked: Vec<BookedRow>,
}

impl Compared {
    /// Reads what may belong to entries and receipts of some days.
    pub(super) fn load(
        tx: &mut Tx<'_>,
        community: CommunityId,
        (first_on, last_on): (NaiveDate, NaiveDate),
    ) -> Result<Self, DbError> {
        let before = |days| first_on.checked_sub_days(Days::new(days)).unwrap_or(first_on);
        let after = |days| last_on.checked_add_days(Days::new(days)).unwrap_or(last_on);
        Ok(Self {
            entries: stored::list_of_days(tx, community, (before(NEAR_DAYS), after(NEAR_DAYS)))?,
            booked: stored::list_booked(tx, community, (before(REFUND_DAYS), after(REFUND_DAYS)))?,
        })
    }

    /// Where a provider's entries and the receipts it may have collected differ.
    pub(super) fn differences(&self, provider: Provider) -> Vec<Difference> {
        let entries: Vec<Entry> = self.entries.iter().filter(|one| one.provider == provider).map(entry).collect();
        let mine = |one: &&BookedRow| one.method == provider.as_str() || one.method == "qr";
        let booked: Vec<Booked> = self.booked.iter().filter(mine).map(booked).collect();
        reconcile(&entries, &booked)
    }

    /// Receipts by QR code no provider knows of: who collected one, the books do not say.
    pub(super) fn unknown_everywhere(&self) -> HashSet<Uuid> {
        let mut unknown: Option<HashSet<Uuid>> = None;
        for provider in Provider::ALL {
            let differences = self.differences(*provider);
            let lone = differences.iter().filter(|one| one.kind == DifferenceKind::NotInFile);
            let these: HashSet<Uuid> = lone.filter_map(|one| one.receipt).collect();
            unknown = Some(unknown.map_or(these.clone(), |all| all.intersection(&these).copied().collect()));
        }
        unknown.unwrap_or_default()
    }
}

fn entry(row: &SettlementEntryRow) -> Entry {
    Entry {
        id: row.id.uuid(),
        kind: row.kind,
        entry_no: row.entry_no.clone(),
        order_no: row.order_no.clone(),
        day: row.happened_on,
        amount: row.amount,
    }
}

fn booked(row: &BookedRow) -> Booked {
    Booked {
        id: row.id.uuid(),
        number: row.number.clone(),
        key: row.key.clone(),
        remark: row.remark.clone(),
        day: row.received_on,
        amount: row.amount,
        reverses: row.reverses_id.map(|id| id.uuid()),
        reversed: row.reversed,
    }
}

fn compare(tx: &mut Tx<'_>, community: CommunityId, id: BankFileId) -> Result<SettlementReport, Refusal> {
    let found = file::find(tx, community, id)?;
    let provider = found.as_ref().and_then(|one| Provider::parse(&one.kind).ok());
    let (Some(of), Some(provider)) = (found, provider) else {
        return Err(Refusal::not_found("渠道账单", "settlement file", ""));
    };
    let compared = Compared::load(tx, community, (of.first_on, of.last_on))?;
    let notes = notes(tx, community, provider)?;
    let by_code = compared.unknown_everywhere();
    let owns = |origin: &Origin<'_>| match origin {
        Origin::Entry(entry) => entry.file_id == of.id,
        Origin::Receipt(receipt) => {
            (of.first_on..=of.last_on).contains(&receipt.received_on)
                && (receipt.method != "qr" || by_code.contains(&receipt.id.uuid()))
        }
    };
    let differences: Vec<DifferenceItem> = compared
        .differences(provider)
        .into_iter()
        .filter_map(|one| item(&compared, &owns, &one))
        .map(|one| with_note(one, &notes))
        .collect();
    let own: Vec<&SettlementEntryRow> = compared.entries.iter().filter(|one| one.file_id == id).collect();
    let of_kind = |kind: EntryKind| own.iter().filter(move |one| one.kind == kind);
    Ok(SettlementReport {
        file: id,
        provider,
        first_on: of.first_on,
        last_on: of.last_on,
        payments: of_kind(EntryKind::Payment).count(),
        paid: of_kind(EntryKind::Payment).map(|one| one.amount).sum(),
        refunds: of_kind(EntryKind::Refund).count(),
        refunded: of_kind(EntryKind::Refund).map(|one| one.amount).sum(),
        fees: own.iter().map(|one| if one.fee >= Fen::ZERO { one.fee } else { -one.fee }).sum(),
        open: differences.iter().filter(|one| one.reason.is_none()).count(),
        differences,
    })
}

/// What a difference is of: an entry, or a receipt no entry was found for.
pub(super) enum Origin<'a> {
    Entry(&'a SettlementEntryRow),
    Receipt(&'a BookedRow),
}

/// A difference of those that are asked for.
pub(super) fn item(
    compared: &Compared,
    owns: &dyn Fn(&Origin<'_>) -> bool,
    difference: &Difference,
) -> Option<DifferenceItem> {
    let entry = difference.entry.and_then(|id| compared.entries.iter().find(|one| one.id.uuid() == id));
    let receipt = difference.receipt.and_then(|id| compared.booked.iter().find(|one| one.id.uuid() == id));
    let (origin, day) = match (entry, receipt) {
        (Some(entry), _) => (Origin::Entry(entry), entry.happened_on),
        (None, Some(receipt)) => (Origin::Receipt(receipt), receipt.received_on),
        (None, None) => return None,
    };
    owns(&origin).then(|| DifferenceItem {
        kind: difference.kind,
        subject: difference.subject(),
        entry_no: entry.map(|one| one.entry_no.clone()),
        order_no: entry.map(|one| one.order_no.clone()).filter(|number| !number.is_empty()),
        receipt_id: receipt.map(|one| one.id),
        receipt: receipt.map(|one| one.number.clone()),
        unit: receipt.map(|one| one.unit.clone()),
        day,
        in_file: entry.map(|one| if one.kind == EntryKind::Refund { -one.amount } else { one.amount }),
        in_books: receipt.map(|one| one.amount),
        reason: None,
        settled_by: None,
    })
}

/// What was found about differences, by kind and subject.
pub(super) type Notes = HashMap<(DifferenceKind, Uuid), SettlementNoteRow>;

pub(super) fn notes(tx: &mut Tx<'_>, community: CommunityId, provider: Provider) -> Result<Notes, DbError> {
    let rows = stored::list_notes(tx, community, provider)?;
    Ok(rows.into_iter().map(|one| ((one.kind, one.subject_id), one)).collect())
}

fn with_note(item: DifferenceItem, notes: &Notes) -> DifferenceItem {
    let note = notes.get(&(item.kind, item.subject));
    DifferenceItem {
        reason: note.map(|one| one.reason.clone()),
        settled_by: note.map(|one| one.settled_by.clone()),
        ..item
    }
}

fn table(report: &SettlementReport) -> Table {
    let headings =
        ["差异", "日期", "渠道单号", "商户订单号", "收据", "房号", "账单金额", "账上金额", "处理说明", "处理人"];
    let text = |text: Option<String>| text.map_or(CellOut::Empty, CellOut::Text);
    let money = |amount: Option<Fen>| amount.map_or(CellOut::Empty, CellOut::Money);
    let row = |one: &DifferenceItem| {
        vec![
            CellOut::Text(one.kind.label().zh),
            CellOut::Date(one.day),
            text(one.entry_no.clone()),
            text(one.order_no.clone()),
            text(one.receipt.clone()),
            text(one.unit.as_ref().map(ToString::to_string)),
            money(one.in_file),
            money(one.in_books),
            text(one.reason.clone()),
            text(one.settled_by.clone()),
        ]
    };
    Table {
        title: format!("{}差异", report.provider.label().zh),
        headings: headings.map(ToOwned::to_owned).to_vec(),
        rows: report.differences.iter().map(row).collect(),
        totals: None,
    }
}

//! The month for the general ledger: voucher lines, as JSON and as CSV in the layouts that 用友 and 金蝶 import.

use hemu_documents::sheets_out::{CellOut, Table, to_csv};
use hemu_domain::billing::invoice::TaxClass;
use hemu_domain::closing::voucher::{Account, Booking, Chart, Voucher, VoucherLine, vouchers};
use hemu_domain::ids::FeeItemId;
use hemu_domain::staff::Permission;
use hemu_domain::{Fen, Period};
use hemu_store::{closing as store, tariff};
use serde::Serialize;
use std::collections::HashMap;

use super::month_report;
use crate::audit::{self, Act};
use crate::billing::find_community;
use crate::registry::required;
use crate::{Actor, App, Refusal};

/// Whose import a file is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// 用友 U8 / T+.
    Yonyou,
    /// 金蝶 KIS / K3.
    Kingdee,
}

impl Layout {
    /// Reads `yonyou` or `kingdee`.
    ///
    /// # Errors
    /// [`Refusal::InvalidInput`] for another word.
    pub fn parse(word: &str) -> Result<Self, Refusal> {
        match word.trim() {
            "yonyou" | "用友" => Ok(Self::Yonyou),
            "kingdee" | "金蝶" => Ok(Self::Kingdee),
            other => {
                let zh = format!("不认识的格式“{other}”，可用：yonyou（用友）、kingdee（金蝶）");
                Err(Refusal::invalid("layout", zh, format!("unknown layout '{other}'; there are yonyou, kingdee")))
            }
        }
    }
}

/// The vouchers of a month.
#[derive(Clone, Debug, Serialize)]
pub struct VoucherReport {
    /// Name of the community.
    pub community: String,
    /// The month.
    pub month: Period,
    /// Whether it is closed; vouchers of an open month may still change.
    pub closed: bool,
    /// The vouchers, each balanced.
    pub vouchers: Vec<Voucher>,
    /// All debits, which are all credits.
    pub total: Fen,
}

/// The vouchers of a month.
///
/// # Errors
/// As [`month_report`].
pub fn month_vouchers(app: &App, actor: &Actor, community: &str, month: Period) -> Result<VoucherReport, Refusal> {
    let id = find_community(app, community)?;
    actor.require(Permission::CloseMonth, id)?;
    let report = month_report(app, actor, community, month)?;
    let (chart, kinds) = app.db.read(|tx| {
        let items = tariff::list_items(tx, id)?;
        let kinds: HashMap<FeeItemId, String> = items.into_iter().map(|(item, _, kind)| (item, kind)).collect();
        Ok::<_, Refusal>((read_chart(store::find_chart(tx)?)?, kinds))
    })?;
    let class = |item| kinds.get(&item).and_then(|kind| TaxClass::of(kind));
    let booking = |item| class(item).map_or(Booking::Collected, |one| Booking::Income(one.rate()));
    let vouchers = vouchers(&report.figures, &chart, &booking);
    let total = vouchers.iter().map(|one| one.sums().0).sum();
    Ok(VoucherReport { community: report.community, month, closed: report.closed, vouchers, total })
}

/// The vouchers of a month as CSV.
///
/// # Errors
/// As [`month_report`].
pub fn voucher_csv(
    app: &App,
    actor: &Actor,
    community: &str,
    month: Period,
    layout: Layout,
) -> Result<Vec<u8>, Refusal> {
    let report = month_vouchers(app, actor, community, month)?;
    Ok(to_csv(&voucher_table(&report, layout, &actor.name)).into_bytes())
}

/// The vouchers as the table a layout asks for.
#[must_use]
pub fn voucher_table(report: &VoucherReport, layout: Layout, made_by: &str) -> Table {
    let lines = report.vouchers.iter().flat_map(|one| one.lines.iter().enumerate().map(move |line| (one, line)));
    let (headings, rows): (&[&str], Vec<_>) = match layout {
        Layout::Yonyou => (&YONYOU, lines.map(|(one, (_, line))| yonyou(one, line, made_by)).collect()),
        Layout::Kingdee => (&KINGDEE, lines.map(|(one, (place, line))| kingdee(one, place, line, made_by)).collect()),
    };
    let headings = headings.iter().map(|one| (*one).to_owned()).collect();
    Table { title: format!("凭证{}", report.month), headings, rows, totals: None }
}

const YONYOU: [&str; 10] =
    ["制单日期", "凭证类别", "凭证号", "附单据数", "摘要", "科目编码", "科目名称", "借方金额", "贷方金额", "制单人"];
const KINGDEE: [&str; 16] = [
    "凭证日期",
    "会计年度",
    "会计期间",
    "凭证字",
    "凭证号",
    "科目代码",
    "科目名称",
    "币别代码",
    "原币金额",
    "借方",
    "贷方",
    "制单",
    "凭证摘要",
    "附件数",
    "分录序号",
    "核算项目",
];

fn text(text: impl Into<String>) -> CellOut {
    CellOut::Text(text.into())
}

fn yonyou(voucher: &Voucher, line: &VoucherLine, made_by: &str) -> Vec<CellOut> {
    vec![
        CellOut::Date(voucher.date),
        text("记"),
        CellOut::Integer(voucher.number.into()),
        CellOut::Integer(0),
        text(line.summary.clone()),
        text(line.account.code.clone()),
        text(line.account.name.clone()),
        CellOut::Money(line.debit),
        CellOut::Money(line.credit),
        text(made_by),
    ]
}

fn kingdee(voucher: &Voucher, place: usize, line: &VoucherLine, made_by: &str) -> Vec<CellOut> {
    let month = Period::of(voucher.date);
    vec![
        CellOut::Date(voucher.date),
        CellOut::Integer(month.year().into()),
        CellOut::Integer(month.month().into()),
        text("记"),
        CellOut::Integer(voucher.number.into()),
        text(line.account.code.clone()),
        text(line.account.name.clone()),
        text("RMB"),
        CellOut::Money(line.debit + line.credit),
        CellOut::Money(line.debit),
        CellOut::Money(line.credit),
        text(made_by),
        text(line.summary.clone()),
        CellOut::Integer(0),
        CellOut::Integer(i64::try_from(place).unwrap_or(i64::MAX)),
        text(line.about.clone()),
    ]
}

/// The accounts the company books to.
///
/// # Errors
/// [`Refusal::Forbidden`] for a role that may not read.
pub fn show_chart(app: &App, actor: &Actor) -> Result<Chart, Refusal> {
    actor.require_role(Permission::Read)?;
    read_chart(app.db.read(store::find_chart)?)
}

/// Sets the accounts the company books to.
///
/// # Errors
/// [`Refusal::InvalidInput`] for a code that is none, or a name that is missing.
pub fn set_chart(app: &App, actor: &Actor, chart: &Chart) -> Result<(), Refusal> {
    actor.require_role(Permission::CloseMonth)?;
    chart.accounts().into_iter().try_for_each(check_account)?;
    let text = serde_json::to_string(chart).map_err(|error| Refusal::Internal(error.to_string()))?;
    app.db.write(|tx| {
        store::set_chart(tx, &text)?;
        let detail = serde_json::to_value(chart).map_err(|error| Refusal::Internal(error.to_string()))?;
        let act = Act { act: "chart.set", subject_kind: "setting", subject_id: None, detail: &detail };
        Ok(audit::record(tx, app, actor, None, &act)?)
    })
}

fn check_account(account: &Account) -> Result<(), Refusal> {
    required("name", "科目名称", &account.name, 40)?;
    let code = account.code.as_str();
    if code.is_empty() || code.len() > 20 || !code.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        let zh = format!("科目编码“{code}”应为最多 20 位的数字，可以用点分级，如 2221.01.06");
        return Err(Refusal::invalid("code", zh, format!("'{code}' is no account code: digits, with points between")));
    }
    Ok(())
}

fn read_chart(kept: Option<String>) -> Result<Chart, Refusal> {
    let Some(text) = kept else { return Ok(Chart::default()) };
    serde_json::from_str(&text).map_err(|error| Refusal::Internal(error.to_string()))
}

//! The month on paper (月结报表).

use chrono::NaiveDate;
use hemu_documents::pdf::{PaperTable, TableSheet};
use hemu_domain::closing::voucher::method_name;
use hemu_domain::closing::{Group, MethodLine, ReductionLine};
use hemu_domain::{Fen, Period};
use hemu_store::community;

use super::tables::{RollLine, deposit_lines, late_fee_lines, prepaid_lines, receivable_lines};
use super::{MonthReport, month_report};
use crate::billing::find_community;
use crate::clock::in_china;
use crate::{Actor, App, Refusal};

/// The month as a PDF.
///
/// # Errors
/// As [`month_report`].
pub fn month_pdf(app: &App, actor: &Actor, community: &str, month: Period) -> Result<Vec<u8>, Refusal> {
    let report = month_report(app, actor, community, month)?;
    let id = find_community(app, community)?;
    let company = app.db.read(|tx| community::get(tx, id))?.company_name;
    let sheet = month_sheet(&report, company, app.today());
    sheet.render().map(|rendered| rendered.pdf).map_err(|error| Refusal::Internal(error.to_string()))
}

fn month_sheet(report: &MonthReport, company: String, today: NaiveDate) -> TableSheet {
    let figures = &report.figures;
    let due = [("其中：已到期（欠费）", "", figures.due.due), ("其中：未到期", "", figures.due.not_due)];
    let receivable = receivable_lines(&figures.receivable).into_iter().chain(due);
    let closed_on = report.closed_at.map(|at| in_china(at).date_naive());
    let state = match (&report.closed_by, closed_on) {
        (Some(by), Some(on)) => format!("已结账（{by}，{on}）"),
        _ => format!("未结账，截至 {today} 的暂计数"),
    };
    let received = |one: &MethodLine| {
        let amounts = [one.received, one.reversed, one.refunded, one.net()].map(Fen::grouped);
        std::iter::once(method_name(&one.method).to_owned()).chain(amounts).collect()
    };
    let reduced = |one: &ReductionLine| vec![one.kind.label().zh, one.principal.grouped(), one.late_fee.grouped()];
    TableSheet {
        title: "月结报表".to_owned(),
        company,
        community: report.community.clone(),
        facts: vec![
            ("项目".to_owned(), report.community.clone()),
            ("月份".to_owned(), figures.month.to_string()),
            ("状态".to_owned(), state),
            ("单位".to_owned(), "元".to_owned()),
        ],
        tables: vec![
            two_columns("应收", receivable),
            two_columns("违约金（已计收）", late_fee_lines(&figures.late_fee)),
            two_columns("预收", prepaid_lines(report)),
            two_columns("押金（其他应付款）", deposit_lines(&figures.deposits)),
            PaperTable::new(
                "实收",
                &["收款方式", "收款", "冲红", "退款", "实收"],
                figures.received.iter().map(received).collect(),
            ),
            PaperTable::new("减免更正", &["种类", "本金", "违约金"], figures.reductions.iter().map(reduced).collect()),
            groups("按收费项目", "收费项目", &report.items),
            groups("按楼栋", "楼栋", &report.buildings),
        ],
        notes: vec![
            "应收按账期计入当月；预先缴纳尚未到账期的，计入预收。结账后补录、更正的，计入补录时尚未结账的月份。"
                .to_owned(),
        ],
        dated: closed_on.unwrap_or(today),
    }
}

fn two_columns(title: &str, lines: impl IntoIterator<Item = RollLine>) -> PaperTable {
    let row = |(name, _, amount): RollLine| vec![name.to_owned(), amount.grouped()];
    PaperTable::new(title, &["项目", "金额（元）"], lines.into_iter().map(row).collect())
}

fn groups(title: &str, what: &str, groups: &[Group]) -> PaperTable {
    let row = |one: &Group| {
        let r = &one.receivable;
        let amounts =
            [r.opening, r.billed + r.brought_in, r.reversed + r.reduced, r.paid, r.closing, one.late_fee.closing];
        std::iter::once(one.name.clone()).chain(amounts.map(Fen::grouped)).collect()
    };
    let headings = [what, "期初", "增加", "冲红减免", "已收", "期末", "违约金期末"];
    PaperTable::new(title, &headings, groups.iter().map(row).collect())
}

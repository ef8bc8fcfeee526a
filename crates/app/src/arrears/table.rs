//! The arrears list as a table, the same for the screen's export and the command line.

use hemu_documents::sheets_out::{CellOut, Table, to_csv, to_xlsx};
use hemu_domain::arrears::age::AgeBucket;

use super::{ArrearsReport, ArrearsRow};
use crate::Refusal;

const HEADINGS: [&str; 12] = [
    "房号",
    "业主",
    "欠费账期",
    "本金",
    "违约金",
    "最早到期",
    "逾期天数",
    "阶段",
    "账龄阶段",
    "原因",
    "下一步",
    "管家",
];
/// The columns of age, in the order of [`AgeBucket::ALL`].
const AGES: [&str; AgeBucket::ALL.len()] =
    ["0-30 天", "31-90 天", "91-180 天", "181-365 天", "1-2 年", "2-3 年", "3 年以上"];

/// The list as a table: the same rows and sums as the JSON, whatever the format.
#[must_use]
pub fn arrears_table(report: &ArrearsReport) -> Table {
    let text = |text: &str| CellOut::Text(text.to_owned());
    let row = |row: &ArrearsRow| {
        let periods: Vec<String> = row.periods.iter().map(ToString::to_string).collect();
        let columns = [
            text(row.unit.as_str()),
            text(&row.owner),
            CellOut::Text(periods.join(" ")),
            CellOut::Money(row.principal),
            CellOut::Money(row.late_fee),
            CellOut::Text(row.oldest_due.to_string()),
            CellOut::Integer(row.days),
            text(row.stage.as_deref().unwrap_or_default()),
            text(row.age_stage.as_str()),
            text(row.cause.as_deref().unwrap_or_default()),
            text(row.next_step.as_deref().unwrap_or_default()),
            text(row.staff.as_deref().unwrap_or_default()),
        ];
        columns.into_iter().chain(row.ages.map(CellOut::Money)).collect()
    };
    let mut totals = vec![CellOut::Empty; HEADINGS.len()];
    totals[0] = text("合计");
    totals[3] = CellOut::Money(report.totals.principal);
    totals[4] = CellOut::Money(report.totals.late_fee);
    totals.extend(report.totals.ages.map(CellOut::Money));
    Table {
        title: "欠费明细".to_owned(),
        headings: HEADINGS.into_iter().chain(AGES).map(ToOwned::to_owned).collect(),
        rows: report.rows.iter().map(row).collect(),
        totals: Some(totals),
    }
}

/// The list as a workbook.
///
/// # Errors
/// [`Refusal::Internal`] when it cannot be written, which only a fault of the program can cause.
pub fn arrears_xlsx(report: &ArrearsReport) -> Result<Vec<u8>, Refusal> {
    to_xlsx(&[arrears_table(report)]).map_err(|error| Refusal::Internal(error.to_string()))
}

/// The list as CSV with a byte-order mark, as Excel wants it.
#[must_use]
pub fn arrears_csv(report: &ArrearsReport) -> String {
    to_csv(&arrears_table(report))
}

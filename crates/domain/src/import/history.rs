//! Past payments (缴费历史): what was paid, for which months, and up to where that makes a room paid.

use std::collections::{BTreeMap, HashSet};

use chrono::{Datelike, NaiveDate};

use super::listing::{Listing, day_of};
use super::paid_through::PaidThrough;
use super::room::{is_sum, read_room};
use super::{Finding, HistoryRecord, ImportReading};
use crate::sheet::Sheet;
use crate::{Fen, Period, UnitLabel};

/// Headings a sheet of past payments has.
const MUST_HAVE: &[&str] = &["房屋", "收费项目", "开始时间", "结束时间", "实缴金额"];

/// Whether a sheet lists past payments, not rooms.
#[must_use]
pub fn is_history(sheet: &Sheet) -> bool {
    Listing::on(sheet, MUST_HAVE).is_some()
}

/// Reads past payments of all sheets.
pub(super) fn read_history(sheets: &[Sheet], reading: &mut ImportReading) {
    let mut known = HashSet::new();
    for listing in sheets.iter().filter_map(|sheet| Listing::on(sheet, MUST_HAVE)) {
        for (number, row) in listing.rows() {
            if row.iter().any(|cell| is_sum(&cell.text())) {
                reading.rows_read += 1;
                reading.ignored += 1;
                continue;
            }
            if listing.cell(row, "收费项目").is_blank() && listing.cell(row, "实缴金额").is_blank() {
                continue;
            }
            reading.rows_read += 1;
            match history_of(&listing, number, row) {
                Ok(record) if !known.insert(identity(&record)) => reading.duplicates += 1,
                Ok(record) => {
                    reading.accepted += 1;
                    reading.history.push(record);
                }
                Err(finding) => reading.refused.push(finding),
            }
        }
    }
}

fn identity(record: &HistoryRecord) -> (UnitLabel, String, NaiveDate, NaiveDate, NaiveDate, Fen) {
    (record.label.clone(), record.item.clone(), record.from, record.until, record.paid_on, record.paid)
}

fn history_of(listing: &Listing<'_>, number: usize, row: &[crate::sheet::Cell]) -> Result<HistoryRecord, Finding> {
    let wrong = |heading: &str, problem: &str| listing.finding(number, row, heading, problem);
    let label = read_room(listing.cell(row, "房屋")).ok_or_else(|| wrong("房屋", "房号无法识别 / no readable room"))?;
    let day = |heading: &str| {
        day_of(listing.cell(row, heading))
            .ok_or_else(|| wrong(heading, "日期无法识别，请写成 2024-03-31 / unreadable date: write it as 2024-03-31"))
    };
    let amount = |heading: &str| {
        let amount = Fen::parse(&listing.cell(row, heading).text()).ok().filter(|amount| *amount >= Fen::ZERO);
        amount.ok_or_else(|| wrong(heading, "金额无法识别，请写成 810.00 / unreadable amount: write it as 810.00"))
    };
    let (from, until) = (day("开始时间")?, day("结束时间")?);
    if until <= from {
        return Err(wrong("结束时间", "结束时间不晚于开始时间 / the end is not after the start"));
    }
    Ok(HistoryRecord {
        sheet: listing.sheet.name.clone(),
        row: number,
        label,
        item: listing.cell(row, "收费项目").text(),
        from,
        until,
        paid_on: day("缴费时间")?,
        due: amount("应缴金额")?,
        paid: amount("实缴金额")?,
    })
}

/// Up to which month each room has paid each fee item, by its payment history: the end of the payments that follow one
/// another without a gap from the first on. A later payment after a gap says nothing about the gap.
#[must_use]
pub fn paid_through(history: &[HistoryRecord]) -> BTreeMap<(UnitLabel, String), PaidThrough> {
    let mut spans: BTreeMap<(UnitLabel, String), Vec<(NaiveDate, NaiveDate)>> = BTreeMap::new();
    for record in history.iter().filter(|record| record.paid >= record.due) {
        let until = exclusive_end(record.until);
        spans.entry((record.label.clone(), record.item.clone())).or_default().push((record.from, until));
    }
    let end = |mut spans: Vec<(NaiveDate, NaiveDate)>| {
        spans.sort_unstable();
        let first = spans[0].1;
        spans.into_iter().fold(first, |end, (from, until)| if from <= end { end.max(until) } else { end })
    };
    spans.into_iter().map(|(room, spans)| (room, month_before(end(spans)))).collect()
}

/// The incumbent ends a year with the first day of the next; others write its last day.
fn exclusive_end(until: NaiveDate) -> NaiveDate {
    if until == Period::of(until).last_day() { until.succ_opt().unwrap_or(until) } else { until }
}

fn month_before(end: NaiveDate) -> PaidThrough {
    if end.day() == 1 {
        PaidThrough { period: Period::of(end).previous(), exact: true }
    } else {
        PaidThrough { period: Period::of(end), exact: false }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paid(from: &str, until: &str, paid: i64) -> HistoryRecord {
        let day = |text: &str| text.parse().expect("a day");
        HistoryRecord {
            sheet: "缴费历史".to_owned(),
            row: 2,
            label: UnitLabel::parse("1-1-1001").expect("a room"),
            item: "物业费".to_owned(),
            from: day(from),
            until: day(until),
            paid_on: day("2017-01-01"),
            due: Fen::new(100_000),
            paid: Fen::new(paid),
        }
    }

    #[test]
    fn payments_that_follow_one_another_make_a_room_paid() {
        let full = 100_000;
        let months = |history: &[HistoryRecord]| {
            let found = paid_through(history);
            found.values().map(|paid| (paid.period.to_string(), paid.exact)).collect::<Vec<_>>()
        };
        let years = [paid("2017-01-01", "2018-01-01", full), paid("2016-01-01", "2017-01-01", full)];
        assert_eq!(months(&years), [("2017-12".to_owned(), true)]);
        let gap = [paid("2016-01-01", "2016-12-31", full), paid("2018-01-01", "2019-01-01", full)];
        assert_eq!(months(&gap), [("2016-12".to_owned(), true)], "2017 was not paid");
        let part = [paid("2016-01-01", "2017-01-01", full), paid("2017-01-01", "2018-01-01", 1)];
        assert_eq!(months(&part), [("2016-12".to_owned(), true)], "a part payment does not make a year paid");
    }
}

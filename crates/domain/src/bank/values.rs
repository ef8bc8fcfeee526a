//! Values of bank and provider files: days, amounts, texts with the marks programs put before them.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::Fen;
use crate::import::room::narrow;
use crate::sheet::Cell;

/// A text as it reads, without the backtick, apostrophe or tab that keeps spreadsheets from computing it.
pub fn text_of(cell: &Cell) -> String {
    cell.text().trim_matches(['`', '\'', '\t', ' ', '\u{a0}', '\u{feff}']).to_owned()
}

/// The cell of a column; empty where the row is shorter.
pub fn cell(row: &[Cell], column: Option<usize>) -> &Cell {
    const EMPTY: &Cell = &Cell::Empty;
    column.and_then(|column| row.get(column)).unwrap_or(EMPTY)
}

/// The day of a cell: a date, `2026-11-05 10:22:01`, `2026/11/5`, `2026年11月5日`, `20261105`, or what a spreadsheet counts.
pub fn day_of(cell: &Cell) -> Option<NaiveDate> {
    if let Cell::Date(day) = cell {
        return Some(*day);
    }
    let text = narrow(&text_of(cell).replace([' ', 'T'], "#"));
    let date = text.split('#').next().unwrap_or_default();
    let spaced = date.replace(['年', '月', '/', '.'], "-").replace('日', "");
    if let Ok(day) = NaiveDate::parse_from_str(&spaced, "%Y-%m-%d") {
        return Some(day);
    }
    let digits = spaced.get(..8).filter(|_| spaced.len() == 8 || spaced.len() == 14)?;
    spaced.bytes().all(|byte| byte.is_ascii_digit()).then(|| NaiveDate::parse_from_str(digits, "%Y%m%d").ok()).flatten()
}

/// An amount of a cell: nothing for a blank or a dash.
///
/// # Errors
/// The text that is no amount.
pub fn amount_of(cell: &Cell) -> Result<Option<Fen>, String> {
    let text = text_of(cell);
    let bare = text.trim_start_matches('+').trim_start_matches("CNY").trim_start_matches("RMB").trim();
    if bare.chars().all(|one| matches!(one, '-' | '—' | '/')) {
        return Ok(None);
    }
    Fen::parse(bare).map(Some).map_err(|_| text)
}

/// A provider's fee: it has up to five decimals, and is rounded to the fen here.
pub fn fee_of(cell: &Cell) -> Result<Fen, String> {
    let text = text_of(cell);
    let bare = text.replace(',', "");
    if bare.is_empty() {
        return Ok(Fen::ZERO);
    }
    Decimal::from_str_exact(&bare).ok().and_then(Fen::round_half_up).ok_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Cell {
        Cell::Text(text.to_owned())
    }

    #[test]
    fn days_are_read_as_banks_write_them() {
        let day = NaiveDate::from_ymd_opt(2026, 11, 5);
        for written in [
            "2026-11-05",
            "2026/11/5",
            "20261105",
            "2026年11月05日",
            "2026-11-05 10:22:01",
            "`2026-11-05 10:22:01",
            "20261105102201",
        ] {
            assert_eq!(day_of(&text(written)), day, "{written}");
        }
        assert_eq!(day_of(&Cell::Number(Decimal::from(20_261_105))), day);
        for written in ["", "合计", "2026-13-01", "1105", "2026"] {
            assert_eq!(day_of(&text(written)), None, "{written}");
        }
    }

    #[test]
    fn amounts_have_signs_thousands_and_marks() {
        assert_eq!(amount_of(&text("+1,234.50")), Ok(Some(Fen::new(123_450))));
        assert_eq!(amount_of(&text("`-0.01")), Ok(Some(Fen::new(-1))));
        assert_eq!(amount_of(&text("--")), Ok(None));
        assert_eq!(amount_of(&Cell::Empty), Ok(None));
        assert_eq!(amount_of(&text("12.3.4")), Err("12.3.4".to_owned()));
        assert_eq!(fee_of(&text("`0.00520")), Ok(Fen::new(1)));
    }
}

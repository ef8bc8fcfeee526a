//! Cells as the import sees them, and rows that fill up to a limit.

use calamine::Data;
use hemu_domain::sheet::Cell;
use rust_decimal::Decimal;

/// A sheet shows no row below this one and no column beyond the other.
const MAX_ROWS: usize = 1_048_576;
const MAX_COLUMNS: usize = 16_384;

/// More cells than a file may hold.
pub(super) struct Full;

/// The rows of a sheet while it is read.
pub(super) struct Rows<'file> {
    rows: Vec<Vec<Cell>>,
    /// Rows and cells the file may still hold, over all its sheets: a thousand sheets with a cell in the last row each are many.
    room: &'file mut usize,
}

impl<'file> Rows<'file> {
    pub(super) fn new(room: &'file mut usize) -> Self {
        Self { rows: Vec::new(), room }
    }

    pub(super) fn into_inner(self) -> Vec<Vec<Cell>> {
        self.rows
    }

    /// Puts a cell into its place; what lies before it in its row and column is blank until told otherwise.
    pub(super) fn put(&mut self, row: usize, column: usize, cell: Cell) -> Result<(), Full> {
        if cell == Cell::Empty {
            return Ok(());
        }
        if row >= MAX_ROWS || column >= MAX_COLUMNS {
            return Err(Full);
        }
        if self.rows.len() <= row {
            self.take(row + 1 - self.rows.len())?;
            self.rows.resize_with(row + 1, Vec::new);
        }
        let length = self.rows[row].len();
        if length <= column {
            self.take(column + 1 - length)?;
            self.rows[row].resize(column + 1, Cell::Empty);
        }
        self.rows[row][column] = cell;
        Ok(())
    }

    fn take(&mut self, more: usize) -> Result<(), Full> {
        *self.room = self.room.checked_sub(more).ok_or(Full)?;
        Ok(())
    }
}

pub(super) fn cell_of(data: Data) -> Cell {
    match data {
        Data::Empty => Cell::Empty,
        Data::String(text) => text_cell(text),
        Data::Int(number) => Cell::Number(Decimal::from(number)),
        Data::Float(number) => number_cell(number),
        Data::Bool(value) => Cell::Bool(value),
        Data::DateTime(time) if time.is_datetime() => {
            time.as_datetime().map_or_else(|| number_cell(time.as_f64()), |time| Cell::Date(time.date()))
        }
        Data::DateTime(duration) => number_cell(duration.as_f64()),
        Data::DateTimeIso(text) | Data::DurationIso(text) => match text.get(..10).and_then(|day| day.parse().ok()) {
            Some(day) => Cell::Date(day),
            None => text_cell(text),
        },
        Data::Error(error) => Cell::Error(error.to_string()),
    }
}

pub(super) fn text_cell(text: String) -> Cell {
    if text.trim().is_empty() { Cell::Empty } else { Cell::Text(text) }
}

/// The shortest decimal text that names the float: what the person typed.
fn number_cell(number: f64) -> Cell {
    let text = number.to_string();
    Decimal::from_str_exact(&text).map_or(Cell::Text(text), |number| Cell::Number(number.normalize()))
}

/// A cell of a text table. Excel saves January (2024.1) and October (2024.10) of a number column alike, so `2024.1` is the number a
/// spreadsheet would hold, not a text somebody typed; everything else is as typed.
pub(super) fn csv_cell(text: String) -> Cell {
    let year =
        text.trim().strip_suffix(".1").filter(|year| year.len() == 4 && year.bytes().all(|b| b.is_ascii_digit()));
    match year.and_then(|_| Decimal::from_str_exact(text.trim()).ok()) {
        Some(number) => Cell::Number(number),
        None => text_cell(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_its_shortest_decimal_text() {
        for (number, text) in [
            (2.35, "2.35"),
            (18_999_999_999.0, "18999999999"),
            (0.1 + 0.2, "0.30000000000000004"),
            (-0.0, "0"),
            (1e-7, "0.0000001"),
            (-12.5, "-12.5"),
        ] {
            assert_eq!(number_cell(number).text(), text);
        }
        assert!(matches!(number_cell(f64::NAN), Cell::Text(_)));
        assert!(matches!(number_cell(1e300), Cell::Text(_)));
    }

    #[test]
    fn a_cell_beyond_the_last_row_or_a_sheet_full_of_gaps_is_refused() {
        let mut room = 100 * (MAX_COLUMNS + 1);
        let mut rows = Rows::new(&mut room);
        assert!(rows.put(usize::MAX, 0, Cell::Bool(true)).is_err());
        assert!(rows.put(0, MAX_COLUMNS, Cell::Bool(true)).is_err());
        let far = MAX_COLUMNS - 1;
        let full = (0..MAX_ROWS).find(|row| rows.put(*row, far, Cell::Bool(true)).is_err());
        assert_eq!(full, Some(100));
        assert!(Rows::new(&mut room).put(0, 0, Cell::Bool(true)).is_err(), "all sheets of a file share its room");
    }
}

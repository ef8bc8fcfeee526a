//! The cash desk in the example: on the days on which people pay the cashier opens a shift, and closes it in the evening.

use chrono::NaiveDate;
use hemu_app::desk::{Counted, close_shift, open_shift, shift_page};
use hemu_app::{App, Refusal};
use hemu_domain::Fen;

use super::days::Office;

/// The change that lies in the till.
const FLOAT: Fen = Fen::new(20_000);

impl Office {
    /// The morning.
    pub(super) fn open_desk(&self, app: &App) -> Result<(), Refusal> {
        open_shift(app, &self.staff.cashier, self.id, FLOAT).map(|_| ())
    }

    /// The evening: what is counted is what the shift came to, but for a coin now and then.
    pub(super) fn close_desk(&mut self, app: &App, day: NaiveDate) -> Result<(), Refusal> {
        app.clock.set(day, 17, 30);
        let cashier = self.staff.cashier.clone();
        let page = shift_page(app, &cashier, self.id)?;
        let Some(shift) = page.own else { return Ok(()) };
        self.closings += 1;
        let missing = if self.closings % 9 == 4 { Fen::new(50) } else { Fen::ZERO };
        let count = |line: &hemu_app::desk::ClosingLine| Counted {
            method: line.method.clone(),
            amount: if line.method == "cash" { line.expected - missing } else { line.expected },
        };
        let counted: Vec<Counted> = page.lines.iter().map(count).collect();
        let reason = if missing.is_positive() { "找零多付 0.50 元，由收费员补足" } else { "" };
        close_shift(app, &cashier, self.id, shift.id, (&counted, reason)).map(|_| ())
    }
}

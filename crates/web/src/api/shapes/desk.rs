//! Shapes of the cash desk.

use super::shapes;
use utoipa::ToSchema;

use super::{AllocationLine, Day, Id, Label, Moment, Yuan};

shapes! {
    /// One way in which a receipt was paid; `change` was given back.
    TenderLine { method: String, amount: Yuan, handed: Yuan, change: Yuan }
    /// What is left of the money a receipt put by, and the units of the payer it could be moved to.
    PutByItem { receipt: Id, number: String, received_on: Day, method: String, left: Yuan, units: Vec<Label> }
    /// What a unit has put by.
    PutBy { rows: Vec<PutByItem> }
    /// Money that was moved: numbers of both entries, and what it paid there.
    TransferReport {
        out: String, receipt: String, id: Id, unit: Label, amount: Yuan, allocations: Vec<AllocationLine>, prepaid: Yuan,
    }
    /// A print that was counted; `reprint` is 0 for the receipt itself.
    Printed { print: i64, reprint: i64 }
    /// The rules of the cash desk.
    DeskRules { rounding_limit: Yuan, needs_shift: bool }
    /// A shift.
    ShiftItem { id: Id, cashier: String, opened_at: Moment, opened_on: Day, float: Yuan }
    /// One method of a shift; with cash, the float is in `expected`.
    ClosingLine { method: String, receipts: i64, expected: Yuan, counted: Yuan }
    /// A shift that was closed.
    ShiftClosed {
        shift: ShiftItem, closed_at: Moment, closed_on: Day, closed_by: String, lines: Vec<ClosingLine>, expected: Yuan,
        counted: Yuan, difference: Yuan, reason: String,
    }
    /// Shifts as one cashier sees them.
    ShiftPage { own: Option<ShiftItem>, lines: Vec<ClosingLine>, others: Vec<ShiftItem>, closed: Vec<ShiftClosed> }
    /// A receipt of a day; `kind` is `receipt`, `reversal`, `refund` or `transfer`.
    DayLine {
        id: Id, number: String, unit: String, kind: String, amount: Yuan, tenders: Vec<TenderLine>, rounded_off: Yuan,
        cashier: String, entered_on: Option<Day>,
    }
    /// A sum of a day, by method or cashier.
    DaySum { name: String, receipts: i64, received: Yuan, taken_back: Yuan, net: Yuan }
    /// A day at the cash desk; what only changed accounts is in no sum.
    DayReport {
        community: String, on: Day, lines: Vec<DayLine>, methods: Vec<DaySum>, cashiers: Vec<DaySum>, total: DaySum,
        rounded_off: Yuan, closings: Vec<ShiftClosed>,
    }
}

//! The shapes of bank and payment files.

use utoipa::ToSchema;

use super::{CellFinding, Day, Id, Label, Moment, Yuan, shapes};

shapes! {
    /// A heading and what it was taken for.
    BankColumn { heading: String, field: Option<String> }
    /// What was found in a file, and what of it was new; with problems nothing is brought in.
    BankFileReport {
        file: Option<Id>, kind: String, layout: String, lines: i64, new: i64, known: i64, amount: Yuan, outgoing: i64,
        skipped: i64, first_on: Option<Day>, last_on: Option<Day>, problems: Vec<CellFinding>, columns: Vec<BankColumn>,
    }
    /// Whose a line may be, and why.
    BankProposal { account: Id, unit: Label, owner: String, open: Yuan, score: i64, reasons: Vec<String> }
    /// A receipt a line was booked as.
    BankPart { receipt_id: Id, receipt: String, reversed: bool, unit: Label, amount: Yuan }
    /// Money that came in.
    BankLine {
        id: Id, received_on: Day, amount: Yuan, payer: String, account: String, remark: String, state: String,
        reason: String, settled_by: Option<String>, settled_on: Option<Day>, certain: bool,
        proposals: Vec<BankProposal>, parts: Vec<BankPart>,
    }
    /// Lines that wait, and lines settled last.
    BankLines { open: Vec<BankLine>, open_amount: Yuan, certain: i64, settled: Vec<BankLine> }
    /// What became of the lines that were certain.
    ConfirmedReport { booked: i64, amount: Yuan, left: i64 }
    /// A file that was brought in.
    BankFileItem {
        id: Id, kind: String, layout: String, file_name: String, account: String, first_on: Day, last_on: Day,
        rows: i64, imported_by: String, imported_at: Moment,
    }
    /// Where file and books differ; `subject` is the entry, or the receipt where there is none.
    SettlementDifference {
        kind: String, subject: Id, entry_no: Option<String>, order_no: Option<String>, receipt_id: Option<Id>,
        receipt: Option<String>, unit: Option<Label>, day: Day, in_file: Option<Yuan>, in_books: Option<Yuan>,
        reason: Option<String>, settled_by: Option<String>,
    }
    /// A provider's file beside the books.
    SettlementReport {
        file: Id, provider: String, first_on: Day, last_on: Day, payments: i64, paid: Yuan, refunds: i64,
        refunded: Yuan, fees: Yuan, differences: Vec<SettlementDifference>, open: i64,
    }
}

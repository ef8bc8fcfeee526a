//! Bank and payment files (对账): files, the money they say came in, what it was booked as, provider entries, and who it may be of.

pub mod directory;
pub mod file;
pub mod hold;
pub mod line;
pub mod part;
pub mod settlement;

pub use directory::{KnownAccount, KnownBill, KnownMember, KnownName, KnownPhone, SeenAccount};
pub use file::BankFileRow;
pub use line::BankLineRow;
pub use part::{BankPartRow, PartView};
pub use settlement::{BookedRow, SettlementEntryRow, SettlementNoteRow};

//! Deposits: kept for their payers beside all that is owed.

use super::books::Books;

/// A deposit and what became of it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Deposit {
    pub taken: i64,
    pub returned: i64,
    pub kept: i64,
}

impl Deposit {
    pub fn left(&self) -> i64 {
        self.taken - self.returned - self.kept
    }
}

impl Books {
    /// Gives a part back, or keeps it; `false` when less is left.
    pub fn end_deposit(&mut self, deposit: usize, keeps: bool, fen: i64) -> bool {
        let one = &mut self.deposits[deposit];
        let fits = fen <= one.left();
        if fits && keeps {
            one.kept += fen;
        } else if fits {
            one.returned += fen;
        }
        fits
    }
}

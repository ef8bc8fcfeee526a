//! Totals of a reading: what an import would bring, known before anything is written.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::{ImportReading, UnitRecord, people};
use crate::Fen;

/// What a reading comes to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Units, parking spaces included.
    pub units: usize,
    /// Persons and companies that own them.
    pub parties: usize,
    /// Units with opening arrears.
    pub units_owing: usize,
    /// Their sum, each month rounded half-up to the fen.
    pub opening_arrears: Fen,
    /// Units marked vacant.
    pub vacant: usize,
}

impl ImportReading {
    /// The totals, with opening arrears up to the month of that day.
    #[must_use]
    pub fn totals(&self, as_of: NaiveDate) -> Totals {
        let owed = |unit: &UnitRecord| unit.opening_charges(as_of).iter().map(|charge| charge.amount).sum::<Fen>();
        let owed: Vec<Fen> = self.units.iter().map(owed).filter(|owed| owed.is_positive()).collect();
        Totals {
            units: self.units.len(),
            parties: people::group(&self.units).persons.len(),
            units_owing: owed.len(),
            opening_arrears: owed.iter().sum(),
            vacant: self.units.iter().filter(|unit| unit.is_vacant()).count(),
        }
    }

    /// Notes on names with characters a font lacks: they would be blank boxes in a letter.
    ///
    /// `has_glyph` says whether the fonts of the letters have a character.
    #[must_use]
    pub fn names_outside(&self, has_glyph: impl Fn(char) -> bool) -> Vec<String> {
        let mut rooms: BTreeMap<(&str, char), &UnitRecord> = BTreeMap::new();
        for unit in &self.units {
            for name in &unit.owners {
                for missing in name.chars().filter(|c| !c.is_whitespace() && !has_glyph(*c)) {
                    rooms.entry((name, missing)).or_insert(unit);
                }
            }
        }
        let note = |((name, missing), unit): ((&str, char), &UnitRecord)| {
            format!(
                "{} 第 {} 行：姓名“{name}”中的“{missing}”（U+{:04X}）字体里没有 / row {}: no font has this character",
                unit.sheet,
                unit.row,
                u32::from(missing),
                unit.row
            )
        };
        rooms.into_iter().map(note).collect()
    }
}

//! What `hemu verify` answers per invariant: [`Check`].

use serde::Serialize;

/// One invariant over the whole database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// The invariant, such as `charge_open_fen`.
    pub name: &'static str,
    /// Whether it holds everywhere.
    pub ok: bool,
    /// How many rows were looked at, or the first rows that break it (ids, no personal data).
    pub detail: String,
}

/// Gathers what breaks one invariant.
#[derive(Debug)]
pub struct Tally {
    name: &'static str,
    rows: u64,
    broken: u64,
    examples: Vec<String>,
}

/// Broken rows named in a check's detail; the count tells of the rest.
const EXAMPLES: usize = 5;

impl Tally {
    /// Nothing looked at yet.
    #[must_use]
    pub fn new(name: &'static str) -> Self {
        Self { name, rows: 0, broken: 0, examples: Vec::new() }
    }

    /// One row looked at; `describe` names it when it breaks the invariant.
    pub fn row(&mut self, holds: bool, describe: impl FnOnce() -> String) {
        self.rows += 1;
        if !holds {
            self.broken += 1;
            if self.examples.len() < EXAMPLES {
                self.examples.push(describe());
            }
        }
    }

    /// The answer.
    #[must_use]
    pub fn check(self) -> Check {
        let ok = self.broken == 0;
        let detail = if ok {
            format!("{} rows", self.rows)
        } else {
            format!("{} of {} rows: {}", self.broken, self.rows, self.examples.join("; "))
        };
        Check { name: self.name, ok, detail }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_broken_row_turns_a_check_red_and_is_named() {
        let mut tally = Tally::new("sums");
        tally.row(true, || unreachable!("a sound row is not described"));
        tally.row(false, || "charge 7".to_owned());
        assert_eq!(tally.check(), Check { name: "sums", ok: false, detail: "1 of 2 rows: charge 7".to_owned() });
        assert!(Tally::new("none").check().ok);
    }
}

//! Papers that are tables under a few facts: 月结报表, 对账单.

use chrono::NaiveDate;
use serde::Serialize;

use super::{DocumentError, Rendered, render, template};

/// Everything such a paper prints.
#[derive(Clone, Debug, Serialize)]
pub struct TableSheet {
    /// What it is: 月结报表.
    pub title: String,
    /// The property company; empty where only the service office is known.
    pub company: String,
    /// The community.
    pub community: String,
    /// Facts above the tables: what, how.
    pub facts: Vec<(String, String)>,
    /// The tables.
    pub tables: Vec<PaperTable>,
    /// Sentences below them.
    pub notes: Vec<String>,
    /// The day it is dated.
    pub dated: NaiveDate,
}

/// A table of a paper. The first column is text, the others are figures unless they are named.
#[derive(Clone, Debug, Serialize)]
pub struct PaperTable {
    /// Its title.
    pub title: String,
    /// Its headings.
    pub headings: Vec<String>,
    /// How many columns from the left are text.
    pub words: usize,
    /// Its rows.
    pub rows: Vec<Vec<String>>,
}

impl PaperTable {
    /// A table whose first column is text.
    #[must_use]
    pub fn new(title: &str, headings: &[&str], rows: Vec<Vec<String>>) -> Self {
        let headings = headings.iter().map(|one| (*one).to_owned()).collect();
        Self { title: title.to_owned(), headings, words: 1, rows }
    }
}

impl TableSheet {
    /// The PDF.
    ///
    /// # Errors
    /// [`DocumentError`] for a fault of the template.
    pub fn render(&self) -> Result<Rendered, DocumentError> {
        render(template!("tables.typ"), self, self.dated)
    }
}

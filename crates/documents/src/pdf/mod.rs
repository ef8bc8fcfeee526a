//! PDF by typst: a small model per document, a template, and a world that knows nothing but both.
//!
//! Data reaches a template as JSON, never as markup, so no name can change a document. Fonts are read once per process. The
//! same model always gives the same bytes, so a document's SHA-256 is evidence of its content. Documents of legal effect are
//! Chinese (E9).

mod bill;
mod board;
mod demand;
mod receipt;
mod world;

use sha2::{Digest, Sha256};

pub use bill::{BillLine, BillSheet};
pub use board::BoardNotice;
pub use demand::{DemandLine, DemandNotice, LateFeeTerms};
pub use receipt::{Paper, Receipt, ReceiptLine};

/// A finished document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// The file.
    pub pdf: Vec<u8>,
    /// Its SHA-256 in hexadecimal.
    pub sha256: String,
}

/// Why a document cannot be made: a fault of a template, never of the data.
#[derive(Debug, thiserror::Error)]
#[error("the document cannot be made: {0}")]
pub struct DocumentError(String);

/// A template with what all templates share in front of it.
macro_rules! template {
    ($file:literal) => {
        concat!(include_str!("../../templates/common.typ"), include_str!(concat!("../../templates/", $file)))
    };
}
use template;

/// A template with its data: all that typst needs.
#[derive(Debug)]
pub(crate) struct Set {
    template: &'static str,
    data: String,
    dated: chrono::NaiveDate,
}

impl Set {
    fn new(
        template: &'static str,
        model: &impl serde::Serialize,
        dated: chrono::NaiveDate,
    ) -> Result<Self, DocumentError> {
        let data = serde_json::to_string(model).map_err(|error| DocumentError(error.to_string()))?;
        Ok(Self { template, data, dated })
    }

    pub(crate) fn compile(&self) -> Result<Vec<u8>, DocumentError> {
        world::compile(self.template, &self.data, self.dated).map_err(DocumentError)
    }
}

fn render(
    template: &'static str,
    model: &impl serde::Serialize,
    dated: chrono::NaiveDate,
) -> Result<Rendered, DocumentError> {
    let pdf = Set::new(template, model, dated)?.compile()?;
    let sha256 = Sha256::digest(&pdf).iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(Rendered { pdf, sha256 })
}

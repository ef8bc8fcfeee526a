//! PDF by typst: a small model per document, a template, and a world that knows nothing but both.
//!
//! Data reaches a template as JSON, never as markup, so no name can change a document. Fonts are read once per process. The
//! same model always gives the same bytes, so a document's SHA-256 is evidence of its content.

mod board;
mod demand;
mod world;

use sha2::{Digest, Sha256};

pub use board::BoardNotice;
pub use demand::{DemandLine, DemandNotice, LateFeeTerms};

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

fn render(template: &str, model: &impl serde::Serialize, dated: chrono::NaiveDate) -> Result<Rendered, DocumentError> {
    let data = serde_json::to_string(model).map_err(|error| DocumentError(error.to_string()))?;
    let pdf = world::compile(template, &data, dated).map_err(DocumentError)?;
    let sha256 = Sha256::digest(&pdf).iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(Rendered { pdf, sha256 })
}

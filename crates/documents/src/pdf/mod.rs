//! PDF by typst: a small model per document, a template, and a world that knows nothing but both.
//!
//! Data reaches a template as JSON, never as markup, so no name can change a document. Fonts are read once per process. The
//! same model always gives the same bytes, so a document's SHA-256 is evidence of its content. Documents of legal effect are
//! Chinese (E9).

mod agreement;
mod bill;
mod board;
mod day;
mod demand;
mod qr;
mod rare;
mod receipt;
mod settlement;
mod tables;
mod world;

use hemu_domain::Text;
use sha2::{Digest, Sha256};

pub use agreement::PlanAgreement;
pub use bill::{BillLine, BillSheet};
pub use board::BoardNotice;
pub use day::{DaySheet, DaySheetLine, DaySheetSum};
pub use demand::{DemandLine, DemandNotice, LateFeeTerms};
pub use receipt::{Paper, Receipt, ReceiptLine, ReceiptTender};
pub use settlement::{Settlement, SettlementLine};
pub use tables::{PaperTable, TableSheet};

/// A finished document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// The file.
    pub pdf: Vec<u8>,
    /// Its SHA-256 in hexadecimal.
    pub sha256: String,
    /// Characters no font has, each once: the paper shows their codes, and whoever hands it out is told.
    pub unprintable: Vec<char>,
}

impl Rendered {
    /// The remark about rare characters for whoever hands the paper out; `None` when every character was printed.
    #[must_use]
    pub fn note(&self) -> Option<Text> {
        let list = |separator: &str| {
            let one = |c: &char| format!("{c} (U+{:04X})", u32::from(*c));
            self.unprintable.iter().map(one).collect::<Vec<_>>().join(separator)
        };
        (!self.unprintable.is_empty()).then(|| {
            Text::new(
                format!("字库里没有这些字，纸上印的是编码，请手写补正：{}", list("、")),
                format!(
                    "no font has these characters; the paper shows their codes, write them in by hand: {}",
                    list(", ")
                ),
            )
        })
    }
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
    unprintable: Vec<char>,
}

impl Set {
    fn new(
        template: &'static str,
        model: &impl serde::Serialize,
        dated: chrono::NaiveDate,
    ) -> Result<Self, DocumentError> {
        let mut model = serde_json::to_value(model).map_err(|error| DocumentError(error.to_string()))?;
        let unprintable = rare::mark(&mut model);
        Ok(Self { template, data: model.to_string(), dated, unprintable })
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
    let set = Set::new(template, model, dated)?;
    let pdf = set.compile()?;
    let sha256 = hemu_domain::hex(&Sha256::digest(&pdf));
    Ok(Rendered { pdf, sha256, unprintable: set.unprintable })
}

//! The notice for the entrance hall (公告栏温馨提示). It names nobody: the model has no place for a person, a room or an amount
//! (PIPL 25, I15).

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{DocumentError, Rendered, render, template};

/// Everything the notice prints.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct BoardNotice {
    /// Its number.
    pub number: String,
    /// The property company.
    pub company: String,
    /// The community.
    pub community: String,
    /// Building and entrance, such as 3 栋 2 单元.
    pub place: String,
    /// How to pay.
    pub how_to_pay: String,
    /// The hotline.
    pub hotline: String,
    /// The day it is put up.
    pub dated: NaiveDate,
}

impl BoardNotice {
    /// The PDF.
    ///
    /// # Errors
    /// [`DocumentError`] for a fault of the template.
    pub fn render(&self) -> Result<Rendered, DocumentError> {
        render(template!("board.typ"), self, self.dated)
    }
}

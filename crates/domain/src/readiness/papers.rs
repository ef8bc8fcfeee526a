//! What a community has on file, as the check reads it.

use chrono::NaiveDate;

use super::periods::{Every, PromiseResult};
use crate::Period;
use crate::service::photo::PhotoType;
use crate::words::words;

words!(
    /// Whether a contract is filed with the housing authority.
    FilingState {
        /// Nobody has recorded it.
        Unknown = "unknown", "未登记", "not recorded";
        /// It is filed.
        Filed = "filed", "已备案", "filed";
        /// It was handed in.
        Pending = "pending", "备案中", "handed in";
        /// It need not be filed there.
        NotRequired = "not_required", "当地无须备案", "not required there";
    }
);

words!(
    /// The format of a paper that is kept.
    PaperType {
        /// PDF
        Pdf = "application/pdf", "PDF", "PDF";
        /// JPEG
        Jpeg = "image/jpeg", "JPEG", "JPEG";
        /// PNG
        Png = "image/png", "PNG", "PNG";
        /// WebP
        Webp = "image/webp", "WebP", "WebP";
        /// HEIC
        Heic = "image/heic", "HEIC", "HEIC";
    }
);

impl PaperType {
    /// The format of a file by its first bytes; `None` when it is none of them.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Option<Self> {
        if bytes.starts_with(b"%PDF-") {
            return Some(Self::Pdf);
        }
        PhotoType::of(bytes).map(|photo| match photo {
            PhotoType::Jpeg => Self::Jpeg,
            PhotoType::Png => Self::Png,
            PhotoType::Webp => Self::Webp,
            PhotoType::Heic => Self::Heic,
        })
    }
}

/// The contract in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContractPaper {
    /// Made by an import from a list of prices.
    pub provisional: bool,
    /// The end of its term; `None` without one (民法典 948).
    pub ends_on: Option<NaiveDate>,
    /// Whether it is filed.
    pub filing: FilingState,
    /// Whether the signed scan is kept.
    pub has_scan: bool,
    /// The kinds of clauses recorded.
    pub clauses: Vec<String>,
    /// Whether it charges a late fee.
    pub has_late_fee: bool,
}

/// The newest public display.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Since when.
    pub on: NaiveDate,
    /// Whether a photo is kept.
    pub has_photo: bool,
}

/// A promise with what was recorded about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PromisePaper {
    /// What is promised.
    pub what: String,
    /// How often it is looked at.
    pub every: Every,
    /// From when.
    pub starts_on: NaiveDate,
    /// Until when.
    pub ends_on: Option<NaiveDate>,
    /// What was recorded for a period, by its first month; the last word on each counts.
    pub evidence: Vec<(Period, PromiseResult)>,
}

impl PromisePaper {
    /// Whether it is in force on a day.
    #[must_use]
    pub fn is_in_force(&self, on: NaiveDate) -> bool {
        self.starts_on <= on && self.ends_on.is_none_or(|end| end >= on)
    }

    pub(super) fn find_result(&self, period: Period) -> Option<PromiseResult> {
        self.evidence.iter().rev().find(|(of, _)| *of == period).map(|(_, result)| *result)
    }
}

/// Everything the check reads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Papers {
    /// The contract in force.
    pub contract: Option<ContractPaper>,
    /// The newest public display.
    pub shown: Option<Shown>,
    /// From when the newest price in force holds.
    pub priced_since: Option<NaiveDate>,
    /// The service promises.
    pub promises: Vec<PromisePaper>,
    /// The region of the community.
    pub region: String,
}

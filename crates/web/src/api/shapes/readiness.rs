//! Shapes of what a community has on file.

use super::shapes;
use utoipa::ToSchema;

use super::{Day, Id, Month, Sentence};

shapes! {
    /// An item of the list; `state` is `ok`, `missing` or `lapsed`.
    ReadinessLine {
        item: String, name: Sentence, state: String, state_label: Sentence, basis: String, needed: bool,
        remarks: Vec<Sentence>,
    }
    /// An exception in force.
    ExceptionReport { starts_on: Day, ends_on: Day, reason: String, asked_by: String, approved_by: String }
    /// A paper that is kept.
    PaperItem {
        id: Id, of: String, subject: Id, media_type: String, bytes: i64, sha256: String, added_by: String,
    }
    /// A clause on file.
    ClauseOnFile { kind: String, number: String, text: String }
    /// The contract in force.
    ContractPaper {
        id: Id, name: String, number: String, kind: String, starts_on: Day, ends_on: Option<Day>, filing: String,
        filing_label: Sentence, clauses: Vec<ClauseOnFile>,
    }
    /// A public display.
    DisplayOnFile { id: Id, what: String, place: String, displayed_on: Day }
    /// What was done about a promise in a period.
    EvidenceOnFile { id: Id, period: Month, result: String, remark: String, recorded_by: String }
    /// A service promise.
    PromiseOnFile {
        id: Id, kind: String, what: String, measure: String, every: String, clause: String, starts_on: Day,
        ends_on: Option<Day>, due_period: Option<Month>, due_result: Option<String>, evidence: Vec<EvidenceOnFile>,
    }
    /// A rule of the place.
    RegionRule { region: String, topic: String, rule: Sentence, source: String, edition: String }
    /// What is on file, what is missing, and whether formal steps wait.
    ReadinessReport {
        as_of: Day, lines: Vec<ReadinessLine>, complete: bool, formal_waits: bool, exception: Option<ExceptionReport>,
        contract: Option<ContractPaper>, displays: Vec<DisplayOnFile>, promises: Vec<PromiseOnFile>,
        papers: Vec<PaperItem>, region: String, rules: Vec<RegionRule>,
    }
}

//! 分期缴费协议: the agreement of a plan as both sides sign it: the charges with their own due dates, the instalments, what the late fee
//! does, what happens on default, and the acknowledgement of the debt (民法典 195).

use chrono::NaiveDate;
use hemu_domain::Fen;
use hemu_domain::collection::plan::{Instalment, PlanLine, PlanTerms};
use hemu_domain::money_in_words::money_in_words;
use serde::Serialize;

use super::{DocumentError, Rendered, render, template};

/// Everything the agreement prints.
#[derive(Clone, Debug)]
pub struct PlanAgreement {
    /// The number of the case.
    pub case: String,
    /// The property company.
    pub company: String,
    /// The community.
    pub community: String,
    /// The payer.
    pub owner: String,
    /// The charges, oldest first.
    pub lines: Vec<PlanLine>,
    /// The parts.
    pub schedule: Vec<Instalment>,
    /// What is agreed beside the dates.
    pub terms: PlanTerms,
    /// The day of the paper: that of the agreement, or of the offer.
    pub dated: NaiveDate,
    /// Whether the owner has agreed to it; until then the paper says that it is a proposal.
    pub agreed: bool,
    /// The last day to agree to it.
    pub lapses_on: NaiveDate,
    /// Days without contact after a default.
    pub cool_off_days: i64,
    /// Whom to ask.
    pub contact: String,
}

#[derive(Serialize)]
struct Sheet<'a> {
    case: &'a str,
    company: &'a str,
    community: &'a str,
    owner: &'a str,
    contact: &'a str,
    units: String,
    dated: String,
    agreed: bool,
    lapses_on: String,
    rows: Vec<[String; 5]>,
    principal: String,
    late_fee: String,
    with_late_fee: bool,
    total: String,
    total_in_words: String,
    parts: Vec<[String; 3]>,
    last_day: String,
    late_fee_rests: bool,
    misses: i64,
    grace_days: i64,
    cool_off_days: i64,
}

impl PlanAgreement {
    /// The PDF.
    ///
    /// # Errors
    /// [`DocumentError`] for a fault of the template.
    pub fn render(&self) -> Result<Rendered, DocumentError> {
        render(template!("agreement.typ"), &self.sheet(), self.dated)
    }

    fn sheet(&self) -> Sheet<'_> {
        let principal: Fen = self.lines.iter().map(|line| line.open).sum();
        let late_fee: Fen = self.lines.iter().map(|line| line.late_fee).sum();
        let mut units: Vec<&str> = self.lines.iter().map(|line| line.unit.as_str()).collect();
        units.sort_unstable();
        units.dedup();
        let row = |line: &PlanLine| {
            let item = if units.len() > 1 { format!("{} {}", line.unit, line.item) } else { line.item.clone() };
            [line.period.to_string(), item, line.due_on.to_string(), line.open.grouped(), line.late_fee.grouped()]
        };
        let part = |(at, one): (usize, &Instalment)| {
            [format!("第 {} 期", at + 1), one.due_on.to_string(), one.amount.grouped()]
        };
        Sheet {
            case: &self.case,
            company: &self.company,
            community: &self.community,
            owner: &self.owner,
            contact: &self.contact,
            units: units.join("、"),
            dated: self.dated.to_string(),
            agreed: self.agreed,
            lapses_on: self.lapses_on.to_string(),
            rows: self.lines.iter().map(row).collect(),
            principal: principal.grouped(),
            late_fee: late_fee.grouped(),
            with_late_fee: late_fee.is_positive(),
            total: (principal + late_fee).grouped(),
            total_in_words: money_in_words(principal + late_fee),
            parts: self.schedule.iter().enumerate().map(part).collect(),
            last_day: self.schedule.last().map(|one| one.due_on.to_string()).unwrap_or_default(),
            late_fee_rests: self.terms.late_fee_rests,
            misses: self.terms.misses,
            grace_days: self.terms.grace_days,
            cool_off_days: self.cool_off_days,
        }
    }
}

//! 催缴通知书: the formal demand (民法典 944): what is owed, why, until when, what follows, whom to ask.

use chrono::NaiveDate;
use hemu_domain::money_in_words::money_in_words;
use hemu_domain::{Fen, Period};
use serde::{Deserialize, Serialize};

use super::{DocumentError, Rendered, Set, render, template};

/// Everything the letter prints.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DemandNotice {
    /// Its number; a draft has none and says so on every page.
    pub number: Option<String>,
    /// The property company.
    pub company: String,
    /// The community.
    pub community: String,
    /// The addressee.
    pub owner: String,
    /// The unit.
    pub unit: String,
    /// The contract's name.
    pub contract: String,
    /// The clauses the fee rests on; may be empty.
    pub clause: String,
    /// The day the figures hold for, and of the letter.
    pub as_of: NaiveDate,
    /// The last day to pay.
    pub pay_by: NaiveDate,
    /// What is owed, oldest first.
    pub lines: Vec<DemandLine>,
    /// The late-fee clause; without one no late fee is printed (民法典 585).
    pub late_fee_terms: Option<LateFeeTerms>,
    /// How to pay.
    pub how_to_pay: String,
    /// Whom to ask or to object to.
    pub contact: String,
    /// Whether the addressee pays as a tenant.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_tenant: bool,
    /// Who is liable beside the addressee: the owners of a tenant's unit, or co-owners.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub liable: Vec<String>,
}

/// One charge of the letter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DemandLine {
    /// The fee item.
    pub item: String,
    /// The month.
    pub period: Period,
    /// When it was due.
    pub due_on: NaiveDate,
    /// Open principal.
    pub principal: Fen,
    /// Days overdue.
    pub days: i64,
    /// Late fee as of the letter.
    pub late_fee: Fen,
    /// How the amount came to be.
    pub formula: String,
}

/// The late-fee clause as the letter prints it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LateFeeTerms {
    /// Rate per day in percent, such as `0.05`; empty where there is none.
    pub percent_per_day: String,
    /// How many times the one-year LPR, where a clause says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lpr_multiple: Option<String>,
    /// Whether it runs from the end of the days of grace, not from the due day.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub after_grace: bool,
}

#[derive(Serialize)]
struct Sheet<'a> {
    #[serde(flatten)]
    notice: &'a DemandNotice,
    /// The first and the last month owed.
    from: String,
    to: String,
    principal: String,
    late_fee: String,
    total: String,
    total_in_words: String,
    /// In what way the addressee and others are liable; empty when nobody else is.
    liability: String,
    rows: Vec<Row<'a>>,
    /// Sums by fee item, in the order of the lines.
    items: Vec<ItemSum<'a>>,
}

#[derive(Serialize)]
struct Row<'a> {
    item: &'a str,
    formula: &'a str,
    period: String,
    due_on: String,
    days: String,
    principal: String,
    late_fee: String,
}

#[derive(Serialize)]
struct ItemSum<'a> {
    item: &'a str,
    principal: String,
    late_fee: String,
}

impl DemandNotice {
    /// Sum of the open principal.
    #[must_use]
    pub fn principal(&self) -> Fen {
        self.lines.iter().map(|line| line.principal).sum()
    }

    /// Sum of the late fees; zero without a clause, whatever the lines say, since none is printed then (民法典 585).
    #[must_use]
    pub fn late_fee(&self) -> Fen {
        match self.late_fee_terms {
            Some(_) => self.lines.iter().map(|line| line.late_fee).sum(),
            None => Fen::ZERO,
        }
    }

    /// The PDF.
    ///
    /// # Errors
    /// [`DocumentError`] for a fault of the template.
    pub fn render(&self) -> Result<Rendered, DocumentError> {
        render(template!("demand.typ"), &self.sheet(), self.as_of)
    }

    /// Template and data, for whoever measures typst alone.
    pub(crate) fn set(&self) -> Result<Set, DocumentError> {
        Set::new(template!("demand.typ"), &self.sheet(), self.as_of)
    }

    fn sheet(&self) -> Sheet<'_> {
        let total = self.principal() + self.late_fee();
        let periods = || self.lines.iter().map(|line| line.period);
        let month = |period: Option<Period>| period.map(|period| period.to_string()).unwrap_or_default();
        Sheet {
            notice: self,
            from: month(periods().min()),
            to: month(periods().max()),
            principal: self.principal().grouped(),
            late_fee: self.late_fee().grouped(),
            total: total.grouped(),
            total_in_words: money_in_words(total),
            liability: self.liability(),
            rows: self.lines.iter().map(Row::of).collect(),
            items: self.items(),
        }
    }

    fn liability(&self) -> String {
        let names = self.liable.join("、");
        match (self.liable.is_empty(), self.is_tenant) {
            (true, _) => String::new(),
            (false, true) => format!(
                "您按约定缴纳该房屋的物业费用；依照《物业管理条例》第四十一条，业主{names}对上述费用负连带交纳责任。"
            ),
            (false, false) => {
                format!("依照《中华人民共和国民法典》第三百零七条，共有人{names}与您就上述费用承担连带责任。")
            }
        }
    }

    fn items(&self) -> Vec<ItemSum<'_>> {
        let mut sums: Vec<(&str, Fen, Fen)> = Vec::new();
        for line in &self.lines {
            match sums.iter_mut().find(|(item, _, _)| *item == line.item) {
                Some((_, principal, late_fee)) => {
                    *principal += line.principal;
                    *late_fee += line.late_fee;
                }
                None => sums.push((&line.item, line.principal, line.late_fee)),
            }
        }
        let sum = |(item, principal, late_fee): (_, Fen, Fen)| ItemSum {
            item,
            principal: principal.grouped(),
            late_fee: late_fee.grouped(),
        };
        sums.into_iter().map(sum).collect()
    }
}

impl<'a> Row<'a> {
    fn of(line: &'a DemandLine) -> Self {
        Self {
            item: &line.item,
            formula: &line.formula,
            period: line.period.to_string(),
            due_on: line.due_on.to_string(),
            days: line.days.to_string(),
            principal: line.principal.grouped(),
            late_fee: line.late_fee.grouped(),
        }
    }
}

//! May we collect at all? What a community has on file before anybody is asked formally (前期准备, A1-A3, A5).
//!
//! [`check`] goes through what is recorded and says of each item whether it is there, is missing, or has lapsed: a contract whose
//! term is over, a display older than the price in force, a promise nobody wrote anything about for its last period. While an item
//! of A1 to A3 is not there, formal steps wait (B3 onward), unless two people have agreed on an exception that ends on a day.
//! Reminders and conversations go on. The rules of the place (A5) are shown and stop nothing.
//!
//! A period counts as over for ten days longer than it lasts, so that what was done in it can be written down.

mod papers;
mod periods;
pub mod region;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

pub use self::papers::{ContractPaper, FilingState, PaperType, Papers, PromisePaper, Shown};
pub use self::periods::{Every, PromiseKind, PromiseResult, last_period_due, period_of};
use crate::Text;
use crate::words::words;

words!(
    /// Something a community has on file.
    Item {
        /// The service contract (A1).
        Contract = "contract", "物业服务合同", "service contract";
        /// Its clauses (A1).
        Clauses = "clauses", "合同条款", "clauses of the contract";
        /// Its signed scan (A1).
        Scan = "scan", "合同签字扫描件", "signed scan of the contract";
        /// Whether it is filed with the authority (A1).
        Filing = "filing", "合同备案情况", "filing of the contract";
        /// The public display of fee standards (A2).
        Display = "display", "收费标准公示", "public display of the fee standards";
        /// What the contract promises (A3).
        Promises = "promises", "服务承诺", "service promises";
        /// What was done about it (A3).
        Evidence = "evidence", "承诺履行情况", "what was done about the promises";
        /// The rules of the place (A5).
        Region = "region", "当地规定", "rules of the place";
    }
);

impl Item {
    /// What it rests on: the requirement and the article.
    #[must_use]
    pub const fn basis(self) -> &'static str {
        match self {
            Self::Contract | Self::Clauses | Self::Scan => "A1 · 民法典 938",
            Self::Filing => "A1 · 民法典 938 · 物业管理条例 26",
            Self::Display => "A2 · 民法典 943",
            Self::Promises | Self::Evidence => "A3 · 民法典 938、942、943",
            Self::Region => "A5",
        }
    }

    /// Whether formal steps wait while it is not there.
    #[must_use]
    pub const fn is_needed(self) -> bool {
        !matches!(self, Self::Region)
    }
}

words!(
    /// How an item stands.
    ItemState {
        /// It is there.
        Ok = "ok", "齐备", "there";
        /// It is not there.
        Missing = "missing", "缺少", "missing";
        /// It was there, and holds no longer.
        Lapsed = "lapsed", "已过期", "lapsed";
    }
);

/// An item of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckLine {
    /// Which.
    pub item: Item,
    /// How it stands.
    pub state: ItemState,
    /// What is missing of it, or what was not done as promised.
    pub remarks: Vec<Text>,
}

impl CheckLine {
    const fn there(item: Item) -> Self {
        Self { item, state: ItemState::Ok, remarks: Vec::new() }
    }

    fn not(item: Item, state: ItemState, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { item, state, remarks: vec![Text::new(zh, en)] }
    }
}

/// Whether formal steps wait: something of A1 to A3 is not there.
#[must_use]
pub fn is_incomplete(lines: &[CheckLine]) -> bool {
    lines.iter().any(|line| line.item.is_needed() && line.state != ItemState::Ok)
}

/// Goes through what is on file as of a day.
#[must_use]
pub fn check(papers: &Papers, on: NaiveDate) -> Vec<CheckLine> {
    vec![
        contract(papers, on),
        clauses(papers),
        scan(papers),
        filing(papers),
        display(papers),
        promises(papers, on),
        evidence(papers, on),
        rules_of_the_place(papers),
    ]
}

fn contract(papers: &Papers, on: NaiveDate) -> CheckLine {
    let item = Item::Contract;
    let Some(contract) = &papers.contract else {
        return CheckLine::not(item, ItemState::Missing, "没有合同", "there is no contract");
    };
    if contract.provisional {
        let (zh, en) = ("只有导入时的暂定合同", "there is only the provisional contract of an import");
        return CheckLine::not(item, ItemState::Missing, zh, en);
    }
    match contract.ends_on.filter(|end| *end < on) {
        Some(end) => {
            let zh = format!("合同于 {end} 到期；续签、或按民法典 948 登记为不定期");
            let en =
                format!("its term ended on {end}: renew it, or record that it goes on without a term (民法典 948)");
            CheckLine::not(item, ItemState::Lapsed, zh, en)
        }
        None => CheckLine::there(item),
    }
}

/// The clauses every contract has; one on late fees only where a late fee is charged (民法典 585).
const CLAUSES: [(&str, &str, &str); 5] = [
    ("fee_standard", "收费标准", "fee standard"),
    ("cycle", "收费周期", "cycle"),
    ("due", "缴费期限", "due day"),
    ("demand", "催告期限", "demand period"),
    ("dispute", "争议解决", "disputes"),
];

fn clauses(papers: &Papers) -> CheckLine {
    let recorded = papers.contract.as_ref();
    let has = |kind: &str| recorded.is_some_and(|contract| contract.clauses.iter().any(|one| one == kind));
    let late_fee = recorded.is_some_and(|contract| contract.has_late_fee).then_some(("late_fee", "违约金", "late fee"));
    let gaps: Vec<_> = CLAUSES.into_iter().chain(late_fee).filter(|(kind, _, _)| !has(kind)).collect();
    if gaps.is_empty() {
        return CheckLine::there(Item::Clauses);
    }
    let list = |word: fn(&(&'static str, &'static str, &'static str)) -> &'static str, between: &str| {
        gaps.iter().map(word).collect::<Vec<_>>().join(between)
    };
    let zh = format!("缺少条款：{}", list(|gap| gap.1, "、"));
    CheckLine::not(Item::Clauses, ItemState::Missing, zh, format!("clauses not recorded: {}", list(|gap| gap.2, ", ")))
}

fn scan(papers: &Papers) -> CheckLine {
    if papers.contract.as_ref().is_some_and(|contract| contract.has_scan) {
        return CheckLine::there(Item::Scan);
    }
    CheckLine::not(Item::Scan, ItemState::Missing, "没有签字合同的扫描件", "no scan of the signed contract")
}

fn filing(papers: &Papers) -> CheckLine {
    let state = papers.contract.as_ref().map_or(FilingState::Unknown, |contract| contract.filing);
    match state {
        FilingState::Unknown => {
            CheckLine::not(Item::Filing, ItemState::Missing, "备案情况未登记", "it is not recorded whether it is filed")
        }
        FilingState::Filed | FilingState::Pending | FilingState::NotRequired => CheckLine::there(Item::Filing),
    }
}

fn display(papers: &Papers) -> CheckLine {
    let item = Item::Display;
    let Some(shown) = papers.shown else {
        return CheckLine::not(item, ItemState::Missing, "没有公示记录", "no display is recorded");
    };
    if let Some(since) = papers.priced_since.filter(|since| shown.on < *since) {
        let on = shown.on;
        let zh = format!("最近一次公示是 {on}，早于 {since} 起的现行价格");
        let en = format!("it was last shown on {on}, before the price in force since {since}");
        return CheckLine::not(item, ItemState::Lapsed, zh, en);
    }
    if shown.has_photo {
        return CheckLine::there(item);
    }
    CheckLine::not(item, ItemState::Missing, "公示没有照片", "the display has no photo")
}

fn promises(papers: &Papers, on: NaiveDate) -> CheckLine {
    if papers.promises.iter().any(|promise| promise.is_in_force(on)) {
        return CheckLine::there(Item::Promises);
    }
    CheckLine::not(Item::Promises, ItemState::Missing, "没有登记服务承诺", "no service promise is recorded")
}

/// One period at a time: what nobody wrote about is a gap; what was done in part or not at all is told.
fn evidence(papers: &Papers, on: NaiveDate) -> CheckLine {
    let mut line = CheckLine::there(Item::Evidence);
    for promise in papers.promises.iter().filter(|promise| promise.is_in_force(on)) {
        let Some(period) = last_period_due(promise.every, promise.starts_on, on) else { continue };
        let what = &promise.what;
        let text = match promise.find_result(period) {
            Some(PromiseResult::Done) => continue,
            Some(result) => {
                let label = result.label();
                Text::new(
                    format!("{what}（{period} 起）：{}", label.zh),
                    format!("{what} (from {period}): {}", label.en),
                )
            }
            None => {
                line.state = ItemState::Lapsed;
                Text::new(
                    format!("{what}（{period} 起）没有履行记录"),
                    format!("{what}: nothing recorded for {period} on"),
                )
            }
        };
        line.remarks.push(text);
    }
    line
}

fn rules_of_the_place(papers: &Papers) -> CheckLine {
    if region::is_known(&papers.region) {
        return CheckLine::there(Item::Region);
    }
    let zh = "未选择所在地区，或没有该地区的规定：只按全国规定办理";
    CheckLine::not(
        Item::Region,
        ItemState::Missing,
        zh,
        "no region is set that is known: only national rules are shown",
    )
}

#[cfg(test)]
mod tests;

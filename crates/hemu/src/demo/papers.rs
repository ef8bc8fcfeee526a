//! What the example has on file before anybody is asked formally: the contract with its clauses and a blank page for its scan, the
//! display with a picture, promises with what was done about them month by month.

use chrono::NaiveDate;
use hemu_app::readiness::{
    ContractPapers, NewClause, NewEvidence, NewPromise, PaperOf, add_paper, add_promise, file_contract, record_clause,
    record_evidence, show_readiness,
};
use hemu_app::tariff::{NewDisplay, record_display};
use hemu_app::{Actor, App, Refusal};
use hemu_domain::Period;
use hemu_domain::ids::CommunityId;
use hemu_domain::readiness::{Every, FilingState, Item, ItemState, PromiseKind, PromiseResult};

/// A blank page: the example has no signed paper.
const BLANK_PAGE: &[u8] =
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n\
    3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";

/// Clauses: what about, number, wording.
const CLAUSES: [(&str, &str, &str); 5] = [
    ("fee_standard", "第七条", "物业服务费按建筑面积和收费标准逐月计收。"),
    ("cycle", "第八条", "按月出账。"),
    ("due", "第九条", "当月最后一日前缴清。"),
    ("demand", "第十三条", "逾期的，书面催告后给予十五日缴清。"),
    ("dispute", "第二十条", "协商不成的，向房屋所在地人民法院起诉。"),
];

/// Promises: about what, what, by what one sees it, how often, clause.
const PROMISES: [(PromiseKind, &str, &str, Every, &str); 3] = [
    (PromiseKind::Cleaning, "楼道每日清扫、每周拖洗", "巡查表每日签字", Every::Month, "第三条"),
    (PromiseKind::Upkeep, "电梯每半月保养一次", "维保单位签字的保养记录", Every::Month, "第四条"),
    (PromiseKind::Greening, "草坪每季度修剪", "现场照片", Every::Quarter, "第三条"),
];

/// Puts on file what there is when the office opens.
///
/// # Errors
/// When a use case refuses.
pub fn put_on_file(app: &App, writer: &Actor, name: &str, community: CommunityId) -> Result<(), Refusal> {
    let papers = ContractPapers {
        name: format!("{name}物业服务合同"),
        number: "WY-2024-07".to_owned(),
        kind: "committee".to_owned(),
        ends_on: None,
        filing: FilingState::Filed,
    };
    file_contract(app, writer, community, &papers)?;
    for (kind, number, text) in CLAUSES {
        let new = NewClause { kind: kind.to_owned(), number: number.to_owned(), text: text.to_owned() };
        record_clause(app, writer, community, &new)?;
    }
    add_paper(app, writer, community, PaperOf::Contract, BLANK_PAGE)?;
    show_in_public(app, writer, name, community)?;
    let starts_on = Period::of(app.today()).first_day();
    for (kind, what, measure, every, clause) in PROMISES {
        let (what, measure, clause) = (what.to_owned(), measure.to_owned(), clause.to_owned());
        let new = NewPromise { kind, what, measure, every, clause, starts_on };
        add_promise(app, writer, community, &new)?;
    }
    Ok(())
}

/// The fee standards hang where owners read them, with a picture of it.
///
/// # Errors
/// When a use case refuses.
fn show_in_public(app: &App, writer: &Actor, name: &str, community: CommunityId) -> Result<(), Refusal> {
    let (what, place) = ("物业服务收费标准".to_owned(), "小区公告栏".to_owned());
    let shown = NewDisplay { what, place, displayed_on: app.today() };
    let id = record_display(app, writer, name, &shown)?;
    add_paper(app, writer, community, PaperOf::Display(id), BLANK_PAGE).map(|_| ())
}

/// Early each month a new price is shown, and somebody writes what was done about the promises of the period before; now and then
/// not all of it was.
///
/// # Errors
/// When a use case refuses.
pub fn keep_up(
    app: &App,
    (writer, keeper): (&Actor, &Actor),
    (name, community): (&str, CommunityId),
    day: NaiveDate,
) -> Result<(), Refusal> {
    let last = Period::of(day).previous();
    let report = show_readiness(app, writer, community)?;
    if report.lines.iter().any(|line| line.item == Item::Display && line.state == ItemState::Lapsed) {
        show_in_public(app, writer, name, community)?;
    }
    for (place, promise) in report.promises.into_iter().enumerate() {
        let over = last.month().is_multiple_of(promise.every.months());
        if !over || promise.starts_on > last.first_day() {
            continue;
        }
        let in_part = (last.month() as usize + place).is_multiple_of(5);
        let (result, remark) = if in_part {
            (PromiseResult::Partly, "雨天少做两次，已于次周补做")
        } else {
            (PromiseResult::Done, "按计划完成")
        };
        let new = NewEvidence { promise: promise.id, period: last, result, remark: remark.to_owned() };
        record_evidence(app, keeper, community, &new)?;
    }
    Ok(())
}

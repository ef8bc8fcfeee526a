//! Letters as they are read on paper.

use hemu_documents::pdf::{BoardNotice, DemandLine, DemandNotice, LateFeeTerms};
use hemu_domain::outreach::wording::{Audience, check};
use hemu_domain::{Fen, Period};

use crate::paper::{assert_printed, pages, squeeze, text};

fn demand(lines: u32) -> DemandNotice {
    let line = |number: u32| {
        let period = Period::parse("2021-01").expect("a month").plus_months(number);
        DemandLine {
            item: "物业服务费".to_owned(),
            period,
            due_on: period.last_day(),
            principal: Fen::new(20_990),
            days: 100,
            late_fee: Fen::ZERO,
            formula: String::new(),
        }
    };
    DemandNotice {
        number: None,
        company: "翠湖物业服务有限公司".to_owned(),
        community: "翠湖花园".to_owned(),
        owner: "欧阳龑、#strong[王芳]".to_owned(),
        unit: "3-2-1502".to_owned(),
        contract: "物业服务合同".to_owned(),
        clause: "第八条".to_owned(),
        as_of: "2026-11-02".parse().expect("a day"),
        pay_by: "2026-11-17".parse().expect("a day"),
        lines: (0..lines).map(line).collect(),
        late_fee_terms: None,
        how_to_pay: "物业服务中心收费台".to_owned(),
        contact: "0571-88886666".to_owned(),
        is_tenant: false,
        liable: Vec::new(),
    }
}

#[test]
fn a_demand_states_amount_deadline_basis_and_how_to_object() {
    let text = text(&demand(3).render().expect("a letter").pdf);
    assert_printed(&text, &["催缴通知书", "欧阳龑、#strong[王芳]", "翠湖花园", "3-2-1502", "物业服务合同", "第八条"]);
    assert_printed(&text, &["2021-01至2021-03", "629.70", "陆佰贰拾玖元柒角整", "2026-11-17", "2026年11月2日"]);
    assert_printed(&text, &["第九百四十四条", "支付令", "提起诉讼", "异议", "0571-88886666", "收费台", "盖章", "草稿"]);
    assert!(!text.contains("违约金"), "no late fee without a clause");
}

#[test]
fn the_slip_has_room_for_every_proof_of_service() {
    let text = text(&demand(1).render().expect("a letter").pdf);
    let slip = ["送达回证", "受送达人", "送达地址", "留置", "邮件号", "签收人", "与受送达人关系", "身份证后四位"];
    assert_printed(&text, &slip);
    assert_printed(&text, &["签收时间", "拒收原因", "见证人", "送达人（两名）", "影像编号"]);
}

#[test]
fn a_late_fee_is_printed_with_its_clause_and_without_one_it_is_in_no_sum() {
    let mut letter = demand(1);
    letter.number = Some("CJ2026-000001".to_owned());
    letter.lines[0].late_fee = Fen::new(1_050);
    assert_eq!(letter.late_fee(), Fen::ZERO);
    assert!(!text(&letter.render().expect("a letter").pdf).contains("10.50"));
    letter.late_fee_terms =
        Some(LateFeeTerms { percent_per_day: "0.05".to_owned(), lpr_multiple: None, after_grace: false });
    let text = text(&letter.render().expect("a letter").pdf);
    assert_printed(&text, &["违约金", "10.50", "每日0.05%", "220.40", "CJ2026-000001", "不计复利"]);
    assert!(!text.contains("草稿"));
}

#[test]
fn several_fee_items_have_their_sums_and_a_formula_stands_below_its_item() {
    let mut letter = demand(3);
    letter.lines[2].item = "公摊电费".to_owned();
    letter.lines[0].formula = "89.32 ㎡ × 2.35 元 × 1 月".to_owned();
    let text = text(&letter.render().expect("a letter").pdf);
    assert_printed(&text, &["物业服务费小计419.80", "公摊电费小计209.90", "89.32㎡×2.35元×1月", "合计629.70"]);
}

#[test]
fn five_years_of_arrears_run_over_pages_with_their_heading() {
    let text = text(&demand(60).render().expect("a letter").pdf);
    assert_eq!(text.matches("费用项目").count(), 2, "the heading is repeated: {text}");
    assert_eq!(text.matches("209.90").count(), 60);
    assert!(pages(&text) == 3 && squeeze(&text).contains("第3页共3页"), "{text}");
}

#[test]
fn long_names_wrap_and_lose_no_character() {
    let mut letter = demand(2);
    letter.owner = "浙江翠湖湖畔商业运营管理与资产服务有限责任公司杭州第一分公司".repeat(3);
    letter.lines[0].item = "地下二层非机动车集中停放区域充电设施运行维护服务费".repeat(2);
    letter.clause = "第八条第二款、第九条、第十条第一款、第十一条".repeat(3);
    let text = squeeze(&text(&letter.render().expect("a letter").pdf));
    assert!(text.contains(&letter.owner) && text.contains(&letter.clause), "{text}");
    assert_eq!(text.matches("充电设施").count(), 2 + 2, "in its row and its sum");
}

#[test]
fn a_name_no_font_has_is_printed_as_its_code_and_the_paper_and_the_caller_are_told() {
    let mut letter = demand(1);
    letter.owner = "王𠮷、龑彧㛃𠅤".to_owned();
    let rendered = letter.render().expect("a letter");
    assert_eq!(rendered.unprintable, ['𠮷']);
    assert!(rendered.note().is_some_and(|note| note.zh.contains("U+20BB7") && note.en.contains("U+20BB7")));
    let printed = text(&rendered.pdf);
    assert_printed(&printed, &["王〔U+20BB7〕、龑彧㛃𠅤业主", "注：〔U+20BB7〕为字库未收的字"]);
    letter.owner = "王芳\u{200b}".to_owned();
    let rendered = letter.render().expect("a letter");
    assert!(rendered.unprintable.is_empty() && rendered.note().is_none());
    assert!(!text(&rendered.pdf).contains("字库"));
}

#[test]
fn a_demand_threatens_nothing_unlawful() {
    let mut letter = demand(3);
    letter.owner = "王芳".to_owned();
    let text = squeeze(&text(&letter.render().expect("a letter").pdf));
    let wording = check(Audience::Private, &text);
    assert!(wording.findings.iter().all(|finding| !finding.rule.prohibits()), "{:?}", wording.findings);
}

#[test]
fn the_same_letter_has_the_same_hash() {
    let (one, other) = (demand(3).render().expect("a letter"), demand(3).render().expect("a letter"));
    assert_eq!(one.sha256, other.sha256);
    assert_ne!(one.sha256, demand(4).render().expect("a letter").sha256);
}

#[test]
fn a_board_notice_names_nobody() {
    let notice = BoardNotice {
        number: "GG2026-000001".to_owned(),
        company: String::new(),
        community: "翠湖花园".to_owned(),
        place: "3 栋 2 单元".to_owned(),
        how_to_pay: "物业服务中心收费台。".to_owned(),
        hotline: "服务热线 0571-88886666".to_owned(),
        dated: "2026-11-02".parse().expect("a day"),
    };
    let text = text(&notice.render().expect("a notice").pdf);
    assert_printed(
        &text,
        &["温馨提示", "3栋2单元", "收费台。", "0571-88886666", "翠湖花园物业服务中心", "2026年11月2日"],
    );
    assert!(!text.contains("。。") && pages(&text) == 1);
    let wording = check(Audience::Public, &text);
    assert!(wording.allowed, "{:?}\n{text}", wording.findings);
}

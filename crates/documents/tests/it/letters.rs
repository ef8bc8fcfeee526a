//! Letters as they are read on paper.

use std::io::Write as _;
use std::process::{Command, Stdio};

use hemu_documents::pdf::{BoardNotice, DemandLine, DemandNotice, LateFeeTerms};
use hemu_domain::{Fen, Period};

fn text(pdf: &[u8]) -> String {
    let mut child = Command::new("pdftotext")
        .args(["-layout", "-", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("pdftotext, of poppler-utils, is installed");
    child.stdin.take().expect("a pipe").write_all(pdf).expect("writes");
    String::from_utf8(child.wait_with_output().expect("ends").stdout).expect("text")
}

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
    }
}

#[test]
fn a_demand_states_amount_deadline_basis_and_how_to_object() {
    let letter = demand(3);
    let text = text(&letter.render().expect("a letter").pdf);
    for part in ["催缴通知书", "629.70", "陆佰贰拾玖元柒角", "2026-11-17", "第九百四十四条", "异议", "送达回证", "草稿"]
    {
        assert!(text.contains(part), "{part}\n{text}");
    }
    assert!(!text.contains("违约金"), "no late fee without a clause");
    assert!(text.contains("#strong[王芳]"), "a name is text, never markup");
}

#[test]
fn a_late_fee_is_printed_with_its_clause() {
    let mut letter = demand(1);
    letter.number = Some("CJ2026-000001".to_owned());
    letter.late_fee_terms = Some(LateFeeTerms { percent_per_day: "0.05".to_owned() });
    letter.lines[0].late_fee = Fen::new(1_050);
    let text = text(&letter.render().expect("a letter").pdf);
    for part in ["违约金", "10.50", "0.05%", "220.40", "CJ2026-000001"] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    assert!(!text.contains("草稿"));
}

#[test]
fn five_years_of_arrears_run_over_pages_with_their_heading() {
    let text = text(&demand(60).render().expect("a letter").pdf);
    assert!(text.matches("费用项目").count() >= 2, "the heading is repeated");
    assert!(text.contains("2025-12"));
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
        how_to_pay: "物业服务中心收费台".to_owned(),
        hotline: "服务热线 0571-88886666".to_owned(),
        dated: "2026-11-02".parse().expect("a day"),
    };
    let text = text(&notice.render().expect("a notice").pdf);
    assert!(text.contains("温馨提示") && text.contains("3 栋 2 单元"));
    let wording = hemu_domain::outreach::wording::check(hemu_domain::outreach::wording::Audience::Public, &text);
    assert!(wording.allowed, "{:?}\n{text}", wording.findings);
}

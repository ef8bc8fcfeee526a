//! The agreement of a plan as it is read on paper.

use hemu_documents::pdf::PlanAgreement;
use hemu_domain::collection::plan::{Every, PlanLine, PlanTerms, spread};
use hemu_domain::ids::ChargeId;
use hemu_domain::outreach::wording::{Audience, check};
use hemu_domain::{Fen, Period, UnitLabel};

use crate::paper::{assert_printed, squeeze, text};

fn agreement(late_fee: i64, late_fee_rests: bool) -> PlanAgreement {
    let line = |month: u32| PlanLine {
        charge: ChargeId::parse("019aa6a2-7f04-7b11-8d2c-51d7f4a1c001").expect("an id"),
        unit: UnitLabel::parse("3-2-1502").expect("a unit"),
        item: "物业服务费".to_owned(),
        period: Period::parse("2026-04").expect("a month").plus_months(month),
        due_on: Period::parse("2026-04").expect("a month").plus_months(month).last_day(),
        open: Fen::new(20_990),
        late_fee: Fen::new(late_fee),
    };
    let lines: Vec<PlanLine> = (0..3).map(line).collect();
    let total = lines.iter().map(|line| line.open + line.late_fee).sum();
    let first = "2026-11-20".parse().expect("a day");
    PlanAgreement {
        case: "C-000012".to_owned(),
        company: "翠湖物业服务有限公司".to_owned(),
        community: "翠湖花园".to_owned(),
        owner: "欧阳龑、#strong[王芳]".to_owned(),
        lines,
        schedule: spread(total, 3, (first, Every::Months(1))).expect("parts"),
        terms: PlanTerms { grace_days: 7, late_fee_rests, misses: 1 },
        dated: "2026-11-02".parse().expect("a day"),
        agreed: true,
        lapses_on: "2026-11-09".parse().expect("a day"),
        cool_off_days: 7,
        contact: "0571-88886666。".to_owned(),
    }
}

#[test]
fn an_agreement_states_the_debt_the_parts_both_dates_and_the_acknowledgement() {
    let printed = text(&agreement(0, true).render().expect("a paper").pdf);
    assert_printed(&printed, &["分期缴纳协议", "欧阳龑、#strong[王芳]", "翠湖花园", "3-2-1502", "C-000012"]);
    assert_printed(&printed, &["2026-04-30", "原到期日", "629.70", "陆佰贰拾玖元柒角整"]);
    assert_printed(&printed, &["第1期", "2026-11-20", "209.90", "第3期", "2027-01-20"]);
    assert_printed(&printed, &["第一百九十五条", "应当先行通知", "7日内补缴", "不计违约金", "签名", "盖章"]);
    assert!(!printed.contains("方案，乙方于"), "it is agreed");
}

#[test]
fn a_late_fee_is_a_column_only_where_it_is_in_the_plan() {
    let with_fee = text(&agreement(150, false).render().expect("a paper").pdf);
    assert_printed(&with_fee, &["违约金（元）", "1.50", "634.20", "依合同约定计算"]);
    assert!(!text(&agreement(0, false).render().expect("a paper").pdf).contains("违约金（元）"));
}

#[test]
fn an_offer_says_that_it_waits_for_the_owner() {
    let offer = PlanAgreement { agreed: false, ..agreement(0, false) };
    assert_printed(&text(&offer.render().expect("a paper").pdf), &["2026-11-09", "同意后生效"]);
}

#[test]
fn an_agreement_threatens_nothing_unlawful() {
    let paper = PlanAgreement { owner: "王芳".to_owned(), ..agreement(0, true) };
    let wording = check(Audience::Private, &squeeze(&text(&paper.render().expect("a paper").pdf)));
    assert!(wording.findings.iter().all(|finding| !finding.rule.prohibits()), "{:?}", wording.findings);
}

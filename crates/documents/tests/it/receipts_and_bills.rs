//! Receipts and bills as they are read on paper.

use hemu_documents::pdf::{BillLine, BillSheet, Paper, Receipt, ReceiptLine};
use hemu_domain::{Fen, Period};

use crate::paper::{assert_printed, pages, squeeze, text};

fn receipt(lines: u32) -> Receipt {
    let line = |number: u32| ReceiptLine {
        item: "物业服务费".to_owned(),
        period: Period::parse("2024-01").expect("a month").plus_months(number),
        principal: Fen::new(20_990),
        late_fee: if number == 0 { Fen::new(1_050) } else { Fen::ZERO },
    };
    Receipt {
        number: "SJ2026-000012".to_owned(),
        company: "翠湖物业服务有限公司".to_owned(),
        community: "翠湖花园".to_owned(),
        unit: "3-2-1502".to_owned(),
        payer: "欧阳龑、#strong[王芳]".to_owned(),
        received_on: "2026-11-02".parse().expect("a day"),
        method: "微信".to_owned(),
        tenders: Vec::new(),
        rounded_off: Fen::ZERO,
        copy: String::new(),
        refund: false,
        cashier: "周敏".to_owned(),
        lines: (0..lines).map(line).collect(),
        prepaid: Fen::new(5_000),
        allocation_rule: "先到期的先抵充；同一笔先违约金后本金".to_owned(),
        remark: String::new(),
        reversed_on: None,
    }
}

#[test]
fn a_receipt_says_what_was_paid_for_what_and_by_which_rule_on_every_paper() {
    let receipt = receipt(3);
    assert_eq!(receipt.total(), Fen::new(69_020));
    for paper in [Paper::A5, Paper::A4, Paper::Roll80] {
        let text = text(&receipt.render(paper).expect("a receipt").pdf);
        let figures = ["209.90", "10.50", "50.00", "690.20", "陆佰玖拾元贰角整"];
        let words =
            ["SJ2026-000012", "3-2-1502", "微信", "周敏", "2024-03", "预存", "先到期的先抵充", "违约金", "不代替发票"];
        let who = ["欧阳龑、#strong[王芳]", "翠湖物业服务有限公司", "翠湖花园", "2026-11-02"];
        assert_printed(&text, &figures);
        assert_printed(&text, &words);
        assert_printed(&text, &who);
        assert_eq!(pages(&text), 1, "{text}");
        assert!(!text.contains("冲红"));
    }
}

#[test]
fn a_receipt_that_needs_two_half_sheets_fits_on_one_whole_sheet() {
    let long = receipt(16);
    let on = |paper| pages(&text(&long.render(paper).expect("a receipt").pdf));
    assert_eq!((on(Paper::A5), on(Paper::A4)), (2, 1));
    for paper in [Paper::A5, Paper::A4, Paper::Roll80] {
        assert_eq!(Paper::find(paper.word()), Some(paper));
    }
    assert_eq!(Paper::find("a3"), None);
}

#[test]
fn a_receipt_without_late_fee_or_prepayment_has_no_word_of_them() {
    let mut receipt = receipt(2);
    receipt.lines.remove(0);
    receipt.prepaid = Fen::ZERO;
    receipt.allocation_rule = String::new();
    for paper in [Paper::A5, Paper::A4, Paper::Roll80] {
        let text = text(&receipt.render(paper).expect("a receipt").pdf);
        assert_printed(&text, &["209.90", "贰佰零玖元玖角整"]);
        assert!(!text.contains("违约金") && !text.contains("预存") && !text.contains("抵充"), "{text}");
    }
}

#[test]
fn a_reversed_receipt_says_so_on_every_paper() {
    let receipt = Receipt { reversed_on: "2026-11-05".parse().ok(), ..receipt(1) };
    for paper in [Paper::A5, Paper::A4, Paper::Roll80] {
        assert_printed(&text(&receipt.render(paper).expect("a receipt").pdf), &["已于2026-11-05冲红"]);
    }
}

#[test]
fn many_lines_run_over_a5_pages_with_their_heading_and_down_one_long_roll() {
    let receipt = receipt(60);
    let half = text(&receipt.render(Paper::A5).expect("a receipt").pdf);
    assert!(pages(&half) > 2 && half.matches("费用项目").count() == pages(&half), "{half}");
    let roll = text(&receipt.render(Paper::Roll80).expect("a receipt").pdf);
    assert_eq!(pages(&roll), 1);
    assert_eq!(squeeze(&roll).matches("物业服务费2").count(), 60);
}

#[test]
fn the_same_receipt_has_the_same_hash_and_another_day_another() {
    let hash = |receipt: &Receipt, paper| receipt.render(paper).expect("a receipt").sha256;
    assert_eq!(hash(&receipt(3), Paper::A5), hash(&receipt(3), Paper::A5));
    assert_ne!(hash(&receipt(3), Paper::A5), hash(&receipt(3), Paper::Roll80));
    let later = Receipt { received_on: "2026-11-03".parse().expect("a day"), ..receipt(3) };
    assert_ne!(hash(&receipt(3), Paper::A5), hash(&later, Paper::A5));
}

fn line(item: &str, amount: i64, discount: i64) -> BillLine {
    BillLine {
        item: item.to_owned(),
        period: "2026-11".to_owned(),
        quantity: "89.32 ㎡".to_owned(),
        price: "2.35 元/㎡·月".to_owned(),
        formula: "89.32 ㎡ × 2.35 元 × 1 月".to_owned(),
        basis: "物业服务合同第八条".to_owned(),
        amount: Fen::new(amount),
        discount: Fen::new(discount),
    }
}

fn bill(number: &str, lines: Vec<BillLine>) -> BillSheet {
    BillSheet {
        number: number.to_owned(),
        company: "翠湖物业服务有限公司".to_owned(),
        credit_code: "91330100MA27XXXX0X".to_owned(),
        community: "翠湖花园".to_owned(),
        unit: "3-2-1502".to_owned(),
        payer: "郝娟、叶彧".to_owned(),
        period: Period::parse("2026-11").expect("a month"),
        issued_on: "2026-11-01".parse().expect("a day"),
        due_on: "2026-11-30".parse().expect("a day"),
        lines,
        owed_before: Fen::new(41_980),
        prepaid_used: Fen::new(10_000),
        how_to_pay: "物业服务中心收费台；账户 1202 0000 0000 0000".to_owned(),
        invoice_note: "凭收据在服务中心开具".to_owned(),
        hotline: "0571-88886666".to_owned(),
        steward: "管家周敏".to_owned(),
    }
}

#[test]
fn a_bill_explains_every_amount_and_adds_up() {
    let bill = bill("ZD202611-000001", vec![line("物业服务费", 20_990, 0), line("公摊电费", 1_234, 234)]);
    assert_eq!((bill.billed(), bill.to_pay()), (Fen::new(21_990), Fen::new(53_970)));
    let text = text(&bill.render().expect("a bill").pdf);
    assert_printed(
        &text,
        &["物业缴费通知单", "ZD202611-000001", "3-2-1502", "郝娟、叶彧", "2026-11-30", "2026年11月1日"],
    );
    assert_printed(&text, &["209.90", "12.34", "2.34", "10.00", "219.90", "419.80", "−100.00", "539.70"]);
    assert_printed(
        &text,
        // The explanation wraps in its cell, so its two halves stand apart in the text of the page.
        &["伍佰叁拾玖元柒角整", "89.32㎡×2.35元×1月；物业", "服务合同第八条", "减免", "往期未缴", "预存抵扣"],
    );
    assert_printed(&text, &["0571-88886666", "管家周敏", "1202 0000", "凭收据", "91330100MA27XXXX0X"]);
}

#[test]
fn a_bill_without_discount_arrears_or_prepayment_has_no_word_of_them() {
    let mut bill = bill("ZD202611-000001", vec![line("物业服务费", 20_990, 0)]);
    (bill.owed_before, bill.prepaid_used) = (Fen::ZERO, Fen::ZERO);
    let text = text(&bill.render().expect("a bill").pdf);
    assert_printed(&text, &["209.90", "贰佰零玖元玖角整"]);
    assert!(!text.contains("减免") && !text.contains("往期") && !text.contains("预存"), "{text}");
}

#[test]
fn bills_of_an_entrance_print_at_once_each_on_its_own_page() {
    let bills: Vec<BillSheet> =
        (1..=3).map(|number| bill(&format!("ZD202611-{number:06}"), vec![line("物业服务费", 20_990, 0)])).collect();
    let text = text(&BillSheet::render_all(&bills).expect("bills").pdf);
    assert_eq!(pages(&text), 3);
    for (page, bill) in text.split('\u{c}').zip(&bills) {
        assert!(page.contains(&bill.number) && page.contains("第 1 页"), "{page}");
    }
}

#[test]
fn a_bill_of_sixty_lines_repeats_its_heading_on_every_page() {
    let lines = (0..60).map(|number| line(&format!("费用{number}"), 100, 0)).collect();
    let text = text(&bill("ZD202611-000001", lines).render().expect("a bill").pdf);
    assert!(pages(&text) > 1 && text.matches("费用项目").count() >= pages(&text) - 1, "{text}");
}

#[test]
fn three_bills_fit_on_a_sheet_and_the_fourth_begins_another() {
    let bills = vec![bill("ZD202611-000001", vec![line("物业服务费", 20_990, 0)]); 4];
    let text = text(&BillSheet::render_thirds(&bills).expect("a paper").pdf);
    assert_eq!(pages(&text), 2, "{text}");
    assert_eq!(squeeze(&text).matches(&squeeze(&bills[0].number)).count(), 4);
    assert_printed(&text, &[&bills[0].to_pay().grouped(), &bills[0].unit, &bills[0].due_on.to_string()]);
}

#[test]
fn the_code_on_a_bill_names_the_bill_and_the_amount_and_nobody() {
    let bill = bill("ZD202611-000001", vec![line("物业服务费", 20_990, 0)]);
    let code = bill.code_text();
    assert!(code.contains(&bill.number) && code.contains(&bill.to_pay().to_string()), "{code}");
    assert!(!code.contains(&bill.payer), "{code}");
}

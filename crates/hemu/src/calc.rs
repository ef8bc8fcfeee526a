//! `hemu calc`: the calculators of the trade on the command line. They need no database.
//!
//! Each reads its options, calls the rule in `hemu-domain` and prints what the bill, the letter and the case page would show.
//! Input that makes no sense is refused with a sentence that says what, where and what to do.

mod arrears;
mod billing;
mod input;
mod payment;
mod wording;

use clap::{Args, Parser, Subcommand};
use hemu_app::Refusal;
use hemu_web::Calculation;
use serde_json::Value;

use crate::output::Output;

/// `hemu calc ...`
#[derive(Debug, Args)]
pub struct CalcArgs {
    #[command(subcommand)]
    calculator: Calculator,
}

#[derive(Debug, Subcommand)]
enum Calculator {
    /// 违约金 / Late fee of one charge, by the contract's rate or by LPR
    LateFee(arrears::LateFeeArgs),
    /// 抵充顺序 / How a payment is applied to debts (Civil Code 560, 561)
    Allocate(payment::AllocateArgs),
    /// 诉讼时效 / Until when a charge can be enforced
    Limitation(arrears::LimitationArgs),
    /// 期限 / The last day of a period, on a working day
    Deadline(arrears::DeadlineArgs),
    /// 账龄阶段 / The stage by age alone
    Stage(arrears::StageArgs),
    /// 诉讼费用 / What a court charges, an estimate
    CourtFee(payment::CourtFeeArgs),
    /// 交付当月 / Who pays the month of handover
    Prorate(billing::ProrateArgs),
    /// 公摊 / A shared cost, split to the fen
    Share(billing::ShareArgs),
    /// 价税分离 / Net and tax of a gross amount
    Vat(billing::VatArgs),
    /// 用语检查 / What a text may not say
    Wording(wording::WordingArgs),
}

/// Runs a calculator.
///
/// # Errors
/// [`Refusal::InvalidInput`] for input that makes no sense.
pub fn run(args: &CalcArgs) -> Result<Output, Refusal> {
    let answer = match &args.calculator {
        Calculator::LateFee(args) => arrears::late_fee(args),
        Calculator::Allocate(args) => payment::allocate(args),
        Calculator::Limitation(args) => arrears::limitation(args),
        Calculator::Deadline(args) => arrears::deadline(args),
        Calculator::Stage(args) => arrears::stage(args),
        Calculator::CourtFee(args) => payment::court_fee(args),
        Calculator::Prorate(args) => billing::prorate(args),
        Calculator::Share(args) => billing::share(args),
        Calculator::Vat(args) => billing::vat(args),
        Calculator::Wording(args) => wording::check(args),
    }?;
    let text = to_text(&answer, 0);
    Output::new(&answer, text)
}

/// A calculator called with the words of its command line, for the page of tools and the API: what it answers.
///
/// # Errors
/// [`Refusal::InvalidInput`] for input that makes no sense.
pub fn answer(words: &[String]) -> Result<Calculation, Refusal> {
    #[derive(Parser)]
    struct Call {
        #[command(flatten)]
        calc: CalcArgs,
    }
    let words = std::iter::once("calc").chain(words.iter().map(String::as_str));
    let call = Call::try_parse_from(words).map_err(|error| {
        let said = error.to_string();
        let first = said.lines().next().unwrap_or_default().trim_start_matches("error: ");
        Refusal::invalid("calc", format!("请检查填写的内容：{first}"), first)
    })?;
    let Output { json, text, .. } = run(&call.calc)?;
    Ok(Calculation { json, text })
}

/// The answer for people: one line per figure, lists indented.
fn to_text(value: &Value, depth: usize) -> String {
    let indent = "  ".repeat(depth);
    match value {
        Value::Object(fields) => fields.iter().map(|(key, value)| field_line(&indent, key, value, depth)).collect(),
        Value::Array(items) => items.iter().map(|item| item_lines(&indent, item, depth)).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => format!("{indent}{}\n", plain(value)),
    }
}

fn field_line(indent: &str, key: &str, value: &Value, depth: usize) -> String {
    let label = label(key);
    match value {
        Value::Array(items) if items.iter().any(Value::is_object) => {
            format!("{indent}{label}:\n{}", to_text(value, depth + 1))
        }
        Value::Array(items) => format!("{indent}{label}: {}\n", items.iter().map(plain).collect::<Vec<_>>().join(", ")),
        Value::Object(_) => format!("{indent}{label}:\n{}", to_text(value, depth + 1)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            format!("{indent}{label}: {}\n", plain(value))
        }
    }
}

/// One item of a list on one line.
fn item_lines(indent: &str, item: &Value, depth: usize) -> String {
    match item {
        Value::Object(fields) => {
            let cells: Vec<String> =
                fields.iter().map(|(key, value)| format!("{} {}", label(key), plain(value))).collect();
            format!("{indent}- {}\n", cells.join("; "))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => to_text(item, depth),
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null => "无 / none".to_owned(),
        Value::Bool(true) => "是 / yes".to_owned(),
        Value::Bool(false) => "否 / no".to_owned(),
        Value::String(text) => text.clone(),
        Value::Number(_) | Value::Array(_) | Value::Object(_) => value.to_string(),
    }
}

/// A key with its Chinese word.
fn label(key: &str) -> String {
    const WORDS: [(&str, &str); 38] = [
        ("acceptance", "案件受理费"),
        ("allocations", "抵充"),
        ("allowed", "可以发出"),
        ("amount", "金额"),
        ("annual_rate", "年利率"),
        ("base", "本金"),
        ("counted", "计入"),
        ("date", "日期"),
        ("days", "天数"),
        ("developer", "开发商承担"),
        ("enforcement", "执行费"),
        ("events", "事件"),
        ("expires", "时效届满日"),
        ("findings", "发现"),
        ("flags", "提示"),
        ("from", "起"),
        ("kind", "种类"),
        ("lapsed_on", "已于此日届满"),
        ("late_fee", "违约金"),
        ("lpr_percent", "LPR(%)"),
        ("net", "不含税"),
        ("nominal", "原届满日"),
        ("notes", "说明"),
        ("owner", "业主承担"),
        ("payment_order", "支付令费"),
        ("preservation", "保全费"),
        ("principal", "本金"),
        ("prohibited", "禁止"),
        ("rate", "年利率"),
        ("rule", "规则"),
        ("segments", "分段"),
        ("shares", "分摊"),
        ("stage", "阶段"),
        ("summary", "简易程序"),
        ("tax", "税额"),
        ("tentative", "待定"),
        ("to", "止"),
        ("unallocated", "未抵充"),
    ];
    WORDS.iter().find(|(name, _)| *name == key).map_or_else(|| key.to_owned(), |(_, word)| format!("{word} {key}"))
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use serde_json::json;

    use super::*;

    #[derive(Parser)]
    struct Call {
        #[command(flatten)]
        calc: CalcArgs,
    }

    fn call(line: &[&str]) -> Result<Output, Refusal> {
        let call = Call::try_parse_from(["hemu"].iter().chain(line)).expect("a call clap understands");
        run(&call.calc)
    }

    fn answer(line: &str) -> Value {
        call(&line.split(' ').collect::<Vec<_>>()).expect("an answer").json
    }

    fn refusal(line: &str) -> String {
        let refusal = call(&line.split(' ').collect::<Vec<_>>()).expect_err("a refusal");
        assert!(matches!(refusal, Refusal::InvalidInput { .. }), "{refusal}");
        refusal.text().en
    }

    fn file(content: &str) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().expect("a file");
        file.write_all(content.as_bytes()).expect("a written file");
        file
    }

    fn with_file(calculator: &str, content: &str) -> Result<Output, Refusal> {
        let file = file(content);
        call(&[calculator, file.path().to_str().expect("a path")])
    }

    #[test]
    fn late_fee_by_the_contract() {
        let fee = answer("late-fee --principal 810.00 --due 2025-03-31 --as-of 2025-12-31 --daily-rate 0.0003");
        assert_eq!(
            (&fee["days"], &fee["late_fee"], &fee["annual_rate"]),
            (&json!(275), &json!("66.83"), &json!("0.1095"))
        );
        assert_eq!(fee["flags"], json!(["likely_reduced"]));
        let capped = answer("late-fee --principal 810.00 --due 2024-01-31 --as-of 2025-12-31 --daily-rate 0.003");
        assert_eq!(capped["late_fee"], "810.00");
        let open = "late-fee --principal 810 --due 2024-01-31 --as-of 2025-12-31 --daily-rate 0.003 --cap-ratio none";
        assert_eq!(answer(open)["late_fee"], "1701.00");
        let grace = "late-fee --principal 810 --due 2025-01-31 --as-of 2025-02-10 --daily-rate 0.001 --grace-days 15";
        assert_eq!(answer(grace)["late_fee"], "0.00");
    }

    #[test]
    fn late_fee_by_lpr_shows_its_segments() {
        let fee = answer(
            "late-fee --principal 10000 --due 2025-03-31 --as-of 2025-06-30 --lpr-multiple 1.0 --payment 2025-06-10:4000",
        );
        let segments = fee["segments"].as_array().expect("segments");
        assert_eq!(segments.len(), 3);
        assert_eq!((&segments[0]["days"], &segments[0]["rate"]), (&json!(49), &json!("0.031")));
        assert_eq!((&segments[2]["base"], &segments[2]["days"]), (&json!("6000.00"), &json!(20)));
        assert_eq!((&fee["late_fee"], &fee["tentative"]), (&json!("69.56"), &json!(false)));
    }

    #[test]
    fn limitation_tells_every_event() {
        let told = "limitation --due 2022-06-30 --event part-payment:2025-01-20 --event message-delivered:2024-03-10";
        let told = answer(told);
        assert_eq!((&told["expires"], &told["tentative"]), (&json!("2028-01-20"), &json!(true)));
        assert_eq!(told["events"][0]["kind"], "message-delivered");
        assert_eq!(told["lapsed_on"], Value::Null);
        let pending = answer("limitation --due 2022-06-30 --event suit-filed:2024-01-01");
        assert_eq!(pending["expires"], Value::Null);
    }

    /// The document of the API has, for each calculator, exactly the members of its answers; those it need not have are optional.
    #[test]
    fn every_answer_is_the_one_the_api_documents() {
        let document = serde_json::to_value(hemu_web::api::document()).expect("a document");
        let calls = [
            ("LateFee", "late-fee --principal 810.00 --due 2025-03-31 --as-of 2025-12-31 --daily-rate 0.0003"),
            ("LateFee", "late-fee --principal 810.00 --due 2025-03-31 --as-of 2025-12-31 --lpr-multiple 1.0"),
            ("Limitation", "limitation --due 2022-06-30 --event suit-filed:2024-01-01"),
            ("Deadline", "deadline --from 2026-02-05 --days 15"),
            ("Stage", "stage --due 2025-11-30 --as-of 2025-12-31"),
            ("CourtFee", "court-fee --claim 12345.67"),
            ("Prorate", "prorate --area 100 --price 2.50 --handover 2025-03-18 --rule day-of --period 2025-03"),
            ("Vat", "vat --gross 106 --rate 0.06"),
            ("Wording", "wording --audience public --text 王某某3-2-1002欠810"),
        ];
        for (name, line) in calls {
            let schema = &document["components"]["schemas"][format!("{name}Answer")];
            let known = schema["properties"].as_object().unwrap_or_else(|| panic!("{name} is not documented"));
            let answer = answer(line);
            let answer = answer.as_object().expect("an object");
            assert!(answer.keys().all(|key| known.contains_key(key)), "{name}: {answer:?}");
            let required = schema["required"].as_array().expect("members").iter().filter_map(Value::as_str);
            assert!(required.clone().all(|key| answer.contains_key(key)), "{name}: {answer:?}");
        }
    }

    #[test]
    fn the_small_calculators() {
        assert_eq!(answer("deadline --from 2026-02-05 --days 15")["date"], "2026-02-24");
        assert_eq!(answer("stage --due 2025-11-30 --as-of 2025-12-31")["stage"], "conversation");
        assert_eq!(answer("court-fee --claim 12345.67")["payment_order"], "36.21");
        let split = answer("prorate --area 100 --price 2.50 --handover 2025-03-18 --rule day-of --period 2025-03");
        assert_eq!((&split["owner"], &split["developer"]), (&json!("112.90"), &json!("137.10")));
        let vat = answer("vat --gross 106 --rate 0.06");
        assert_eq!((&vat["net"], &vat["tax"]), (&json!("100.00"), &json!("6.00")));
        let notice = answer("wording --audience public --text 王某某3-2-1002欠810");
        assert_eq!(notice["allowed"], false);
    }

    #[test]
    fn a_payment_is_applied_from_a_file() {
        let debts = r#"{"policy":"principal_first","amount":"500.00","designated":[],"debts":[
            {"id":"P","principal":"810.00","late_fee":"0.00","due":"2025-06-30","daily_rate":"0"},
            {"id":"C","principal":300,"late_fee":0,"due":"2025-06-30","daily_rate":0}]}"#;
        let applied = with_file("allocate", debts).expect("an answer").json;
        let lines = json!([
            {"id":"C","late_fee":"0.00","principal":"135.14"}, {"id":"P","late_fee":"0.00","principal":"364.86"}
        ]);
        assert_eq!((&applied["allocations"], &applied["unallocated"]), (&lines, &json!("0.00")));
    }

    #[test]
    fn a_shared_cost_comes_from_a_file() {
        let units = r#"{"total":"100.00","method":"household","vacant_weight":"0.7",
            "units":[{"id":"1"},{"id":"2","vacant":true}]}"#;
        let shared = with_file("share", units).expect("an answer").json;
        assert_eq!(shared["shares"], json!([{"id":"1","amount":"58.82"},{"id":"2","amount":"41.18"}]));
    }

    #[test]
    fn a_file_that_makes_no_sense_is_refused_by_name() {
        let debt = |field: &str, value: &str| {
            let mut debt = json!({"id":"P","principal":"1.00","late_fee":"0.00","due":"2025-06-30","daily_rate":"0"});
            debt[field] = serde_json::from_str(value).expect("a value");
            json!({"policy":"principal_first","amount":"1.00","designated":[],"debts":[debt]}).to_string()
        };
        for (content, named) in [
            ("{".to_owned(), "not JSON"),
            (debt("principal", "\"-1\""), "principal"),
            (debt("principal", "1.005"), "principal"),
            (debt("due", "\"2025-02-30\""), "2025-02-30"),
            (debt("daily_rate", "\"x\""), "daily_rate"),
            (r#"{"policy":"mine","amount":"1","debts":[]}"#.to_owned(), "mine"),
            (r#"{"policy":"principal_first","amount":"0","debts":[]}"#.to_owned(), "amount"),
            (r#"{"policy":"principal_first","amount":"1","designated":["Z"],"debts":[]}"#.to_owned(), "Z"),
        ] {
            let refusal = with_file("allocate", &content).expect_err("a refusal").text().en;
            assert!(refusal.contains(named), "{refusal}");
        }
        for (content, named) in [
            (r#"{"total":"1","method":"area","units":[{"id":"1"}]}"#, "no area"),
            (r#"{"total":"1","method":"floor","units":[{"id":"1"}]}"#, "floor"),
            (r#"{"total":"1","method":"household","units":[]}"#, "at least one unit"),
            (r#"{"total":"1","method":"household","units":[{"id":"1"},{"id":"1"}]}"#, "twice"),
            (r#"{"total":"1","method":"household","vacant_weight":"2","units":[{"id":"1"}]}"#, "0 to 1"),
        ] {
            let refusal = with_file("share", content).expect_err("a refusal").text().en;
            assert!(refusal.contains(named), "{refusal}");
        }
    }

    #[test]
    fn an_option_that_makes_no_sense_is_refused_by_name() {
        for (line, named) in [
            ("late-fee --principal 810.005 --due 2025-03-31 --as-of 2025-12-31 --daily-rate 0.0003", "--principal"),
            ("late-fee --principal -1 --due 2025-03-31 --as-of 2025-12-31 --daily-rate 0.0003", "--principal"),
            ("late-fee --principal 2000000000 --due 2025-03-31 --as-of 2025-12-31 --daily-rate 0.0003", "--principal"),
            ("late-fee --principal 810 --due 1989-03-31 --as-of 2025-12-31 --daily-rate 0.0003", "--due"),
            ("late-fee --principal 810 --due 2025-3-1 --as-of 2025-12-31 --daily-rate 0.0003", "--due"),
            ("late-fee --principal 810 --due 2025-03-31 --as-of 2025-12-31", "--daily-rate"),
            ("late-fee --principal 810 --due 2025-03-31 --as-of 2025-12-31 --daily-rate 3", "--daily-rate"),
            ("late-fee --principal 810 --due 2025-03-31 --as-of 2025-12-31 --lpr-multiple 0", "--lpr-multiple"),
            ("late-fee --principal 810 --due 2025-03-31 --as-of 2025-12-31 --lpr-multiple 1 --basis 366", "--basis"),
            ("late-fee --principal 810 --due 2015-03-31 --as-of 2025-12-31 --lpr-multiple 1", "first LPR"),
            (
                "late-fee --principal 810 --due 2025-03-31 --as-of 2025-12-31 --daily-rate 0.001 --payment 9",
                "--payment",
            ),
            (
                "late-fee --principal 8 --due 2025-03-31 --as-of 2025-12-31 --daily-rate 0.001 --payment 2025-04-01:9",
                "more than",
            ),
            ("limitation --due 2025-03-31 --event letter:2025-04-01", "letter-served"),
            ("limitation --due 2025-03-31 --event poster", "KIND:DATE"),
            ("deadline --from 2026-02-05 --days 0", "--days"),
            ("deadline --from 2026-02-05 --days -3", "--days"),
            ("court-fee --claim 0", "--claim"),
            ("prorate --area 0 --price 2 --handover 2025-03-18 --rule day-of --period 2025-03", "--area"),
            ("prorate --area 9 --price 2 --handover 2025-03-18 --rule half --period 2025-03", "--rule"),
            ("prorate --area 9 --price 2 --handover 2025-03-18 --rule day-of --period 2025-3", "--period"),
            ("vat --gross 100 --rate 6", "--rate"),
            ("wording --audience owner --text 您好", "--audience"),
        ] {
            let sentence = refusal(line);
            assert!(sentence.contains(named), "{line}: {sentence}");
        }
    }

    #[test]
    fn people_read_lines() {
        let text = call(&["stage", "--due", "2025-11-30", "--as-of", "2025-12-31"]).expect("an answer").text;
        assert!(text.contains("阶段 stage: conversation"), "{text}");
    }
}

//! 工具: the calculators of the trade, the same as on the command line; nothing is stored.

use askama::Template;
use axum::Router;
use axum::routing::get;

use crate::fields::Posted;
use crate::reply::{Reply, page};
use crate::server::Web;
use crate::ui::{Menu, Ui};
use crate::visit::Visit;

/// The addresses of these pages.
pub fn routes() -> Router<Web> {
    Router::new().route("/tools", get(show).post(calculate))
}

/// How a field is filled in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A line of text: an amount, a rate, a number of days.
    Line,
    /// A day.
    Day,
    /// Several values, one a line; each becomes an option of its own.
    Lines,
    /// A JSON document in place of a file.
    Document,
    /// One of some words.
    OneOf(&'static [&'static str]),
}

/// A field of a calculator: its option, its names, how it is filled in, what stands there first.
struct Field(&'static str, &'static str, &'static str, Kind, &'static str);

/// A calculator: its command, its names, its fields.
struct Calculator {
    name: &'static str,
    zh: &'static str,
    en: &'static str,
    fields: &'static [Field],
}

const DEBTS: &str = r#"{"policy":"principal_first","amount":"500.00","designated":[],
"debts":[{"id":"2025-06","principal":"810.00","late_fee":"0.00","due":"2025-06-30","daily_rate":"0"}]}"#;
const UNITS: &str = r#"{"total":"100.00","method":"household","vacant_weight":"0.7",
"units":[{"id":"1-101"},{"id":"1-102","vacant":true}]}"#;

const CALCULATORS: [Calculator; 10] = [
    Calculator {
        name: "late-fee",
        zh: "违约金",
        en: "Late fee",
        fields: &[
            Field("principal", "本金（元）", "Principal (yuan)", Kind::Line, "810.00"),
            Field("due", "到期日", "Due", Kind::Day, "2025-03-31"),
            Field("as-of", "算到", "As of", Kind::Day, "2025-12-31"),
            Field(
                "daily-rate",
                "合同日费率（0.03% 写 0.0003）",
                "Rate per day (0.0003 for 0.03 %)",
                Kind::Line,
                "0.0003",
            ),
            Field("cap-ratio", "上限（本金倍数）", "Cap (times the principal)", Kind::Line, ""),
            Field("grace-days", "宽限天数", "Days of grace", Kind::Line, ""),
            Field("lpr-multiple", "按 LPR 的倍数（填了就按 LPR 分段）", "Times LPR (then by LPR)", Kind::Line, ""),
            Field("payment", "还款（每行 日期:金额）", "Payments (DATE:AMOUNT a line)", Kind::Lines, ""),
        ],
    },
    Calculator {
        name: "limitation",
        zh: "诉讼时效",
        en: "Limitation",
        fields: &[
            Field("due", "到期日", "Due", Kind::Day, "2022-06-30"),
            Field(
                "event",
                "事件（每行 种类:日期）",
                "Events (KIND:DATE a line)",
                Kind::Lines,
                "part-payment:2025-01-20",
            ),
            Field("as-of", "截至", "As of", Kind::Day, ""),
        ],
    },
    Calculator {
        name: "deadline",
        zh: "期限（遇节假日顺延）",
        en: "Deadline on a working day",
        fields: &[
            Field("from", "起算日（当天不算）", "From (not counted)", Kind::Day, "2026-02-05"),
            Field("days", "天数", "Days", Kind::Line, "15"),
        ],
    },
    Calculator {
        name: "stage",
        zh: "账龄阶段",
        en: "Stage by age",
        fields: &[
            Field("due", "到期日", "Due", Kind::Day, "2025-11-30"),
            Field("as-of", "截至", "As of", Kind::Day, "2025-12-31"),
        ],
    },
    Calculator {
        name: "court-fee",
        zh: "诉讼费用",
        en: "Court fees",
        fields: &[Field("claim", "标的额（元）", "Claim (yuan)", Kind::Line, "12345.67")],
    },
    Calculator {
        name: "allocate",
        zh: "抵充顺序",
        en: "Allocation of a payment",
        fields: &[Field("", "欠款和付款（JSON）", "Debts and payment (JSON)", Kind::Document, DEBTS)],
    },
    Calculator {
        name: "prorate",
        zh: "交付当月",
        en: "Month of handover",
        fields: &[
            Field("area", "面积（㎡）", "Area (m²)", Kind::Line, "100"),
            Field("price", "单价（元/㎡·月）", "Price (yuan/m²·month)", Kind::Line, "2.50"),
            Field("handover", "交付日", "Handover", Kind::Day, "2025-03-18"),
            Field("rule", "规则", "Rule", Kind::OneOf(&["month-after", "day-of"]), "month-after"),
            Field("period", "账期", "Month", Kind::Line, "2025-03"),
        ],
    },
    Calculator {
        name: "share",
        zh: "公摊",
        en: "Shared cost",
        fields: &[Field("", "总额和各户（JSON）", "Total and units (JSON)", Kind::Document, UNITS)],
    },
    Calculator {
        name: "vat",
        zh: "价税分离",
        en: "VAT",
        fields: &[
            Field("gross", "含税金额（元）", "Gross (yuan)", Kind::Line, "106"),
            Field("rate", "税率", "Rate", Kind::Line, "0.06"),
        ],
    },
    Calculator {
        name: "wording",
        zh: "用语检查",
        en: "Wording check",
        fields: &[
            Field("audience", "给谁看", "For whom", Kind::OneOf(&["private", "public"]), "private"),
            Field("text", "内容", "Text", Kind::Line, "您好，物业费账单已出，请核对。"),
        ],
    },
];

#[derive(Template)]
#[template(path = "tools.html")]
struct ToolsPage {
    ui: Ui,
    tools: Vec<Tool>,
}

/// A calculator as the page shows it.
struct Tool {
    name: &'static str,
    title: String,
    fields: Vec<Filled>,
    answer: Option<Result<String, String>>,
}

/// A field with what stands in it.
struct Filled {
    name: String,
    label: String,
    kind: Kind,
    value: String,
}

impl Filled {
    fn is_day(&self) -> bool {
        self.kind == Kind::Day
    }

    fn is_long(&self) -> bool {
        matches!(self.kind, Kind::Lines | Kind::Document)
    }

    fn choices(&self) -> &'static [&'static str] {
        match self.kind {
            Kind::OneOf(words) => words,
            Kind::Line | Kind::Day | Kind::Lines | Kind::Document => &[],
        }
    }
}

/// `GET /tools`
pub async fn show(visit: Visit) -> Reply {
    let ui = visit.ui(Menu::Tools, "工具", "Tools");
    render(ui, "", |field| field.4.to_owned(), None)
}

/// `POST /tools`: a form that is sent, since a text to check may name somebody and so does not belong into an address.
pub async fn calculate(posted: Posted<Visit>) -> Reply {
    let Posted { visit, fields } = posted;
    let ui = visit.ui(Menu::Tools, "工具", "Tools");
    let chosen = CALCULATORS.iter().find(|one| one.name == fields.text("calc"));
    let Some(calculator) = chosen else { return render(ui, "", |field| field.4.to_owned(), None) };
    let mut words = vec![calculator.name.to_owned()];
    for field in calculator.fields {
        words.extend(options(field, fields.text(&input_name(field))));
    }
    let answer = (visit.web.options.calculate)(&words).map(|one| one.text).map_err(|refusal| ui.text(&refusal.text()));
    render(ui, calculator.name, |field| fields.text(&input_name(field)).to_owned(), Some(answer))
}

fn input_name(field: &Field) -> String {
    if field.0.is_empty() { "document".to_owned() } else { field.0.to_owned() }
}

/// The words of the command line a field becomes.
fn options(field: &Field, typed: &str) -> Vec<String> {
    let lines = typed.lines().map(str::trim).filter(|line| !line.is_empty());
    match field.3 {
        _ if typed.is_empty() => Vec::new(),
        Kind::Document => vec![typed.to_owned()],
        Kind::Lines => lines.map(|line| format!("--{}={line}", field.0)).collect(),
        Kind::Line | Kind::Day | Kind::OneOf(_) => vec![format!("--{}={typed}", field.0)],
    }
}

fn render(ui: Ui, chosen: &str, value: impl Fn(&Field) -> String, answer: Option<Result<String, String>>) -> Reply {
    let locale = ui.locale;
    let mut answer = answer;
    let mut tool = |one: &Calculator| {
        let is_chosen = one.name == chosen;
        let filled = |field: &Field| Filled {
            name: input_name(field),
            label: ui.say(field.1, field.2).to_owned(),
            kind: field.3,
            value: if is_chosen { value(field) } else { field.4.to_owned() },
        };
        let fields = one.fields.iter().map(filled).collect();
        let answer = if is_chosen { answer.take() } else { None };
        Tool { name: one.name, title: ui.say(one.zh, one.en).to_owned(), fields, answer }
    };
    let tools = CALCULATORS.iter().map(&mut tool).collect();
    page(&ToolsPage { tools, ui }, locale)
}

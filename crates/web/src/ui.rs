//! What every page shows around its content: the language, who is signed in, the menu, the community.

use chrono::NaiveDate;
use hemu_app::Actor;
use hemu_app::collection::timeline::channel_words;
use hemu_app::collection::todo::task_name;
use hemu_app::registry::communities::CommunityReport;
use hemu_domain::arrears::late_fee::LateFeeFlag;
use hemu_domain::collection::decision::TraceLine;
use hemu_domain::ids::CommunityId;
use hemu_domain::staff::Permission;
use hemu_domain::{Area, Fen, Locale, Text};

use crate::words;

/// So many communities stand in the menu; a search leads to the others.
const COMMUNITIES_SHOWN: usize = 12;

/// A place of the menu, in its order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Menu {
    /// 工作台
    Workbench,
    /// 房产与业主
    Registry,
    /// 收费标准
    Tariff,
    /// 抄表
    Meters,
    /// 公摊
    SharedCosts,
    /// 账单
    Bills,
    /// 减免
    Reductions,
    /// 收费台
    Desk,
    /// 对账
    Bank,
    /// 欠费
    Arrears,
    /// 催缴
    Cases,
    /// 工单
    Service,
    /// 消息
    Messages,
    /// 函件与法务
    Letters,
    /// 审批
    Approvals,
    /// 月结
    Closing,
    /// 复盘与报表
    Review,
    /// 工具
    Tools,
    /// 设置
    Settings,
}

/// One entry of the menu.
pub struct MenuEntry {
    /// Which.
    pub menu: Menu,
    /// Where it leads.
    pub href: String,
    /// Its icon of the sprite.
    pub icon: &'static str,
    /// Its name.
    pub name: String,
}

/// The frame of a page.
pub struct Ui {
    /// The language.
    pub locale: Locale,
    /// Who is signed in.
    pub actor: Actor,
    /// What every form must bring.
    pub csrf: String,
    /// Today in China.
    pub today: NaiveDate,
    /// The community the page is about.
    pub community: Option<CommunityReport>,
    /// The community the menu leads to; on company pages the one the person came from.
    pub home: Option<CommunityReport>,
    /// Those the person works for.
    pub communities: Vec<CommunityReport>,
    /// Where in the menu the page is.
    pub menu: Menu,
    /// The title, without personal data.
    pub title: String,
    /// A sentence about what was just done.
    pub notice: Option<String>,
}

impl Ui {
    /// The text of the visitor's language.
    #[must_use]
    pub fn say<'a>(&self, zh: &'a str, en: &'a str) -> &'a str {
        match self.locale {
            Locale::Zh => zh,
            Locale::En => en,
        }
    }

    /// A text of the domain in the visitor's language.
    #[must_use]
    pub fn text(&self, text: &Text) -> String {
        text.in_locale(self.locale).to_owned()
    }

    /// Whether the visitor's role may do that: pages hide what it may not, the use case decides.
    #[must_use]
    pub fn may(&self, permission: Permission) -> bool {
        self.actor.role.may(permission)
    }

    /// A comma of the language.
    #[must_use]
    pub fn comma(&self) -> &'static str {
        if self.locale == Locale::Zh { "，" } else { ", " }
    }

    /// A colon of the language.
    #[must_use]
    pub fn colon(&self) -> &'static str {
        if self.locale == Locale::Zh { "：" } else { ": " }
    }

    /// A semicolon of the language.
    #[must_use]
    pub fn semicolon(&self) -> &'static str {
        if self.locale == Locale::Zh { "；" } else { "; " }
    }

    /// What the person is.
    #[must_use]
    pub fn role(&self) -> String {
        self.text(&self.actor.role.label())
    }

    /// The language tag of the page.
    #[must_use]
    pub fn lang(&self) -> &'static str {
        self.locale.as_str()
    }

    /// Whose page it is: what a phone keeps is for that account alone.
    #[must_use]
    pub fn account(&self) -> String {
        self.actor.staff_id.map(|id| id.to_string()).unwrap_or_default()
    }

    /// The address of an embedded file.
    #[must_use]
    pub fn asset(&self, path: &str) -> String {
        asset(path)
    }

    /// The address of an icon.
    #[must_use]
    pub fn icon(&self, name: &str) -> String {
        asset(&format!("vendor/tabler-icons/sprite.svg#ti-{name}"))
    }

    /// An address within the community: `here("arrears")`.
    #[must_use]
    pub fn here(&self, path: &str) -> String {
        self.community.as_ref().map_or_else(|| "/".to_owned(), |one| place(one.id, path))
    }

    /// The name of the community.
    #[must_use]
    pub fn community_name(&self) -> &str {
        self.community.as_ref().map_or("", |one| one.name.as_str())
    }

    /// The communities the menu shows by itself: this one, then the first by name.
    #[must_use]
    pub fn nearest(&self) -> Vec<&CommunityReport> {
        let home = self.home.as_ref().map(|one| one.id);
        let others = self.communities.iter().filter(|one| Some(one.id) != home);
        self.home.iter().chain(others).take(COMMUNITIES_SHOWN).collect()
    }

    /// The menu of the visitor's community.
    #[must_use]
    pub fn entries(&self) -> Vec<MenuEntry> {
        let of_community = [
            (Menu::Workbench, "", "home", "工作台", "Workbench"),
            (Menu::Registry, "units", "building-community", "房产与业主", "Units and owners"),
            (Menu::Tariff, "tariff", "file-text", "收费标准", "Fee standards"),
            (Menu::Meters, "meters", "list-check", "抄表", "Meters"),
            (Menu::SharedCosts, "shared-costs", "scale", "公摊", "Shared costs"),
            (Menu::Bills, "bills", "file-invoice", "账单", "Bills"),
            (Menu::Desk, "desk", "cash", "收费台", "Cash desk"),
            (Menu::Reductions, "reductions", "heart-handshake", "减免", "Reductions"),
            (Menu::Bank, "bank", "wallet", "对账", "Reconciliation"),
            (Menu::Arrears, "arrears", "alert-circle", "欠费", "Arrears"),
            (Menu::Cases, "cases", "phone", "催缴", "Collection"),
            (Menu::Service, "service", "tool", "工单", "Service orders"),
            (Menu::Messages, "messages", "message", "消息", "Messages"),
            (Menu::Letters, "letters", "mail", "函件与法务", "Letters and law"),
            (Menu::Closing, "closing", "calendar", "月结", "Month-end"),
            (Menu::Review, "review", "chart-bar", "复盘与报表", "Review and reports"),
        ];
        let entry = |(menu, path, icon, zh, en): (Menu, &str, &'static str, &str, &str)| MenuEntry {
            menu,
            href: self.home.as_ref().map_or_else(|| "/".to_owned(), |one| place(one.id, path)),
            icon,
            name: self.say(zh, en).to_owned(),
        };
        let mut entries = Vec::new();
        if self.home.is_some() {
            entries.extend(of_community.map(entry));
        }
        if self.home.is_some() && self.may(Permission::Approve) {
            entries.push(entry((Menu::Approvals, "approvals", "rosette-discount-check", "审批", "Approvals")));
        }
        let always = [
            (Menu::Tools, "/tools", "calculator", "工具", "Tools"),
            (Menu::Settings, "/settings", "settings", "设置", "Settings"),
        ];
        for (menu, href, icon, zh, en) in always {
            let href = self.home.as_ref().map_or_else(|| href.to_owned(), |one| format!("{href}?c={}", one.id));
            entries.push(MenuEntry { menu, href, icon, name: self.say(zh, en).to_owned() });
        }
        entries
    }

    /// A remark that was written in both languages, Chinese first, ` / ` between: the half of the visitor's language.
    #[must_use]
    pub fn half<'a>(&self, both: &'a str) -> &'a str {
        both.split_once(" / ").map_or(both, |(zh, en)| self.say(zh, en))
    }

    /// What whoever claims a late fee should know about its rate.
    #[must_use]
    pub fn late_fee_flag(&self, flag: &LateFeeFlag) -> &str {
        match flag {
            LateFeeFlag::LikelyReduced => self.say(
                "高于一年期 LPR 的 1.3 倍：对方请求时，法院很可能调低（合同编通则解释第六十五条）",
                "above 1.3 times the one-year LPR: a court is likely to reduce it if asked",
            ),
            LateFeeFlag::AboveFourLpr => self.say("高于一年期 LPR 的四倍", "above four times the one-year LPR"),
            LateFeeFlag::Above24Percent => self.say("高于年 24%", "above 24 % a year"),
            LateFeeFlag::WithinGrace => self.say("宽限期内", "within the days of grace"),
            LateFeeFlag::Capped => self.say("已达上限", "capped"),
        }
    }

    /// Yuan with thousands separated and two decimals.
    #[must_use]
    pub fn money(&self, amount: &Fen) -> String {
        amount.grouped()
    }

    /// What a building is called: `3 栋`, but 车位 as it is.
    #[must_use]
    pub fn building(&self, code: &str) -> String {
        let numbered = code.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if numbered && self.locale == Locale::Zh { format!("{code} 栋") } else { code.to_owned() }
    }

    /// An area in m² with two decimals.
    #[must_use]
    pub fn area(&self, area: Option<&Area>) -> String {
        area.map(|area| format!("{:.2}", area.to_decimal())).unwrap_or_default()
    }

    /// The name of a stage.
    #[must_use]
    pub fn stage(&self, stage: &str) -> String {
        hemu_domain::collection::policy::Stage::parse(stage).map_or_else(|word| word, |one| self.text(&one.label()))
    }

    /// When in the day a task fits.
    #[must_use]
    pub fn fitting(&self, time: &str) -> String {
        words::fitting(self.locale, time)
    }

    /// What a task is.
    #[must_use]
    pub fn task(&self, kind: &str) -> String {
        self.text(&task_name(kind))
    }

    /// A rule of a decision's trace: whether it let the case pass (`None` for what is only noted), its name, what it saw.
    #[must_use]
    pub fn rule(&self, line: &TraceLine) -> (Option<bool>, String, String) {
        let noted = matches!(line.rule.as_str(), "stage" | "limitation_guard" | "conditions" | "hold_effect")
            || line.rule == "step" && !line.passed;
        let passed = (!noted).then_some(line.passed);
        (passed, words::rule(self.locale, line), words::detail(self.locale, line))
    }

    /// The name of a message template.
    #[must_use]
    pub fn template(&self, key: &str) -> String {
        words::template(self.locale, key)
    }

    /// The name of a channel.
    #[must_use]
    pub fn channel(&self, word: &str) -> &'static str {
        let (zh, en) = channel_words(word);
        if self.locale == Locale::Zh { zh } else { en }
    }

    /// An age band in days.
    #[must_use]
    pub fn age(&self, band: &str) -> String {
        words::age(self.locale, band)
    }

    /// A word to choose from in a calculator.
    #[must_use]
    pub fn choice(&self, word: &str) -> String {
        words::choice(self.locale, word)
    }

    /// The badge colour of a letter's or message's state.
    #[must_use]
    pub fn state_colour(&self, state: &str) -> &'static str {
        match state {
            "served" | "delivered" | "read" => "bg-green-lt",
            "refused" | "returned" | "uncertain" => "bg-orange-lt",
            "failed_permanent" | "blocked" => "bg-red-lt",
            "issued" | "sent" => "bg-blue-lt",
            _ => "bg-secondary-lt",
        }
    }

    /// Why a message is where it is.
    #[must_use]
    pub fn reason(&self, word: &str) -> String {
        words::reason(self.locale, word)
    }

    /// A way of sharing a cost.
    #[must_use]
    pub fn share_method(&self, method: &str) -> String {
        words::share_method(self.locale, method)
    }

    /// A formula of a charge.
    #[must_use]
    pub fn formula(&self, formula: &str) -> String {
        words::formula(self.locale, formula)
    }

    /// The kind of a clause.
    #[must_use]
    pub fn clause(&self, kind: &str) -> String {
        words::clause(self.locale, kind)
    }

    /// An act of the audit trail.
    #[must_use]
    pub fn act(&self, act: &str) -> String {
        words::act(self.locale, act)
    }

    /// The badge colour of a stage.
    #[must_use]
    pub fn stage_colour(&self, stage: &str) -> &'static str {
        match stage {
            "reminder" => "bg-blue-lt",
            "conversation" => "bg-azure-lt",
            "demand" => "bg-orange-lt",
            "legal" => "bg-red-lt",
            _ => "bg-secondary-lt",
        }
    }
}

/// The address of a path within a community.
#[must_use]
pub fn place(community: CommunityId, path: &str) -> String {
    if path.is_empty() { format!("/c/{community}") } else { format!("/c/{community}/{path}") }
}

/// The address of an embedded file.
#[must_use]
pub fn asset(path: &str) -> String {
    format!("/assets/{}/{path}", env!("CARGO_PKG_VERSION"))
}

//! What to say (话术): lines by owner type, stage and channel, and cards for objections, with the facts of the case filled in (D1-D4).
//!
//! The book of scripts is data: `data/scripts.json` is its first edition, every change by the office is the next one. A line has a
//! part (opening, acknowledgement, facts...) and a scope (cause, stage, channel; what is left out holds for all). Of the lines that
//! fit a case the most specific is spoken: its cause weighs more than its stage, and that more than its channel; of what to avoid
//! and of coaching notes all that fit are shown. So there is a script for every cause, stage and channel, and few lines to keep.
//!
//! Every script listens and acknowledges before it names a figure, offers a choice, and ends with a date and a person. None of
//! them presses, compares with neighbours or promises what only the developer can do.

use std::sync::OnceLock;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::collection::classification::Cause;
use crate::collection::policy::Stage;
use crate::outreach::wording::{Audience, Finding, check};
use crate::words::words;
use crate::{Fen, Text};

words!(
    /// A part of a script, in the order in which it is spoken.
    ScriptPart {
        /// 开场
        Opening = "opening", "开场", "opening";
        /// 理解
        Acknowledgement = "acknowledgement", "理解", "acknowledgement";
        /// 事实
        Facts = "facts", "事实", "facts";
        /// 办法
        Options = "options", "可选办法", "options";
        /// 收尾
        Close = "close", "收尾", "close";
        /// 不要说
        Avoid = "avoid", "不要", "what not to say";
        /// 之后
        Next = "next", "之后", "afterwards";
        /// 提示
        Coaching = "coaching", "沟通提示", "coaching note";
        /// 异议
        Objection = "objection", "异议应答", "objection";
    }
);

words!(
    /// How the owner is spoken to.
    ScriptChannel {
        /// 电话
        Phone = "phone", "电话", "phone";
        /// 上门
        Visit = "visit", "上门", "visit";
        /// 微信
        Wechat = "wechat", "微信", "WeChat";
        /// 前台
        Counter = "counter", "前台", "counter";
    }
);

impl ScriptPart {
    /// Whether the owner hears it: then it passes the wording check.
    #[must_use]
    pub const fn is_spoken(self) -> bool {
        matches!(
            self,
            Self::Opening | Self::Acknowledgement | Self::Facts | Self::Options | Self::Close | Self::Objection
        )
    }
}

/// Placeholders a line may use.
pub const PLACEHOLDERS: [&str; 7] = ["address", "who", "company", "speaker", "unit", "periods", "amount"];

/// The facts a script speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScriptFacts<'a> {
    /// How the person wants to be addressed; a plain 您 where that is not known.
    pub address: Option<&'a str>,
    /// The property company.
    pub company: &'a str,
    /// Who speaks.
    pub speaker: &'a str,
    /// The unit.
    pub unit: &'a str,
    /// The months owed, as people say them.
    pub periods: &'a str,
    /// Open principal.
    pub amount: Fen,
}

impl ScriptFacts<'_> {
    fn value(&self, placeholder: &str) -> Option<String> {
        Some(match placeholder {
            "address" => self.address.unwrap_or("").to_owned(),
            "who" => self.address.unwrap_or("您").to_owned(),
            "company" => self.company.to_owned(),
            "speaker" => self.speaker.to_owned(),
            "unit" => self.unit.to_owned(),
            "periods" => self.periods.to_owned(),
            "amount" => self.amount.grouped(),
            _ => return None,
        })
    }

    fn fill(&self, text: &Text) -> Text {
        let fill = |text: &str| fill(text, |name| self.value(name)).unwrap_or_else(|_| text.to_owned());
        Text::new(fill(&text.zh), fill(&text.en))
    }
}

/// Puts values in place of `{{ name }}`.
///
/// # Errors
/// The first placeholder without a value, or the text that opens one and does not close it.
fn fill(text: &str, value: impl Fn(&str) -> Option<String>) -> Result<String, String> {
    let (mut filled, mut rest) = (String::with_capacity(text.len()), text);
    while let Some((before, after)) = rest.split_once("{{") {
        let (name, after) = after.split_once("}}").ok_or_else(|| after.to_owned())?;
        filled.push_str(before);
        filled.push_str(&value(name.trim()).ok_or_else(|| name.trim().to_owned())?);
        rest = after;
    }
    filled.push_str(rest);
    Ok(filled)
}

/// A line of the book.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScriptLine {
    /// Which part.
    pub part: ScriptPart,
    /// Which objection; empty for other parts.
    #[serde(default)]
    pub name: String,
    /// The type of owner; `None` for all, and before the cause is known.
    #[serde(default)]
    pub cause: Option<Cause>,
    /// The stage; `None` for all.
    #[serde(default)]
    pub stage: Option<Stage>,
    /// The channel; `None` for all.
    #[serde(default)]
    pub channel: Option<ScriptChannel>,
    /// What the owner says, of an objection.
    #[serde(default)]
    pub says: Option<Text>,
    /// The text, with placeholders.
    pub text: Text,
}

/// Why a line is not taken into the book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LineFault {
    /// A text is missing, in one of the languages.
    Empty,
    /// Longer than what anybody reads during a call.
    TooLong,
    /// A placeholder that does not exist.
    Placeholder(String),
    /// The wording check prohibits it: the words and the rules.
    Wording(Vec<Finding>),
    /// An objection without what the owner says or without a name, or a name where there is no objection.
    Objection,
}

/// The longest line.
const LONGEST: usize = 600;

impl ScriptLine {
    /// What a line replaces: part, name and scope.
    #[must_use]
    pub fn key(&self) -> (ScriptPart, &str, Option<Cause>, Option<Stage>, Option<ScriptChannel>) {
        (self.part, &self.name, self.cause, self.stage, self.channel)
    }

    /// Whether it holds for all causes, stages and channels.
    #[must_use]
    pub const fn is_general(&self) -> bool {
        self.cause.is_none() && self.stage.is_none() && self.channel.is_none()
    }

    fn fits(&self, of: ScriptOf) -> bool {
        self.cause.is_none_or(|one| Some(one) == of.cause)
            && self.stage.is_none_or(|one| one == of.stage)
            && self.channel.is_none_or(|one| one == of.channel)
    }

    fn weight(&self) -> u8 {
        u8::from(self.cause.is_some()) * 4 + u8::from(self.stage.is_some()) * 2 + u8::from(self.channel.is_some())
    }

    /// Looks at a line before it is taken into the book.
    ///
    /// # Errors
    /// [`LineFault`] says what is wrong.
    pub fn check(&self) -> Result<(), LineFault> {
        let is_objection = self.part == ScriptPart::Objection;
        let name_fits =
            self.name.is_empty() != is_objection && self.name.chars().all(|c| c.is_ascii_lowercase() || c == '_');
        if !name_fits || self.says.is_some() != is_objection {
            return Err(LineFault::Objection);
        }
        let texts = [Some(&self.text), self.says.as_ref()].into_iter().flatten();
        for side in texts.flat_map(|text| [&text.zh, &text.en]) {
            if side.trim().is_empty() {
                return Err(LineFault::Empty);
            }
            if side.chars().count() > LONGEST {
                return Err(LineFault::TooLong);
            }
        }
        self.check_text()
    }

    fn check_text(&self) -> Result<(), LineFault> {
        let mut found = Vec::new();
        for side in [&self.text.zh, &self.text.en] {
            let known = |name: &str| PLACEHOLDERS.contains(&name).then(String::new);
            let plain = fill(side, known).map_err(LineFault::Placeholder)?;
            if self.part.is_spoken() {
                found.extend(check(Audience::Private, &plain).findings.into_iter().filter(|one| one.rule.prohibits()));
            }
        }
        if found.is_empty() { Ok(()) } else { Err(LineFault::Wording(found)) }
    }
}

/// For which case a script is, and how it is spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScriptOf {
    /// The type of owner, as far as it is known.
    pub cause: Option<Cause>,
    /// The stage of the case.
    pub stage: Stage,
    /// The channel.
    pub channel: ScriptChannel,
}

/// What to say to one type of owner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ScriptCard {
    /// Which script it is, for the record of the contact: `SERVICE/conversation/phone@3#1f0c9a2b`.
    pub reference: String,
    /// The channel.
    pub channel: ScriptChannel,
    /// The sentences, in their order: opening, acknowledgement, facts, options, close.
    pub lines: Vec<Text>,
    /// What not to say.
    pub avoid: Vec<Text>,
    /// What to do after the talk.
    pub next: Text,
    /// How to say it.
    pub coaching: Vec<Text>,
}

/// An objection and its answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ObjectionCard {
    /// What the owner says.
    pub says: Text,
    /// What to answer.
    pub answer: Text,
}

/// The book of scripts at one edition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScriptBook {
    /// Which edition: 1 as it comes with the program, one more with every change.
    pub edition: i64,
    /// Its lines.
    pub lines: Vec<ScriptLine>,
}

/// What is spoken, in its order.
const SPOKEN: [ScriptPart; 5] =
    [ScriptPart::Opening, ScriptPart::Acknowledgement, ScriptPart::Facts, ScriptPart::Options, ScriptPart::Close];

impl ScriptBook {
    /// The book as it comes with the program.
    ///
    /// # Panics
    /// Never: a test reads the embedded file.
    #[must_use]
    pub fn first() -> &'static Self {
        static BOOK: OnceLock<ScriptBook> = OnceLock::new();
        BOOK.get_or_init(|| Self {
            edition: 1,
            lines: serde_json::from_str(include_str!("../../data/scripts.json"))
                .expect("the embedded file is read by a test"),
        })
    }

    /// The book with changes in their order: each replaces the line of its key, or adds one.
    #[must_use]
    pub fn with(mut self, changes: impl IntoIterator<Item = (i64, ScriptLine)>) -> Self {
        for (edition, line) in changes {
            self.edition = edition;
            match self.lines.iter_mut().find(|one| one.key() == line.key()) {
                Some(there) => *there = line,
                None => self.lines.push(line),
            }
        }
        self
    }

    /// The line that is spoken of a part.
    fn line(&self, part: ScriptPart, of: ScriptOf) -> Option<&ScriptLine> {
        self.lines.iter().filter(|one| one.part == part && one.fits(of)).max_by_key(|one| one.weight())
    }

    /// All lines of a part that fit, without the general one where others do.
    fn all(&self, part: ScriptPart, of: ScriptOf) -> Vec<&ScriptLine> {
        let fitting = || self.lines.iter().filter(|one| one.part == part && one.fits(of));
        let special: Vec<_> = fitting().filter(|one| !one.is_general()).collect();
        if special.is_empty() { fitting().collect() } else { special }
    }

    /// The script for a case, filled in; before the cause is known, the one that finds it out.
    #[must_use]
    pub fn script(&self, of: ScriptOf, facts: &ScriptFacts<'_>) -> ScriptCard {
        let filled = |lines: Vec<&ScriptLine>| lines.into_iter().map(|line| facts.fill(&line.text)).collect();
        ScriptCard {
            reference: self.reference(of),
            channel: of.channel,
            lines: SPOKEN.iter().filter_map(|part| Some(facts.fill(&self.line(*part, of)?.text))).collect(),
            avoid: filled(self.all(ScriptPart::Avoid, of)),
            next: self.line(ScriptPart::Next, of).map_or_else(|| Text::new("", ""), |line| facts.fill(&line.text)),
            coaching: filled(self.all(ScriptPart::Coaching, of)),
        }
    }

    /// Which script it is: cause, stage, channel and edition, and a mark of its words.
    #[must_use]
    pub fn reference(&self, of: ScriptOf) -> String {
        let mut words = Sha256::new();
        for line in SPOKEN.iter().filter_map(|part| self.line(*part, of)) {
            words.update(&line.text.zh);
            words.update([0]);
        }
        let mark = crate::hex(&words.finalize()[..4]);
        let cause = of.cause.map_or("-", Cause::as_str);
        format!("{cause}/{}/{}@{}#{mark}", of.stage.as_str(), of.channel.as_str(), self.edition)
    }

    /// Answers to what owners object, with the facts of the case.
    #[must_use]
    pub fn objections(&self, of: ScriptOf, facts: &ScriptFacts<'_>) -> Vec<ObjectionCard> {
        let mut cards: Vec<&ScriptLine> = Vec::new();
        for line in self.lines.iter().filter(|one| one.part == ScriptPart::Objection && one.fits(of)) {
            match cards.iter_mut().find(|one| one.name == line.name) {
                Some(there) if there.weight() < line.weight() => *there = line,
                Some(_) => {}
                None => cards.push(line),
            }
        }
        let card = |line: &ScriptLine| Some(ObjectionCard { says: line.says.clone()?, answer: facts.fill(&line.text) });
        cards.into_iter().filter_map(card).collect()
    }
}

/// A script as a record of a contact names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScriptReference {
    /// Cause, stage and channel.
    pub of: ScriptOf,
    /// The edition of the book.
    pub edition: i64,
    /// The mark of its words.
    pub mark: String,
}

impl ScriptReference {
    /// Reads what [`ScriptBook::reference`] writes.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (scope, rest) = text.split_once('@')?;
        let (edition, mark) = rest.split_once('#')?;
        let [cause, stage, channel] = scope.split('/').collect::<Vec<_>>()[..] else { return None };
        let cause = if cause == "-" { None } else { Some(Cause::parse(cause).ok()?) };
        let of = ScriptOf { cause, stage: Stage::parse(stage).ok()?, channel: ScriptChannel::parse(channel).ok()? };
        let is_mark = mark.len() == 8 && mark.chars().all(|c| c.is_ascii_hexdigit());
        is_mark.then_some(())?;
        Some(Self { of, edition: edition.parse().ok()?, mark: mark.to_owned() })
    }
}

#[cfg(test)]
#[path = "scripts_tests.rs"]
mod tests;

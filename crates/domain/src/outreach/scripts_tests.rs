//! What the book of scripts says to whom, and what it does not take.

use super::*;

fn facts() -> ScriptFacts<'static> {
    ScriptFacts {
        address: Some("王先生"),
        company: "翠湖物业服务有限公司",
        speaker: "周敏",
        unit: "3-2-1502",
        periods: "2026-08 至 2026-10",
        amount: Fen::new(62_970),
    }
}

fn every_case() -> impl Iterator<Item = ScriptOf> {
    let causes = Cause::ALL.iter().copied().map(Some).chain([None]);
    causes.flat_map(|cause| {
        Stage::ALL.iter().flat_map(move |stage| {
            ScriptChannel::ALL.iter().map(move |channel| ScriptOf { cause, stage: *stage, channel: *channel })
        })
    })
}

#[test]
fn there_is_a_script_for_every_type_of_owner_at_every_stage_by_every_channel() {
    let book = ScriptBook::first();
    assert_eq!(every_case().count(), 15 * Stage::ALL.len() * 4);
    for of in every_case() {
        let card = book.script(of, &facts());
        assert_eq!(card.lines.len(), 5, "{of:?}");
        assert!(!card.avoid.is_empty() && !card.coaching.is_empty() && !card.next.zh.is_empty(), "{of:?}");
        let figure = card.lines.iter().position(|line| line.zh.contains("629.70")).expect("names the amount");
        assert_eq!(figure, 2, "opening and acknowledgement come first: {of:?}");
        assert!(card.lines.last().is_some_and(|line| line.zh.contains("日期")), "{of:?}");
        let texts = card.lines.iter().flat_map(|line| [&line.zh, &line.en]);
        assert!(texts.into_iter().all(|text| !text.contains("{{")), "{of:?}");
    }
}

#[test]
fn the_cause_decides_what_is_offered_and_stage_and_channel_how_it_begins() {
    let of = |cause, stage, channel| ScriptBook::first().script(ScriptOf { cause, stage, channel }, &facts()).lines;
    let call = of(Some(Cause::Service), Stage::Conversation, ScriptChannel::Phone);
    let visit = of(Some(Cause::Service), Stage::Conversation, ScriptChannel::Visit);
    let senior = of(Some(Cause::Service), Stage::Demand, ScriptChannel::Phone);
    assert!(call[3] == visit[3] && call[3].zh.contains("三天内给您书面答复"));
    assert!(visit[0].zh.contains("工牌") && senior[0].zh.contains("书面通知"));
    assert_ne!(call[3], of(Some(Cause::Hard), Stage::Conversation, ScriptChannel::Phone)[3]);
    assert!(call[0].zh.starts_with("王先生您好"));
}

#[test]
fn every_line_of_the_first_edition_passes_the_check_of_the_editor() {
    for line in &ScriptBook::first().lines {
        assert_eq!(line.check(), Ok(()), "{line:?}");
    }
    let mut keys: Vec<_> = ScriptBook::first().lines.iter().map(ScriptLine::key).collect();
    let all = keys.len();
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), all, "no line twice");
}

#[test]
fn objections_are_answered_with_the_facts_of_the_case() {
    let of = ScriptOf { cause: None, stage: Stage::Conversation, channel: ScriptChannel::Phone };
    let cards = ScriptBook::first().objections(of, &facts());
    assert!(cards.len() >= 7);
    let high = cards.iter().find(|card| card.says.zh.contains("太高")).expect("there");
    assert!(high.answer.zh.contains("629.70") && high.answer.zh.contains("2026-08 至 2026-10"));
}

fn changed(text: &str, change: impl FnOnce(&mut ScriptLine)) -> ScriptLine {
    let mut line = ScriptLine {
        part: ScriptPart::Options,
        name: String::new(),
        cause: Some(Cause::Forget),
        stage: None,
        channel: None,
        says: None,
        text: Text::new(text, "Which day suits you?"),
    };
    change(&mut line);
    line
}

#[test]
fn a_change_replaces_the_line_of_its_scope_and_the_record_tells_the_editions_apart() {
    let of = ScriptOf { cause: Some(Cause::Forget), stage: Stage::Conversation, channel: ScriptChannel::Phone };
    let book = ScriptBook::first().clone().with([(2, changed("您看周五行吗？", |_| ()))]);
    assert_eq!(book.script(of, &facts()).lines[3].zh, "您看周五行吗？");
    assert_eq!(book.lines.len(), ScriptBook::first().lines.len());
    let (before, after) = (ScriptBook::first().reference(of), book.reference(of));
    assert_ne!(before, after);
    let read = ScriptReference::parse(&after).expect("reads");
    assert_eq!((read.of, read.edition), (of, 2));
    for wrong in
        ["", "FORGET/conversation/phone@2", "FORGET/conversation@2#00000000", "X/conversation/phone@2#00000000"]
    {
        assert_eq!(ScriptReference::parse(wrong), None, "{wrong}");
    }
    let narrower = changed("当面说：您看周五行吗？", |line| line.channel = Some(ScriptChannel::Visit));
    let book = book.with([(3, narrower)]);
    assert_eq!(book.script(of, &facts()).lines[3].zh, "您看周五行吗？", "the visit has a line of its own");
}

#[test]
fn a_line_that_threatens_or_names_what_nobody_can_fill_in_is_not_taken() {
    assert!(
        matches!(changed("不缴就停水停电。", |_| ()).check(), Err(LineFault::Wording(found)) if found[0].text.contains("停"))
    );
    let unspoken = changed("不提停水停电。", |line| line.part = ScriptPart::Avoid);
    assert_eq!(unspoken.check(), Ok(()), "what not to say may be named");
    assert_eq!(changed("{{ income }}", |_| ()).check(), Err(LineFault::Placeholder("income".to_owned())));
    assert!(matches!(changed("{{ unit", |_| ()).check(), Err(LineFault::Placeholder(_))));
    assert_eq!(changed(" ", |_| ()).check(), Err(LineFault::Empty));
    assert_eq!(changed(&"长".repeat(601), |_| ()).check(), Err(LineFault::TooLong));
    assert_eq!(changed("好", |line| line.name = "what".to_owned()).check(), Err(LineFault::Objection));
    assert_eq!(changed("好", |line| line.part = ScriptPart::Objection).check(), Err(LineFault::Objection));
}

//! What to say (话术): one card per type of owner, one per objection, with the facts of the case filled in (D1, D3, D4).
//!
//! Every script listens and acknowledges before it names a figure, offers a choice, and ends with a date and a person. None of
//! them presses, compares with neighbours or promises what only the developer can do.

use crate::collection::classification::Cause;
use crate::{Fen, Text};

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

/// What to say to one type of owner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScriptCard {
    /// The sentences, in their order: greeting, acknowledgement, facts, offer, close.
    pub lines: Vec<Text>,
    /// What not to say.
    pub avoid: Text,
    /// What to do after the talk.
    pub next: Text,
}

/// An objection and its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectionCard {
    /// What the owner says.
    pub says: Text,
    /// What to answer.
    pub answer: Text,
}

/// The script for a type of owner; before the cause is known, the one that finds it out.
#[must_use]
pub fn script(cause: Option<Cause>, facts: &ScriptFacts<'_>) -> ScriptCard {
    let (acknowledgement, offer, avoid, next) = by_cause(cause);
    let ScriptFacts { company, speaker, unit, periods, amount, .. } = facts;
    let who = facts.address.unwrap_or("您");
    let greeting = match facts.address {
        Some(address) => {
            format!("{address}您好，我是{company}的{speaker}，想和您核对 {unit} 的物业费，现在方便说两分钟吗？")
        }
        None => format!("您好，我是{company}的{speaker}，想和您核对 {unit} 的物业费，现在方便说两分钟吗？"),
    };
    let facts_line = Text::new(
        format!(
            "{who}名下 {unit} 目前未缴的是 {periods}，本金合计 {} 元，每一笔的面积、单价和月数我都可以念给您核对。",
            amount.grouped()
        ),
        format!(
            "Unit {unit} has {periods} open, {} yuan of principal; I can read you area, price and months of each.",
            amount.grouped()
        ),
    );
    let close = Text::new(
        "那我记下：您在约定的日期前办理，到时我给您回电确认；有问题随时找我。",
        "So I note the date we agreed on, and I will call you back then; ask for me whenever something is unclear.",
    );
    let greeting = Text::new(
        greeting,
        format!("Good day, this is {speaker} of {company} about the property fee of {unit}. Do you have two minutes?"),
    );
    ScriptCard { lines: vec![greeting, acknowledgement, facts_line, offer, close], avoid, next }
}

/// Acknowledgement, offer, what to avoid, what comes next.
fn by_cause(cause: Option<Cause>) -> (Text, Text, Text, Text) {
    let text = |zh: &str, en: &str| Text::new(zh, en);
    let card = |ack: (&str, &str), offer: (&str, &str), avoid: (&str, &str), next: (&str, &str)| {
        (text(ack.0, ack.1), text(offer.0, offer.1), text(avoid.0, avoid.1), text(next.0, next.1))
    };
    match cause {
        Some(Cause::Forget) => card(
            ("平时事情多，漏看一张账单很正常。", "One bill is easily overlooked."),
            (
                "我把账单和缴费方式发给您，您看哪天方便办？",
                "I will send you the bill and the ways to pay; which day suits you?",
            ),
            ("不谈违约金，不说“按规定必须交”。", "No talk of late fees, no 'it is the rule'."),
            ("发送账单；记下日期，到期前不再联系。", "Send the bill, note the date, no contact before it."),
        ),
        Some(Cause::Away) => card(
            ("您不在本地，来一趟确实不方便。", "Coming here from afar is a burden, I understand."),
            (
                "您在外地也能办：我把电子账单发您，转账或扫码都可以。",
                "It can be done from where you are: I send the bill, you transfer or scan.",
            ),
            ("不要求对方专程回来。", "Do not ask the owner to come here."),
            ("确认电子送达地址；发送电子账单。", "Confirm where electronic mail arrives; send the bill."),
        ),
        Some(Cause::Hard) => card(
            ("谢谢您愿意告诉我，眼下的难处我理解。", "Thank you for telling me; I see that it is hard right now."),
            (
                "可以把欠款分成几期，您看每个月多少合适、从哪天开始？",
                "We can divide it: how much a month would work, from which day?",
            ),
            (
                "不追问家事，不在别人面前谈，不催着当场答应。",
                "No prying, no talk before others, no pressing for an answer now.",
            ),
            ("登记“经济困难”暂缓，拟分期方案报批。", "Open a hardship hold; draft an instalment plan for approval."),
        ),
        Some(Cause::Service) => card(
            ("这件事给您添麻烦了，您先说，我记下来。", "I am sorry for the trouble: please tell me, I write it down."),
            (
                "您反映的问题我现在登记，三天内给您书面答复；账单部分我先和您核对金额。",
                "I register it now; you get a written answer within three days. Meanwhile let us check the figures.",
            ),
            (
                "不说“这不归我管”，不拿服务问题和缴费讨价还价。",
                "Never 'not my department'; no bargaining of service against fees.",
            ),
            (
                "登记投诉并暂缓催缴，到答复日回访。",
                "Register the complaint, hold contact, call back on the day of the answer.",
            ),
        ),
        Some(Cause::Developer) => card(
            ("房子的问题没解决，心里有气我理解。", "I understand the anger while the defect is there."),
            (
                "房屋质量由开发建设方承担，我们协助您报送并跟进；公共服务这部分仍按合同计费。",
                "Defects are the developer's duty; we help you report and follow up. Common services are billed as agreed.",
            ),
            ("不替开发商承诺结果和时间。", "Promise nothing on behalf of the developer."),
            ("登记报送记录，告知跟进人和日期。", "Log the report, name who follows up and when."),
        ),
        Some(Cause::Vacant) => card(
            ("房子没住也要缴费，有疑问很正常。", "Paying for an empty home raises questions, of course."),
            (
                "公共区域的保洁、安保和设备一直在运行；本地如有空置优惠，您提交申请，核实后按规定计算。",
                "Common areas are served all the time; if a local discount exists, apply and it is computed once confirmed.",
            ),
            ("不口头答应减免。", "No waiver by word of mouth."),
            ("发空置申请；核实起止日期。", "Send the vacancy form; confirm the dates."),
        ),
        Some(Cause::Handover) => card(
            ("房子还没有交到您手里，先弄清该谁承担是应该的。", "Not taken over yet: right to ask first who owes."),
            ("我们先核实交付时间，再确认由哪一方承担。", "We check the day of handover first, then who owes."),
            ("没核实前不催缴。", "No demand before that is checked."),
            ("登记“账单核对”暂缓，核实交付资料。", "Open a billing-query hold; check the handover papers."),
        ),
        Some(Cause::Tenant) => card(
            ("您和租客有约定，我们按约定来登记。", "You have an agreement with the tenant; we register it."),
            (
                "请把约定发我一份；我们先联系租客，未付时会同时告知您。",
                "Please send it; we ask the tenant first and tell you if it stays unpaid.",
            ),
            ("不向租客谈业主的其他欠费。", "No word to the tenant of the owner's other debts."),
            ("登记缴费约定和租客联系方式。", "Register the agreement and the tenant's contact."),
        ),
        Some(Cause::Transfer) => card(
            ("过户前后的费用分清楚，对您是应该的。", "Dividing the fees at the transfer is only fair to you."),
            (
                "过户前的欠费由原业主结清，我们可以出具结清情况。",
                "What was due before is the former owner's; we can certify what is settled.",
            ),
            ("不让新业主代付旧账。", "Never ask the new owner for the old debt."),
            ("核对过户日期，分开账户。", "Check the date of transfer; separate the accounts."),
        ),
        Some(Cause::Lost) => card(
            ("联系上您就好，之前的通知可能没有送到。", "Good to reach you: our notices may not have arrived."),
            ("我先和您核对联系方式，再把账单发给您。", "Let us check your contact data, then I send the bill."),
            ("不向邻居、单位打听或透露欠费。", "No asking around, no word to neighbours or employers."),
            ("更新并验证联系方式。", "Update and verify the contact data."),
        ),
        Some(Cause::Crowd) => card(
            ("您想弄明白钱花在哪里，这个要求合理。", "Wanting to know what it is spent on is reasonable."),
            (
                "其他住户的情况我们不便透露，您的账单和依据在这里，可以一笔一笔看。",
                "Others' affairs are private; your bill and its basis are here, line by line.",
            ),
            ("不说“别人都交了”，不透露任何一户。", "Never 'everybody else has paid'; never name anyone."),
            ("发送收费依据和服务公示。", "Send the fee basis and the service report."),
        ),
        Some(Cause::Amount) => card(
            ("金额有疑问，应该先核对清楚。", "A doubtful figure has to be checked first."),
            (
                "我们现在一起核对面积、单价和月份，有误立即更正。",
                "Let us check area, price and months now; an error is corrected at once.",
            ),
            ("没核对前不催有争议的部分。", "No demand of the disputed part before that."),
            ("登记“账单核对”暂缓，把核对结果发给业主。", "Open a billing-query hold; send the result."),
        ),
        Some(Cause::Wilful) => card(
            ("您的意见我完整记录。", "I write down your view in full."),
            (
                "请在约定日期前缴清；仍未缴纳，公司会依照合同和法律程序处理。您随时可以提出书面异议。",
                "Please settle by the date; otherwise the company proceeds by contract and law. You may object in writing at any time.",
            ),
            ("不争吵，不威胁，不提停水停电和门禁。", "No quarrel, no threat, nothing about water, power or access."),
            ("报主管沟通；准备催缴通知书和证据。", "Report to the manager; prepare the letter and the evidence."),
        ),
        Some(Cause::Other) | None => card(
            (
                "先听您说：是账单、服务，还是最近不方便？",
                "First let me listen: is it the bill, the service, or the moment?",
            ),
            ("您看怎样办理合适：现在、定个日期，还是分期？", "What suits you: now, on a date, or in parts?"),
            ("没听完不谈金额；不说“按规定必须交”。", "No figures before listening; no 'it is the rule'."),
            ("登记原因、态度和约定日期。", "Record the cause, the attitude and the date."),
        ),
    }
}

/// Answers to what owners object, with the facts of the case.
#[must_use]
pub fn objections(facts: &ScriptFacts<'_>) -> Vec<ObjectionCard> {
    let card = |says: (&str, &str), answer: (&str, &str)| ObjectionCard {
        says: Text::new(says.0, says.1),
        answer: Text::new(answer.0, answer.1),
    };
    let amount = facts.amount.grouped();
    vec![
        card(
            ("服务不好，先打折再说", "The service is bad, give a discount first"),
            (
                "谢谢您指出来。是哪一项、什么时候？我现在登记，按期给您书面答复。费用是全体业主共同的服务支出，两件事我们分开处理、都处理好。",
                "Thank you for saying so. Which item, when? I register it now and you get a written answer. The fee pays for everybody's service: we handle both, each on its own.",
            ),
        ),
        card(
            ("房子漏水，开发商不修", "My home leaks and the developer does nothing"),
            (
                "保修是您和开发商之间的合同，物业服务是另一份合同。我们帮您报送、跟进，并把进展告诉您。",
                "The warranty is between you and the developer, the service is another contract. We report it, follow up and keep you informed.",
            ),
        ),
        card(
            ("我没住，为什么要交", "I do not live there, why pay"),
            (
                "公共部位和设备不因为一户未住而停止服务（民法典第九百四十四条）。本地有空置优惠的，我帮您申请。",
                "Common parts are served although one home is empty (Civil Code art. 944). Where a vacancy discount exists I help you apply.",
            ),
        ),
        card(
            ("别人也没交", "Others do not pay either"),
            (
                "其他住户的情况我们不便透露，对每一户的规则是一样的。您的账单和依据我可以逐笔说明。",
                "Others' affairs are private; the rules are the same for everyone. I can explain your bill line by line.",
            ),
        ),
        ObjectionCard {
            says: Text::new("收费太高了", "The fee is too high"),
            answer: Text::new(
                format!(
                    "标准写在合同里并已公示。这次 {amount} 元是 {} 的，按“面积×单价×月数”计算，我念给您核对。",
                    facts.periods
                ),
                format!(
                    "The standard is in the contract and on display. These {amount} yuan are for {}: area x price x months; let us check it.",
                    facts.periods
                ),
            ),
        },
        card(
            ("合同不是我签的", "I never signed that contract"),
            (
                "建设单位或业主委员会依法签订的物业服务合同对全体业主有约束力（民法典第九百三十九条）。合同文本您随时可以查看。",
                "A contract the developer or the owners' committee lawfully made binds all owners (Civil Code art. 939). You may read it at any time.",
            ),
        ),
        card(
            ("现在没钱", "I have no money now"),
            (
                "理解。我们可以分期，您定一个能做到的数和日期，我来登记报批；按期履行期间不再催。",
                "I understand. Name an amount and dates you can keep; I submit the plan, and while you keep it nobody reminds you.",
            ),
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outreach::wording::{Audience, check};

    fn facts() -> ScriptFacts<'static> {
        ScriptFacts {
            address: None,
            company: "翠湖物业服务有限公司",
            speaker: "周敏",
            unit: "3-2-1502",
            periods: "2026-08 至 2026-10",
            amount: Fen::new(62_970),
        }
    }

    #[test]
    fn every_script_acknowledges_before_it_names_a_figure_and_ends_with_a_date() {
        for cause in Cause::ALL.iter().copied().map(Some).chain([None]) {
            let lines = script(cause, &facts()).lines;
            let figure = lines.iter().position(|line| line.zh.contains("629.70")).expect("names the amount");
            assert_eq!(figure, 2, "greeting and acknowledgement come first: {cause:?}");
            assert!(lines.last().is_some_and(|line| line.zh.contains("日期")));
        }
    }

    #[test]
    fn no_script_or_answer_says_what_a_message_must_not() {
        let said = Cause::ALL.iter().flat_map(|cause| script(Some(*cause), &facts()).lines);
        let answered = objections(&facts()).into_iter().map(|card| card.answer);
        for text in said.chain(answered) {
            for side in [&text.zh, &text.en] {
                let findings = check(Audience::Private, side).findings;
                assert!(findings.iter().all(|one| !one.rule.prohibits()), "{side}: {findings:?}");
            }
        }
    }
}

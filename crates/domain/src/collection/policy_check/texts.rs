//! Texts: each message has one in Chinese, made for one payer, and all of them pass the wording check (P1, I15).

use super::{Fault, Report};
use crate::Text;
use crate::collection::nudge::NUDGES;
use crate::collection::policy::Policy;
use crate::outreach::templates::MessageTemplate;
use crate::outreach::wording::{self, Audience};

pub(super) fn check(policy: &Policy, texts: &[MessageTemplate], report: &mut Report) {
    let steps = policy.steps.iter().filter_map(|step| Some((&step.key, step.template.as_ref()?)));
    let reminders = policy.bill_reminders.iter().map(|one| (&one.key, &one.template));
    for (step, template) in reminders.chain(steps).filter(|(_, template)| !template.trim().is_empty()) {
        check_text(step, template, texts, report);
    }
    for nudge in NUDGES.iter().filter(|_| policy.remind_before_days > 0) {
        check_text("remind_before_days", nudge, texts, report);
    }
}

fn check_text(step: &str, template: &str, texts: &[MessageTemplate], report: &mut Report) {
    let of_step: Vec<&MessageTemplate> = texts.iter().filter(|one| one.key == template).collect();
    report.need(of_step.iter().any(|one| one.locale == "zh-CN"), Fault::UnknownText, step, || {
        Text::new(
            format!("{step} 的模板 {template} 没有中文文字"),
            format!("{step}: there is no Chinese text called {template}"),
        )
    });
    report.need(of_step.iter().all(|one| one.audience == "private"), Fault::PublicText, step, || {
        Text::new(
            format!("{step} 的模板 {template} 是公告文字，不能发给个人"),
            format!("{step}: the text {template} is made for boards, not for a payer"),
        )
    });
    for text in of_step {
        let checked = wording::check(Audience::Private, &text.body);
        let said: Vec<&str> =
            checked.findings.iter().filter(|one| one.rule.prohibits()).map(|one| one.text.as_str()).collect();
        report.need(said.is_empty(), Fault::Wording, step, || {
            Text::new(
                format!("{step} 的模板 {template} 用语检查未通过：{}", said.join("、")),
                format!("{step}: the wording check refuses the text {template}: {}", said.join(", ")),
            )
        });
    }
}

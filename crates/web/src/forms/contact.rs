//! What is said of a contact a person made, and of what an owner asked for about being contacted.

use chrono::NaiveTime;
use hemu_app::Refusal;
use hemu_app::collection::work::{ContactHow, ContactRequest};
use hemu_domain::Text;
use hemu_domain::collection::classification::{Attitude, Cause, ContactOutcome};
use hemu_domain::collection::contact_block::Initiative;
use hemu_domain::collection::policy::Stage;
use hemu_domain::ids::{CaseId, CommunityId, TaskId};
use hemu_domain::outreach::contact_limit::ContactLimit;
use hemu_domain::outreach::scripts::{ScriptChannel, ScriptLine, ScriptPart};

use crate::fields::Fields;

/// A contact a person made.
///
/// # Errors
/// [`Refusal::InvalidInput`] naming the field; amount and day of a promise are asked for with that outcome alone.
pub fn contact(fields: &Fields, community: CommunityId, case: CaseId) -> Result<ContactRequest, Refusal> {
    let outcome = fields.required(("outcome", "结果"), ContactOutcome::parse)?;
    let promise = match outcome {
        ContactOutcome::ReachedPromise => {
            let amount = chosen(fields, "promise_amount", "promise_amount_other");
            let day = chosen(fields, "promise_on", "promise_on_other");
            Some((fields.amount(amount)?, fields.day(day, "承诺日期")?))
        }
        _ => None,
    };
    Ok(ContactRequest {
        community,
        case,
        task: fields.optional(("task", "任务"), TaskId::parse)?,
        channel: fields.text("channel").to_owned(),
        outcome,
        cause: fields.optional(("cause", "原因"), Cause::parse)?,
        attitude: fields.optional(("attitude", "态度"), Attitude::parse)?.unwrap_or(Attitude::Unknown),
        note: fields.text("note").to_owned(),
        promise,
        next_step: fields.text("next_step").to_owned(),
        next_on: fields.day_or_none("next_on", "下一步日期")?,
        how: ContactHow {
            initiative: initiative(fields)?,
            at: time_or_none(fields)?,
            script: fields.text("script").to_owned(),
        },
    })
}

/// The field that holds what was chosen: the one beside the choices, where none of them was the right one.
fn chosen(fields: &Fields, name: &'static str, other: &'static str) -> &'static str {
    if fields.text(name) == "other" { other } else { name }
}

/// Who wanted a contact: we, where nothing is said.
///
/// # Errors
/// [`Refusal::InvalidInput`] for an unknown word.
pub fn initiative(fields: &Fields) -> Result<Initiative, Refusal> {
    Ok(fields.optional(("initiative", "谁发起"), Initiative::parse)?.unwrap_or(Initiative::Ours))
}

fn time_or_none(fields: &Fields) -> Result<Option<NaiveTime>, Refusal> {
    fields.optional(("at", "时间"), |text| NaiveTime::parse_from_str(text, "%H:%M"))
}

/// What a person asked for about being contacted.
///
/// # Errors
/// [`Refusal::InvalidInput`] naming the field.
pub fn contact_limit(fields: &Fields) -> Result<(ContactLimit, Option<NaiveTime>), Refusal> {
    Ok((fields.required(("kind", "约定"), ContactLimit::parse)?, time_or_none(fields)?))
}

/// A line of the book of scripts.
///
/// # Errors
/// [`Refusal::InvalidInput`] naming the field.
pub fn script_line(fields: &Fields) -> Result<ScriptLine, Refusal> {
    let text = |zh: &str, en: &str| Text::new(fields.text(zh), fields.text(en));
    let part = fields.required(("part", "部分"), ScriptPart::parse)?;
    Ok(ScriptLine {
        part,
        name: fields.text("name").to_owned(),
        cause: fields.optional(("cause", "原因"), Cause::parse)?,
        stage: fields.optional(("stage", "阶段"), Stage::parse)?,
        channel: fields.optional(("channel", "渠道"), ScriptChannel::parse)?,
        says: (part == ScriptPart::Objection).then(|| text("says_zh", "says_en")),
        text: text("text_zh", "text_en"),
    })
}

//! What happened in a case, newest first: contacts, messages and whether they arrived, receipts, letters and their service,
//! promises and plans with how they ended, holds, complaints and their answers, reviews and other tasks that are no contact.

use chrono::NaiveDate;
use hemu_domain::Text;
use hemu_domain::collection::classification::ContactOutcome;
use hemu_domain::collection::contact_block::{BlockRule, Initiative};
use hemu_domain::collection::hold::HoldKind;
use hemu_domain::collection::policy::StepKind;
use hemu_domain::ids::CommunityId;
use hemu_domain::service::Finding;
use hemu_store::collection::case::CaseRow;
use hemu_store::collection::step::{self, ActionRow};
use hemu_store::collection::work::{HoldRow, PromiseRow, TaskRow};
use hemu_store::collection::{case_page as page, case_page::PayerReceipt};
use hemu_store::legal::{self, NoticeRow, ServiceProofRow};
use hemu_store::outreach::contact::{self, ContactRow};
use hemu_store::service::ComplaintRow;
use hemu_store::{SealError, Tx};
use serde::Serialize;

use super::case_page::{outcome_text, state_text};
use super::plans::PlanView;
use super::todo::task_name;
use super::visit_shown::{VisitPicture, VisitShown, Visits};
use crate::{App, Refusal};

/// One thing that happened.
#[derive(Clone, Debug, Serialize)]
pub struct TimelineItem {
    /// When.
    pub on: NaiveDate,
    /// `contact`, `message`, `receipt`, `letter`, `promise`, `plan`, `hold`, `complaint` or `task`.
    pub kind: &'static str,
    /// What, in words.
    pub what: Text,
    /// More of it, as somebody wrote it down; may be empty.
    pub detail: String,
    /// Who did it; may be empty.
    pub by: String,
    /// Photos and signature of a visit.
    pub pictures: Vec<VisitPicture>,
}

/// What the page has read of the case already.
pub(super) struct Recorded<'a> {
    pub(super) promises: &'a [PromiseRow],
    pub(super) plans: &'a [PlanView],
    pub(super) holds: &'a [HoldRow],
    pub(super) complaints: &'a [ComplaintRow],
    pub(super) tasks: &'a [TaskRow],
}

/// Receipts of so many months before the case was opened are shown too.
const MONTHS_BEFORE: u32 = 6;

/// What happened in a case, newest first.
///
/// # Errors
/// When the database refuses, or a note cannot be opened.
pub(super) fn timeline(
    tx: &mut Tx<'_>,
    app: &App,
    community: CommunityId,
    case: &CaseRow,
    recorded: &Recorded<'_>,
) -> Result<Vec<TimelineItem>, Refusal> {
    let since = case.opened_on - chrono::Months::new(MONTHS_BEFORE);
    let mut items = Vec::new();
    let contacts = contact::list_of_party(tx, community, case.party_id)?;
    let mut visits = Visits::read(tx, community, &contacts)?;
    for contact in contacts {
        // A message of ours is told by its action, with what became of it.
        if !matches!(contact.channel.as_str(), "sms" | "wechat" | "email") {
            let visit = visits.take(contact.id);
            items.push(contact_item(app, contact, visit)?);
        }
    }
    let messages = step::list_of_case(tx, community, case.id)?;
    items.extend(messages.iter().filter(|one| one.kind == StepKind::Message.as_str()).map(message_item));
    items.extend(page::list_receipts(tx, community, case.party_id, since)?.iter().map(receipt_item));
    items.extend(legal::list_notices_of_case(tx, community, case.id)?.iter().map(letter_item));
    items.extend(legal::list_proofs_of_case(tx, community, case.id)?.iter().map(service_item));
    items.extend(recorded.promises.iter().flat_map(promise_items));
    items.extend(recorded.plans.iter().flat_map(plan_items));
    items.extend(recorded.holds.iter().flat_map(hold_items));
    items.extend(recorded.complaints.iter().flat_map(complaint_items));
    items.extend(recorded.tasks.iter().filter_map(task_item));
    items.sort_by_key(|item| std::cmp::Reverse(item.on));
    Ok(items)
}

fn item(on: NaiveDate, kind: &'static str, what: Text, detail: &str, by: &str) -> TimelineItem {
    TimelineItem { on, kind, what, detail: detail.to_owned(), by: by.to_owned(), pictures: Vec::new() }
}

fn contact_item(app: &App, contact: ContactRow, visit: Option<VisitShown>) -> Result<TimelineItem, SealError> {
    let note = match &contact.note_sealed {
        Some(sealed) => app.sealer.open_text("contact_log.note", contact.id.uuid(), sealed)?,
        None => String::new(),
    };
    let (zh, en) = channel_words(&contact.channel);
    let outcome = outcome_text(&contact.outcome);
    let mut what = Text::new(format!("{zh}：{}", outcome.zh), format!("{en}: {}", outcome.en));
    if let Ok(wanted @ (Initiative::CallBack | Initiative::Owner)) = Initiative::parse(&contact.initiative) {
        let by = wanted.label();
        what = Text::new(format!("{}（{}）", what.zh, by.zh), format!("{} ({})", what.en, by.en));
    }
    if let Some(Ok(rule)) = contact.breach.as_deref().map(BlockRule::parse) {
        let rule = rule.label();
        what = Text::new(
            format!("{}；超出联系额度：{}", what.zh, rule.zh),
            format!("{}; over the contact budget: {}", what.en, rule.en),
        );
    }
    if let Some(next) = contact.next_step.as_deref() {
        let on = contact.next_on.map(|day| day.to_string()).unwrap_or_default();
        what = Text::new(format!("{}；下一步 {next} {on}", what.zh), format!("{}; next: {next} {on}", what.en));
    }
    let mut shown = item(contact.happened_on, "contact", what, &note, &contact.staff_name);
    if let Some(visit) = visit {
        let told = visit.text(contact.happened_at);
        shown.what = Text::new(format!("{}；{}", shown.what.zh, told.zh), format!("{}; {}", shown.what.en, told.en));
        shown.pictures = visit.pictures;
    }
    Ok(shown)
}

/// The name of a channel.
#[must_use]
pub fn channel_words(channel: &str) -> (&'static str, &'static str) {
    match channel {
        "phone" => ("电话", "Call"),
        "visit" => ("上门", "Visit"),
        "counter" => ("前台", "At the counter"),
        "wechat" => ("微信", "WeChat"),
        "sms" => ("短信", "Text message"),
        "email" => ("邮件", "E-mail"),
        "letter" => ("函件", "Letter"),
        "link" => ("业主链接", "By the owner's link"),
        "board" => ("公告", "Board"),
        _ => ("联系", "Contact"),
    }
}

fn message_item(action: &ActionRow) -> TimelineItem {
    let (zh, en) = channel_words(action.channel.as_deref().unwrap_or("sms"));
    let state = state_text(&action.state);
    let what = Text::new(format!("{zh}提醒：{}", state.zh), format!("{en}: {}", state.en));
    item(action.done_on.unwrap_or(action.planned_on), "message", what, action.state_reason.as_deref().unwrap_or(""), "")
}

fn receipt_item(receipt: &PayerReceipt) -> TimelineItem {
    let amount = receipt.amount.grouped();
    let what = match (receipt.amount.is_positive(), receipt.reversed) {
        (true, false) => Text::new(format!("收款 {amount} 元"), format!("Paid {amount} yuan")),
        (true, true) => Text::new(format!("收款 {amount} 元（已冲红）"), format!("Paid {amount} yuan (reversed)")),
        (false, _) => Text::new(format!("冲红 {amount} 元"), format!("Reversal {amount} yuan")),
    };
    item(receipt.received_on, "receipt", what, &receipt.number, "")
}

fn letter_item(notice: &NoticeRow) -> TimelineItem {
    let what = match &notice.number {
        Some(number) => Text::new(format!("催缴通知书 {number}"), format!("Demand letter {number}")),
        None => Text::new("催缴通知书草稿", "Draft of a demand letter"),
    };
    item(notice.as_of, "letter", what, "", notice.issued_by.as_deref().unwrap_or(""))
}

fn service_item(proof: &ServiceProofRow) -> TimelineItem {
    let (zh, en) = match proof.outcome.as_str() {
        "served" => ("已送达", "served"),
        "refused" => ("拒收", "refused"),
        _ => ("退回", "returned"),
    };
    let grade = &proof.grade;
    let what = Text::new(format!("函件{zh}（证明等级 {grade}）"), format!("Letter {en} (proof of grade {grade})"));
    item(proof.served_on, "letter", what, proof.tracking_no.as_deref().unwrap_or(""), &proof.served_by)
}

fn promise_items(promise: &PromiseRow) -> Vec<TimelineItem> {
    let (amount, due) = (promise.amount_fen.grouped(), promise.due_on);
    let given = match promise.lapses_on {
        None => Text::new(format!("承诺 {due} 前缴 {amount} 元"), format!("Promised {amount} yuan by {due}")),
        Some(day) => Text::new(
            format!("提议 {due} 前缴 {amount} 元，{day} 前答复"),
            format!("Proposed {amount} yuan by {due}, answer by {day}"),
        ),
    };
    let mut items = vec![item(promise.promised_on, "promise", given, "", &promise.taken_by)];
    if let Some(on) = promise.settled_on {
        let (zh, en) = match promise.state.as_str() {
            "kept" => ("承诺已履行", "Promise kept"),
            "part_kept" => ("承诺部分履行", "Promise kept in part"),
            "broken" => ("承诺未履行", "Promise broken"),
            "withdrawn" => ("承诺已撤回", "Promise withdrawn"),
            "accepted" => ("业主同意提议", "The owner agreed to the proposal"),
            "lapsed" => ("提议逾期未答复", "The proposal lapsed"),
            _ => ("承诺已更新", "Promise replaced"),
        };
        items.push(item(on, "promise", Text::new(zh, en), "", ""));
    }
    items
}

fn plan_items(plan: &PlanView) -> Vec<TimelineItem> {
    let (total, parts) = (plan.total.grouped(), plan.schedule.len());
    let offered =
        Text::new(format!("提出分期 {total} 元，{parts} 期"), format!("Plan of {total} yuan in {parts} parts offered"));
    let mut items = vec![item(plan.offered_on, "plan", offered, "", &plan.agreed_by)];
    let mut add = |on: Option<NaiveDate>, (zh, en): (&str, &str), detail: &str, by: &str| {
        items.extend(on.map(|on| item(on, "plan", Text::new(zh, en), detail, by)));
    };
    add(plan.agreed_on, ("业主同意分期", "The owner agreed to the plan"), "", "");
    add(plan.runs_from, ("分期开始履行", "The plan runs"), "", &plan.approved_by);
    add(plan.warned_on, ("已通知分期逾期", "The owner was told of a missed instalment"), "", &plan.warned_by);
    let (zh, en) = (format!("分期{}", plan.state_text.zh), format!("Plan {}", plan.state_text.en));
    add(plan.settled_on, (&zh, &en), &plan.ended_why, "");
    items
}

fn hold_items(hold: &HoldRow) -> Vec<TimelineItem> {
    if HoldKind::parse(&hold.kind).is_ok_and(|kind| !kind.is_opened_by_staff()) {
        // A promise and a plan are told by themselves.
        return Vec::new();
    }
    let kind = HoldKind::parse(&hold.kind).map_or_else(|word| Text::new(word.clone(), word), HoldKind::label);
    let what = Text::new(format!("暂缓：{}", kind.zh), format!("Hold: {}", kind.en));
    let mut items = vec![item(hold.opened_on, "hold", what, &hold.reason, &hold.opened_by)];
    if let Some(on) = hold.released_on {
        items.push(item(on, "hold", Text::new("暂缓解除", "Hold released"), "", ""));
    }
    items
}

/// A task that was done; a contact, a letter and an answer are told by themselves.
fn task_item(task: &TaskRow) -> Option<TimelineItem> {
    let (on, result) = (task.done_on?, task.result.as_deref()?);
    let told =
        matches!(task.kind.as_str(), "serve_letter" | "answer_complaint") || ContactOutcome::parse(result).is_ok();
    let by = task.done_by.as_deref().unwrap_or("");
    (!told).then(|| item(on, "task", task_name(&task.kind), result, by))
}

fn complaint_items(complaint: &ComplaintRow) -> Vec<TimelineItem> {
    let opening = &complaint.opening;
    let taken = Text::new(
        format!("投诉登记，{} 前答复", complaint.promised_on),
        format!("Complaint taken, answer by {}", complaint.promised_on),
    );
    let mut items = vec![item(opening.opened_on, "complaint", taken, &opening.subject, &opening.taken_by)];
    if let Some(on) = complaint.answered_on {
        let answer = complaint.answer.as_deref().unwrap_or("");
        let finding = complaint.finding.map_or_else(|| Text::new("", ""), Finding::label);
        let what = Text::new(format!("投诉已答复：{}", finding.zh), format!("Complaint answered: {}", finding.en));
        items.push(item(on, "complaint", what, answer, ""));
    }
    items
}

//! What stands in the way of closing a month, all of it at once, and what somebody should look at.

use hemu_domain::closing::Difference;
use hemu_domain::ids::CommunityId;
use hemu_domain::staff::approval::ApprovalKind;
use hemu_domain::{Fen, Period, Text};
use hemu_store::{DbError, Tx, approval, bank, billing, verify};

use super::{OpenMonth, open_work};
use crate::App;

/// The newest runs of bills are looked at; older ones were taken over long ago.
const RUNS: i64 = 60;

/// Problems, then warnings.
pub(super) type Found = (Vec<Text>, Vec<Text>);

/// Looks at a month that is not closed; `fact_seq` is the last fact known. Nothing has been recorded at all: there is nothing to
/// close.
pub(super) fn look(
    tx: &mut Tx<'_>,
    app: &App,
    community: CommunityId,
    state: &OpenMonth,
    fact_seq: i64,
) -> Result<Found, DbError> {
    let month = state.figures.month;
    let (mut problems, mut warnings) = (Vec::new(), Vec::new());
    if app.today() <= month.last_day() {
        problems.push(not_over(month));
    }
    if fact_seq <= 1 {
        problems
            .push(Text::new("还没有任何账务，没有可结的月份", "nothing is recorded yet: there is no month to close"));
    }
    problems.extend(state.figures.differences(&state.open).iter().map(difference));
    for check in verify::verify_money(tx, community)?.into_iter().filter(|check| !check.ok) {
        let (name, detail) = (check.name, check.detail);
        let zh = format!("账务核对不通过：{name}（{detail}），请先查明（hemu verify）");
        problems.push(Text::new(zh, format!("a check is red: {name} ({detail}); look into it first (hemu verify)")));
    }
    let (running, runs) = bill_runs(tx, community, month)?;
    problems.extend(running);
    warnings.extend(runs);
    problems.extend(unmatched(tx, community, month)?);
    problems.extend(open_work::shifts(tx, community, month)?);
    problems.extend(open_work::differences(tx, community, month)?);
    warnings.extend(open_work::not_billed(tx, community, month)?);
    let waiting = approval::list_open(tx, community, app.today())?;
    let waiting = waiting.iter().filter(|one| one.kind == ApprovalKind::Adjustment).count();
    if waiting > 0 {
        let zh = format!("还有 {waiting} 份减免申请待审批，批准后计入批准当月");
        warnings
            .push(Text::new(zh, format!("{waiting} waivers wait for approval; they count in the month of approval")));
    }
    Ok((problems, warnings))
}

fn not_over(month: Period) -> Text {
    let after = month.next().first_day();
    Text::new(
        format!("{month} 还没有过完，最早 {after} 可以结账"),
        format!("{month} is not over; close it from {after} on"),
    )
}

fn difference(one: &Difference) -> Text {
    let zh = match one.what {
        "receivable" => "应收",
        "late_fee" => "违约金",
        "deposits" => "押金",
        _ => "预收",
    };
    let what = one.what.replace('_', " ");
    let (forward, open) = (one.forward, one.open);
    Text::new(
        format!("{zh}勾稽不平：按发生额 {forward} 元，按未缴余额 {open} 元"),
        format!("{what} does not tie out: {forward} by the movements, {open} by what is open"),
    )
}

/// Money on the bank statement of the month, or of one before, that is nobody's yet: its receipt would be dated in the closed month.
fn unmatched(tx: &mut Tx<'_>, community: CommunityId, month: Period) -> Result<Option<Text>, DbError> {
    let lines = bank::line::list_open(tx, community)?;
    let amounts: Vec<Fen> =
        lines.iter().filter(|one| one.received_on <= month.last_day()).map(|one| one.amount).collect();
    let (count, sum) = (amounts.len(), amounts.iter().sum::<Fen>().grouped());
    Ok((count > 0).then(|| {
        Text::new(
            format!("银行流水还有 {count} 笔到账（共 {sum} 元）没有入账，请先在对账里入账或注明忽略"),
            format!("{count} lines of the bank statement ({sum}) are not booked: book or ignore them first"),
        )
    }))
}

/// A run that is not done is a problem; bills that nobody was told of, or none at all, are worth a look.
fn bill_runs(tx: &mut Tx<'_>, community: CommunityId, month: Period) -> Result<Found, DbError> {
    let runs = billing::list_runs(tx, community, RUNS)?;
    let (mut problems, mut warnings) = (Vec::new(), Vec::new());
    for run in runs.iter().filter(|run| run.status == "running") {
        let period = run.period;
        let zh = format!("账期 {period} 的出账没有完成，请等它结束；如果已经中断，请再出一次账");
        let en = format!("the bill run of {period} is not done; wait for it, or issue again where it broke off");
        problems.push(Text::new(zh, en));
    }
    let mut of_month = runs.iter().filter(|run| run.period == month && run.status == "done").peekable();
    if of_month.peek().is_none() {
        warnings.push(Text::new(format!("{month} 没有出过账"), format!("no bills were issued for {month}")));
    } else if of_month.any(|run| run.bills > 0 && run.published_on.is_none()) {
        warnings
            .push(Text::new(format!("{month} 的账单还没有发布"), format!("the bills of {month} are not published")));
    }
    Ok((problems, warnings))
}

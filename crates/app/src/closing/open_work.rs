//! Work of the month that is not done: shifts nobody closed, differences nobody looked into, what was read, shared or ordered and is
//! on no bill. The first two keep the month open, because what they come to may still become money of it; the others are told.

use hemu_domain::bank::settlement::Provider;
use hemu_domain::ids::CommunityId;
use hemu_domain::{Fen, Period, Text};
use hemu_store::{DbError, Tx, desk, metering, shared_costs};

use crate::bank::DifferenceItem;
use crate::bank::unsettled::list_unsettled;
use crate::billing::orders;

/// Cash shifts opened in the month or before and not closed, each with whose it is.
pub(super) fn shifts(tx: &mut Tx<'_>, community: CommunityId, month: Period) -> Result<Vec<Text>, DbError> {
    let open = desk::list_open_shifts(tx, community)?;
    let of_month = open.into_iter().filter(|shift| shift.opened_on <= month.last_day());
    let sentence = |shift: desk::ShiftRow| {
        let (cashier, on) = (shift.cashier, shift.opened_on);
        Text::new(
            format!("{cashier} {on} 开的班还没有日结，请本人或经理在“收费台—班次”里清点日结"),
            format!("the shift {cashier} opened on {on} is not closed: count and close it under Cash desk, Shift"),
        )
    };
    Ok(of_month.map(sentence).collect())
}

/// Differences dated in the month between providers' files and the books.
pub(super) fn differences(tx: &mut Tx<'_>, community: CommunityId, month: Period) -> Result<Vec<Text>, DbError> {
    let sentence = |(provider, open): (Provider, Vec<DifferenceItem>)| {
        let (name, count) = (provider.label(), open.len());
        let first = open.iter().map(|one| one.day).min().unwrap_or_else(|| month.first_day());
        Text::new(
            format!(
                "{}账单还有 {count} 处差异没有处理（最早 {first}），请在“对账—渠道账单”里补录、冲红或写明原因",
                name.zh
            ),
            format!(
                "{count} differences with the file of {} are not settled (the first of {first}): put them right or say what they are under Reconciliation",
                name.en
            ),
        )
    };
    Ok(list_unsettled(tx, community, month)?.into_iter().map(sentence).collect())
}

/// What is ready for a bill of the month, or not ready yet, and on none.
pub(super) fn not_billed(tx: &mut Tx<'_>, community: CommunityId, month: Period) -> Result<Vec<Text>, DbError> {
    let readings = metering::count_unconfirmed(tx, community, month)?;
    let shares = shared_costs::sum_ready(tx, community, (month, month))?;
    let usages = metering::sum_ready(tx, community, (month, month))?;
    let ordered = orders::sum_open(tx, community, month)?;
    let unread = (readings > 0).then(|| {
        Text::new(
            format!("{month} 有 {readings} 块表的读数还没有确认用量，请在“抄表”里确认"),
            format!("the readings of {readings} meters of {month} are not confirmed: confirm the usage under Meters"),
        )
    });
    let waiting = [
        (("公摊", "shares of costs"), shares),
        (("已确认的用量", "confirmed usages"), usages),
        (("临时收费", "orders"), ordered),
    ];
    let waiting = waiting.into_iter().filter(|(_, (count, _))| *count > 0);
    Ok(unread.into_iter().chain(waiting.map(|(what, sum)| on_no_bill(month, what, sum))).collect())
}

fn on_no_bill(month: Period, (zh, en): (&str, &str), (count, amount): (i64, Fen)) -> Text {
    let amount = amount.grouped();
    Text::new(
        format!("{month} 有 {count} 笔{zh}（共 {amount} 元）还没有出账，请在“账单”里再出一次账"),
        format!("{count} {en} of {month} ({amount}) are on no bill: issue bills once more"),
    )
}

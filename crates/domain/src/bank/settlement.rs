//! Settlement files (渠道账单) of payment providers: WeChat Pay's trade bill and Alipay's business detail.
//!
//! WeChat puts a backtick before every value and sums below; Alipay puts `#` before its title, its sums and the end of its list.
//! Where a file tells how many payments it holds and what they come to, its rows must say the same: half a file is not read.

use chrono::NaiveDate;

use super::layout::heading_key;
use super::settlement_sums::NamedSums;
use super::values::{amount_of, cell, day_of, fee_of, text_of};
use crate::import::Finding;
use crate::sheet::{Cell, Sheet};
use crate::words::words;
use crate::{Fen, Text};

words!(
    /// A payment provider.
    Provider {
        /// 微信支付
        Wechat = "wechat", "微信支付", "WeChat Pay";
        /// 支付宝
        Alipay = "alipay", "支付宝", "Alipay";
    }
);

words!(
    /// What an entry is.
    EntryKind {
        /// 支付
        Payment = "payment", "支付", "payment";
        /// 退款
        Refund = "refund", "退款", "refund";
    }
);

/// A payment or refund of a settlement file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettlementEntry {
    /// The row the spreadsheet shows.
    pub row: usize,
    /// What it is.
    pub kind: EntryKind,
    /// The provider's number; of a refund with the refund's own number.
    pub entry_no: String,
    /// The merchant's order number.
    pub order_no: String,
    /// The day.
    pub day: NaiveDate,
    /// What the payer paid or got back; above zero.
    pub amount: Fen,
    /// What the provider keeps for it; the payer is never charged for it.
    pub fee: Fen,
}

/// A settlement file as it was understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettlementFile {
    /// Whose it is.
    pub provider: Provider,
    /// Its entries in the order of the file.
    pub entries: Vec<SettlementEntry>,
    /// Titles, sums and rows of other kinds.
    pub skipped: usize,
    /// What contradicts itself: nothing is to be imported while there is any.
    pub problems: Vec<Finding>,
}

/// Names of the columns of a provider.
struct Names {
    provider: Provider,
    entry_no: &'static str,
    order_no: &'static str,
    kind: &'static str,
    days: &'static [&'static str],
    amounts: &'static [&'static str],
    refund_nos: &'static [&'static str],
    refund_states: &'static [&'static str],
    refunds: &'static [&'static str],
    fees: &'static [&'static str],
}

const PROVIDERS: [Names; 2] = [
    Names {
        provider: Provider::Wechat,
        entry_no: "微信订单号",
        order_no: "商户订单号",
        kind: "交易状态",
        days: &["交易时间"],
        amounts: &["订单金额", "总金额", "应结订单金额"],
        refund_nos: &["微信退款单号"],
        refund_states: &["退款状态"],
        refunds: &["申请退款金额", "退款金额"],
        fees: &["手续费"],
    },
    Names {
        provider: Provider::Alipay,
        entry_no: "支付宝交易号",
        order_no: "商户订单号",
        kind: "业务类型",
        days: &["完成时间", "创建时间"],
        amounts: &["订单金额"],
        refund_nos: &["退款批次号/请求号", "退款批次号"],
        refund_states: &[],
        refunds: &["商家实收", "订单金额"],
        fees: &["服务费", "手续费"],
    },
];

/// Where the columns are.
struct Columns {
    entry_no: usize,
    order_no: Option<usize>,
    kind: usize,
    day: usize,
    amount: usize,
    refund_no: Option<usize>,
    refund_state: Option<usize>,
    refund: Option<usize>,
    fee: Option<usize>,
}

impl Columns {
    fn find(row: &[Cell], names: &Names) -> Option<Self> {
        let keys: Vec<String> = row.iter().map(|cell| heading_key(&text_of(cell))).collect();
        let first = |wanted: &[&str]| wanted.iter().find_map(|name| keys.iter().position(|key| key == name));
        Some(Self {
            entry_no: first(&[names.entry_no])?,
            order_no: first(&[names.order_no]),
            kind: first(&[names.kind])?,
            day: first(names.days)?,
            amount: first(names.amounts)?,
            refund_no: first(names.refund_nos),
            refund_state: first(names.refund_states),
            refund: first(names.refunds),
            fee: first(names.fees),
        })
    }
}

/// Reads a settlement file; `None` when no sheet has the headings of a provider (a bank's statement, perhaps).
#[must_use]
pub fn read_settlement(sheets: &[Sheet]) -> Option<SettlementFile> {
    sheets.iter().find_map(|sheet| {
        PROVIDERS.iter().find_map(|names| {
            let row = sheet.rows.iter().take(40).position(|row| Columns::find(row, names).is_some())?;
            let columns = Columns::find(&sheet.rows[row], names)?;
            Some(read_rows(sheet, row, names.provider, &columns))
        })
    })
}

fn read_rows(sheet: &Sheet, heading_row: usize, provider: Provider, columns: &Columns) -> SettlementFile {
    let mut file = SettlementFile { provider, entries: Vec::new(), skipped: 0, problems: Vec::new() };
    let (mut named, mut kinds, mut rows) = (NamedSums::default(), Vec::new(), 0);
    for (at, row) in sheet.rows.iter().enumerate().skip(heading_row + 1) {
        let first = row.iter().find(|cell| !cell.is_blank()).map(text_of);
        let Some(first) = first else { continue };
        if named.take(sheet, at, &first) {
            file.skipped += 1;
            continue;
        }
        rows += 1;
        match read_entry(row, at, columns) {
            Ok(Some(entry)) => {
                kinds.push((at, entry.kind));
                file.entries.push(entry);
            }
            Ok(None) => file.skipped += 1,
            Err((column, problem)) => {
                let heading = text_of(cell(&sheet.rows[heading_row], Some(column)));
                file.problems.push(finding(sheet, (at, heading), text_of(cell(row, Some(column))), &problem));
            }
        }
    }
    for (row, value, problem) in named.contradictions(sheet, heading_row, provider, (&kinds, rows)) {
        file.problems.push(finding(sheet, (row, String::new()), value, &problem));
    }
    file
}

fn finding(sheet: &Sheet, (row, column): (usize, String), value: String, problem: &Text) -> Finding {
    Finding {
        sheet: sheet.name.clone(),
        row: row + 1,
        column,
        value,
        problem: format!("{} / {}", problem.zh, problem.en),
    }
}

/// An entry of a row; `None` for what is neither a payment nor a refund.
///
/// # Errors
/// The column that cannot be read, and why.
fn read_entry(row: &[Cell], at: usize, columns: &Columns) -> Result<Option<SettlementEntry>, (usize, Text)> {
    let kind = match text_of(cell(row, Some(columns.kind))).to_uppercase().as_str() {
        "SUCCESS" | "交易" => EntryKind::Payment,
        "REFUND" | "退款" => EntryKind::Refund,
        // A revoked payment was never collected.
        _ => return Ok(None),
    };
    let refund_state = text_of(cell(row, columns.refund_state)).to_uppercase();
    if kind == EntryKind::Refund && matches!(refund_state.as_str(), "FAIL" | "CLOSED" | "REFUNDCLOSE") {
        return Ok(None);
    }
    let wrong_amount = || Text::new("金额不是数字，请检查这一行", "the amount is not a number; look at this row");
    let wrong_day = || Text::new("日期无法识别，请检查这一行", "the day cannot be read; look at this row");
    let amount_column = match kind {
        EntryKind::Payment => columns.amount,
        EntryKind::Refund => columns.refund.unwrap_or(columns.amount),
    };
    let day = day_of(cell(row, Some(columns.day))).ok_or_else(|| (columns.day, wrong_day()))?;
    let amount = amount_of(cell(row, Some(amount_column))).ok().flatten().filter(|amount| !amount.is_zero());
    let amount = amount.ok_or_else(|| (amount_column, wrong_amount()))?;
    let fee = fee_of(cell(row, columns.fee)).map_err(|_| (columns.fee.unwrap_or_default(), wrong_amount()))?;
    let number = text_of(cell(row, Some(columns.entry_no)));
    let refund_no = text_of(cell(row, columns.refund_no));
    Ok(Some(SettlementEntry {
        row: at + 1,
        kind,
        entry_no: if kind == EntryKind::Refund { format!("{number}/{refund_no}") } else { number },
        order_no: text_of(cell(row, columns.order_no)),
        day,
        amount: if amount.is_positive() { amount } else { -amount },
        fee,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(csv: &str) -> Vec<Sheet> {
        let cell = |text: &str| if text.is_empty() { Cell::Empty } else { Cell::Text(text.to_owned()) };
        let rows = csv.lines().map(|line| line.split(',').map(cell).collect()).collect();
        vec![Sheet { name: "账单".to_owned(), rows }]
    }

    const WECHAT: &str = "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注
`2026-11-05 09:10:11,`wx01,`1600,`0,`,`4200001,`HM-1,`o1,`NATIVE,`SUCCESS,`OTHERS,`CNY,`209.90,`0.00,`0,`0,`0.00,`0.00,`,`,`物业费,`,`1.25940,`0.60%,`209.90,`0.00,`
`2026-11-06 10:00:00,`wx01,`1600,`0,`,`4200001,`HM-1,`o1,`NATIVE,`REFUND,`OTHERS,`CNY,`0.00,`0.00,`50001,`R-1,`9.90,`0.00,`ORIGINAL,`SUCCESS,`物业费,`,`-0.05940,`0.60%,`0.00,`9.90,`
总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额
`2,`209.90,`9.90,`0.00,`1.20000,`209.90,`9.90";

    const ALIPAY: &str = "#支付宝业务明细查询
#账号：[2088000000000001]
#-----------------------------------------业务明细列表----------------------------------------
支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,订单金额（元）,商家实收（元）,支付宝红包（元）,退款批次号/请求号,服务费（元）,分润（元）,备注
2026110522001\t,HM-2\t,交易,物业费,2026-11-05 09:00:00,2026-11-05 09:00:05,,,,,159****0000,300.00,300.00,0.00,\t,-1.80,0.00,
2026110522001\t,HM-2\t,退款,物业费,2026-11-05 09:00:00,2026-11-06 11:00:05,,,,,159****0000,-300.00,-300.00,0.00,R-2\t,1.80,0.00,
#-----------------------------------------业务明细列表结束------------------------------------
#交易合计：1笔，商家实收共300.00元，商家优惠共0.00元
#退款合计：1笔，商家实收退款共300.00元，商家优惠退款共0.00元";

    #[test]
    fn a_wechat_bill_has_backticks_and_sums_below() {
        let file = read_settlement(&sheet(WECHAT)).expect("a settlement file");
        assert_eq!((file.provider, file.problems.len(), file.skipped), (Provider::Wechat, 0, 2));
        let [payment, refund] = &file.entries[..] else { panic!("{:?}", file.entries) };
        assert_eq!((payment.kind, payment.amount, payment.fee), (EntryKind::Payment, Fen::new(20_990), Fen::new(126)));
        assert_eq!((payment.entry_no.as_str(), payment.order_no.as_str()), ("4200001", "HM-1"));
        assert_eq!((refund.kind, refund.amount, refund.fee), (EntryKind::Refund, Fen::new(990), Fen::new(-6)));
        assert_eq!(refund.entry_no, "4200001/50001");
    }

    #[test]
    fn an_alipay_file_has_marks_before_its_title_and_sums() {
        let file = read_settlement(&sheet(ALIPAY)).expect("a settlement file");
        assert_eq!((file.provider, file.problems.len()), (Provider::Alipay, 0));
        let [payment, refund] = &file.entries[..] else { panic!("{:?}", file.entries) };
        assert_eq!(
            (payment.amount, refund.amount, refund.kind),
            (Fen::new(30_000), Fen::new(30_000), EntryKind::Refund)
        );
        assert_eq!(refund.day.to_string(), "2026-11-06");
    }

    #[test]
    fn a_file_with_fewer_rows_than_it_says_is_not_read() {
        for (whole, row) in [(WECHAT, "REFUND"), (ALIPAY, "交易,物业费")] {
            let cut: Vec<&str> = whole.lines().filter(|line| !line.contains(row)).collect();
            let file = read_settlement(&sheet(&cut.join("\n"))).expect("a settlement file");
            assert_eq!(file.problems.len(), 1, "{row}");
        }
        let wrong = read_settlement(&sheet(&WECHAT.replace("`209.90,`0.00,`\n", "`二百,`0.00,`\n"))).expect("a file");
        assert_eq!((wrong.problems[0].row, wrong.problems[0].column.as_str()), (2, "订单金额"));
    }

    #[test]
    fn a_file_whose_rows_do_not_come_to_the_sums_it_names_is_not_read() {
        let changed = [
            (WECHAT, "1.25940,`0.60%,`209.90", "1.25940,`0.60%,`208.90", "订单金额"),
            (WECHAT, "`0.00,`9.90,`\n总", "`0.00,`9.80,`\n总", "申请退款金额"),
            (ALIPAY, "300.00,300.00,0.00,\t", "300.00,299.00,0.00,\t", "商家实收"),
            (ALIPAY, "退款共300.00元", "退款共300.01元", "商家实收"),
        ];
        for (whole, from, to, column) in changed {
            let csv = whole.replacen(from, to, 1);
            assert_ne!(csv, whole, "{from}");
            let file = read_settlement(&sheet(&csv)).expect("a settlement file");
            let [problem] = &file.problems[..] else { panic!("{from}: {:?}", file.problems) };
            assert!(problem.problem.contains(column), "{problem:?}");
        }
    }

    #[test]
    fn a_payment_that_was_revoked_and_a_refund_that_failed_are_counted_and_are_no_entries() {
        let failed =
            WECHAT.replace("`ORIGINAL,`SUCCESS", "`ORIGINAL,`FAIL").replace("`NATIVE,`SUCCESS", "`NATIVE,`REVOKED");
        let file = read_settlement(&sheet(&failed)).expect("a settlement file");
        assert_eq!((file.entries.len(), file.problems.len(), file.skipped), (0, 0, 4));
    }

    #[test]
    fn a_bank_statement_is_no_settlement_file() {
        assert_eq!(read_settlement(&sheet("交易日期,贷方金额,余额\n2026-11-05,1.00,1.00")), None);
    }
}

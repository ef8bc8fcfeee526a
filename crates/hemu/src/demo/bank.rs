//! A bank statement and a provider's file come in shortly before the example ends, so that 对账 has something to settle.

use std::fmt::Write as _;

use chrono::{Days, NaiveDate};
use hemu_app::bank::{FileRequest, ignore_line, import_bank_file, list_bank_lines};
use hemu_app::{App, Refusal};
use hemu_domain::Fen;

use super::days::Office;

/// So many days before the end the files come in.
const DAYS_BEFORE: u64 = 2;

impl Office {
    /// On its day, the accountant brings in what the bank and WeChat Pay say of the day before; most of it waits to be settled.
    pub(super) fn reconcile(&mut self, app: &App, day: NaiveDate) -> Result<(), Refusal> {
        if day.checked_add_days(Days::new(DAYS_BEFORE)) != Some(self.last) {
            return Ok(());
        }
        let yesterday = day.pred_opt().unwrap_or(day);
        let accountant = self.staff.accountant.clone();
        let import = |name: &str, text: String| {
            let request = FileRequest {
                community: self.name.clone(),
                file_name: name.to_owned(),
                bytes: text.into_bytes(),
                layout: None,
                map: Vec::new(),
                dry_run: false,
            };
            import_bank_file(app, &accountant, &request)
        };
        import("建行流水.csv", self.statement(app, yesterday)?)?;
        import("微信支付账单.csv", wechat_bill(yesterday))?;
        let interest =
            list_bank_lines(app, &accountant, self.id)?.open.into_iter().find(|one| one.remark == "活期结息");
        match interest {
            Some(line) => ignore_line(app, &accountant, self.id, line.id, "银行结息，不是物业收费"),
            None => Ok(()),
        }
    }

    /// Somebody pays all by name, somebody a part with the room beside it, and two pay what is no fee.
    fn statement(&self, app: &App, day: NaiveDate) -> Result<String, Refusal> {
        let mut rows = self.payers(app, day)?.into_iter();
        let mut balance = Fen::new(1_000_000);
        let mut text =
            "交易时间,借方发生额（支取）,贷方发生额（收入）,余额,对方户名,对方账号,摘要,备注,账户明细编号-交易流水号\n"
                .to_owned();
        let mut number = 0;
        let mut line = |amount: Fen, who: &str, remark: &str| {
            number += 1;
            balance += amount;
            let account = format!("62170000000000{number:02}");
            let serial = format!("{}-{number}", day.format("%Y%m%d"));
            writeln!(text, "{day} 10:0{number}:00,0.00,{amount},{balance},{who},{account},转账存入,{remark},{serial}")
        };
        let mut written = Ok(());
        if let Some(row) = rows.next() {
            written = written.and(line(row.principal + row.late_fee, &row.owner.replace(',', " "), "物业费"));
        }
        if let Some(row) = rows.next() {
            written = written.and(line(Fen::new(20_000), "某某", &format!("{} 物业费", row.unit)));
        }
        written = written.and(line(Fen::new(68_000), "示例商贸有限公司", "广告位租金"));
        written = written.and(line(Fen::new(1_234), "", "活期结息"));
        written.map_err(|error| Refusal::Internal(error.to_string()))?;
        Ok(text)
    }
}

/// One payment that is not in the books.
fn wechat_bill(day: NaiveDate) -> String {
    let head = "交易时间,微信订单号,商户订单号,交易状态,订单金额,手续费";
    let row = format!("`{day} 19:30:00,`4200000000{},`PARK-01,`SUCCESS,`150.00,`0.90000", day.format("%Y%m%d"));
    format!("{head}\n{row}\n总交易单数,订单总金额\n`1,`150.00\n")
}

//! What a settlement file says about itself: how many entries it holds and what they come to. Where the rows say something else,
//! the file was cut short or changed by hand, and nothing of it is read.

use super::layout::heading_key;
use super::settlement::{EntryKind, Provider};
use super::values::{amount_of, cell, text_of};
use crate::sheet::{Cell, Sheet};
use crate::{Fen, Text};

/// WeChat's sums by their headings, old and new, with the heading of the column each sums up.
const WECHAT_SUMS: [(&str, &str); 7] = [
    ("总交易额", "总金额"),
    ("应结订单总金额", "应结订单金额"),
    ("订单总金额", "订单金额"),
    ("总退款金额", "退款金额"),
    ("退款总金额", "退款金额"),
    ("申请退款总金额", "申请退款金额"),
    ("充值券退款总金额", "充值券退款金额"),
];

/// A sum the file names.
struct NamedSum {
    /// The heading of the column it sums up.
    column: String,
    /// Of which entries; of all where none is named.
    kind: Option<EntryKind>,
    amount: Fen,
    row: usize,
}

/// What a file says about itself.
#[derive(Default)]
pub struct NamedSums {
    /// How many entries, and the row that says so.
    count: Option<(usize, usize)>,
    sums: Vec<NamedSum>,
    /// The row below WeChat's headings of its sums.
    below: Option<usize>,
}

/// A contradiction: the row that names the sum, what it says, and what is wrong with it.
pub type Contradiction = (usize, String, Text);

impl NamedSums {
    /// Whether the row belongs to the sums; what it says is kept.
    pub fn take(&mut self, sheet: &Sheet, at: usize, first: &str) -> bool {
        if self.below == Some(at) {
            return true;
        }
        if first.starts_with("总交易单数") {
            self.below = Some(at + 1);
            self.take_wechat(sheet, at);
            return true;
        }
        if !first.starts_with('#') {
            return false;
        }
        // A comma of the sentence cuts it into cells.
        let cells = sheet.rows[at].iter().filter(|cell| !cell.is_blank());
        self.take_alipay(at, &cells.map(text_of).collect::<Vec<_>>().join("，"));
        true
    }

    fn take_wechat(&mut self, sheet: &Sheet, at: usize) {
        let Some(below) = sheet.rows.get(at + 1) else { return };
        self.count = self.count.or(digits(&text_of(cell(below, Some(0)))).map(|count| (count, at + 1)));
        for (column, heading) in sheet.rows[at].iter().enumerate() {
            let key = heading_key(&text_of(heading));
            let summed = WECHAT_SUMS.iter().find(|(name, _)| *name == key);
            let amount = amount_of(cell(below, Some(column))).ok().flatten();
            if let (Some((_, column)), Some(amount)) = (summed, amount) {
                self.sums.push(NamedSum { column: (*column).to_owned(), kind: None, amount, row: at + 1 });
            }
        }
    }

    /// `#交易合计：1笔，商家实收共300.00元，商家优惠共0.00元`
    fn take_alipay(&mut self, at: usize, text: &str) {
        let (kind, rest) = if let Some((_, rest)) = text.split_once("交易合计") {
            self.count = self.count.or(digits(rest).map(|count| (count, at)));
            (EntryKind::Payment, rest)
        } else if let Some((_, rest)) = text.split_once("退款合计") {
            (EntryKind::Refund, rest)
        } else {
            return;
        };
        let after =
            rest.split_once("商家实收").map(|(_, after)| after.trim_start_matches("退款").trim_start_matches('共'));
        let amount = after.and_then(|after| after.split_once('元')).and_then(|(amount, _)| Fen::parse(amount).ok());
        if let Some(amount) = amount {
            self.sums.push(NamedSum { column: "商家实收".to_owned(), kind: Some(kind), amount, row: at });
        }
    }

    /// Compares what the file says with its rows: `entries` by their row, `rows` all that stand between headings and sums.
    pub fn contradictions(
        &self,
        sheet: &Sheet,
        heading_row: usize,
        provider: Provider,
        (entries, rows): (&[(usize, EntryKind)], usize),
    ) -> Vec<Contradiction> {
        // WeChat counts every row, Alipay the payments alone.
        let have = match provider {
            Provider::Wechat => rows,
            Provider::Alipay => entries.iter().filter(|(_, kind)| *kind == EntryKind::Payment).count(),
        };
        let mut found = Vec::new();
        if let Some((count, row)) = self.count.filter(|(count, _)| *count != have) {
            let zh = format!("文件写明 {count} 笔，实际读到 {have} 笔：文件可能不完整，请重新下载");
            let en = format!("the file says {count} and holds {have}: it may be cut short; download it again");
            found.push((row, count.to_string(), Text::new(zh, en)));
        }
        // Of a file cut short the count is enough. And what providers sum of revoked payments and failed refunds differs.
        if !found.is_empty() || entries.len() < rows {
            return found;
        }
        let keys: Vec<String> = sheet.rows[heading_row].iter().map(|cell| heading_key(&text_of(cell))).collect();
        for named in &self.sums {
            let Some(column) = keys.iter().position(|key| *key == named.column) else { continue };
            let of_kind = entries.iter().filter(|(_, kind)| named.kind.is_none_or(|wanted| wanted == *kind));
            let amount = |row: &[Cell]| amount_of(cell(row, Some(column))).ok().flatten().unwrap_or(Fen::ZERO);
            let sum: Fen = of_kind.map(|(row, _)| amount(&sheet.rows[*row])).sum();
            // Alipay writes refunds with a minus in its rows and without one in its sums.
            if sum != named.amount && -sum != named.amount {
                let (told, column) = (named.amount, &named.column);
                let zh = format!("文件写明{column}合计 {told}，各行相加是 {sum}：文件被改动或不完整，请重新下载");
                let en = format!(
                    "the file says {told} of {column}, its rows come to {sum}: changed or cut short; download it again"
                );
                found.push((named.row, told.to_string(), Text::new(zh, en)));
            }
        }
        found
    }
}

/// The number a text begins with.
fn digits(text: &str) -> Option<usize> {
    let text = text.trim_start_matches(['：', ':', ' ']);
    text.chars().take_while(char::is_ascii_digit).collect::<String>().parse().ok()
}

//! Statements (银行流水): the lines of money that came in, from whatever bank's columns.
//!
//! 1. The heading row is the first that names a day, an amount, and one thing more; what stands above it is the title, which may
//!    tell the own account.
//! 2. Rows below are read; blank rows, repeated headings, sums and closing remarks are skipped.
//! 3. Where every row has a balance, each must follow from its neighbour, newest first or oldest first: a row that was cut out or
//!    changed shows.
//!
//! One finding and the statement is not to be imported: money read in part is worse than money not read.

use chrono::NaiveDate;

use super::layout::{Field, Layout, StatementMap, heading_key, recognise};
use super::values::{amount_of, cell, day_of, text_of};
use crate::import::Finding;
use crate::import::room::{is_sum, narrow};
use crate::sheet::{Cell, Sheet};
use crate::{Fen, Text};

/// Money that came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatementLine {
    /// The row the spreadsheet shows.
    pub row: usize,
    /// The day.
    pub day: NaiveDate,
    /// How much; above zero.
    pub amount: Fen,
    /// What the account held after it.
    pub balance: Option<Fen>,
    /// Who paid, as the bank writes it; may be empty.
    pub payer: String,
    /// From which account; may be empty.
    pub account: String,
    /// The bank's number of the line; may be empty.
    pub serial: String,
    /// What the payer or bank wrote.
    pub remark: String,
}

/// A statement as it was understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Whose headings it has.
    pub layout: Layout,
    /// The own account; empty when the file does not tell it.
    pub own_account: String,
    /// Money that came in, in the order of the file.
    pub lines: Vec<StatementLine>,
    /// Rows of money that went out.
    pub outgoing: usize,
    /// Sums, titles and remarks below the heading.
    pub skipped: usize,
    /// The headings and what each was taken for.
    pub columns: Vec<(String, Option<Field>)>,
    /// What contradicts itself: nothing is to be imported while there is any.
    pub problems: Vec<Finding>,
}

/// How a statement is read.
#[derive(Clone, Debug)]
pub struct StatementOptions {
    /// Columns told by hand.
    pub map: StatementMap,
    /// No line is of a later day.
    pub today: NaiveDate,
}

/// Rows looked at for the heading.
const HEADING_DEPTH: usize = 60;

/// Reads the first sheet that holds a statement.
///
/// # Errors
/// A sentence that says which columns are missed, when no sheet has a heading row of a statement.
pub fn read_statement(sheets: &[Sheet], options: &StatementOptions) -> Result<Statement, Text> {
    let found = sheets.iter().find_map(|sheet| {
        let depth = sheet.rows.len().min(HEADING_DEPTH);
        (0..depth).find_map(|row| Columns::find(&sheet.rows[row], &options.map).map(|columns| (sheet, row, columns)))
    });
    let Some((sheet, heading_row, columns)) = found else { return Err(no_statement(sheets, &options.map)) };
    let statement = empty(&sheet.rows[heading_row], options);
    let mut reader = Reader { sheet, heading_row, columns, options, booked: Vec::new(), statement };
    reader.statement.own_account = reader.own_account();
    for row in heading_row + 1..sheet.rows.len() {
        reader.read_row(row);
    }
    reader.check_balances();
    Ok(reader.statement)
}

fn empty(heading_row: &[Cell], options: &StatementOptions) -> Statement {
    let headings: Vec<String> = heading_row.iter().map(text_of).collect();
    let field = |heading: &String| options.map.field_of(heading).map(|(field, _)| field);
    Statement {
        layout: recognise(&headings),
        own_account: String::new(),
        lines: Vec::new(),
        outgoing: 0,
        skipped: 0,
        columns: headings.iter().filter(|one| !one.is_empty()).map(|one| (one.clone(), field(one))).collect(),
        problems: Vec::new(),
    }
}

/// The headings of the row that looks most like a table's, so that people can map them.
#[must_use]
pub fn list_headings(sheets: &[Sheet]) -> Vec<String> {
    let filled = |row: &&Vec<Cell>| row.iter().filter(|cell| matches!(cell, Cell::Text(_))).count();
    let rows = sheets.iter().flat_map(|sheet| sheet.rows.iter().take(HEADING_DEPTH));
    // Of rows alike the first: below the headings stand texts too.
    let widest = rows.rev().max_by_key(filled);
    widest.map(|row| row.iter().map(text_of).filter(|text| !text.is_empty()).collect()).unwrap_or_default()
}

fn no_statement(sheets: &[Sheet], map: &StatementMap) -> Text {
    let headings = list_headings(sheets);
    let known = |wanted: &[Field]| {
        headings.iter().any(|heading| map.field_of(heading).is_some_and(|(field, _)| wanted.contains(&field)))
    };
    let mut missing = Vec::new();
    if !known(&[Field::Day]) {
        missing.push(("交易日期", "the day (day)"));
    }
    if !known(&[Field::Income, Field::Amount]) {
        missing.push(("收入金额", "money in (in) or an amount (amount)"));
    }
    if missing.is_empty() {
        missing.push(("对方户名、摘要或余额", "a payer, a remark or a balance"));
    }
    let list = headings.join("、");
    let zh = missing.iter().map(|(zh, _)| *zh).collect::<Vec<_>>().join("、");
    let en = missing.iter().map(|(_, en)| *en).collect::<Vec<_>>().join(", ");
    Text::new(
        format!("没有找到银行流水的表头：缺少{zh}。文件里的列名是：{list}；请把列名对应到字段，如 入账金额=in"),
        format!(
            "no heading row of a statement: {en} is missing; the headings are: {list}; map them, such as 入账金额=in"
        ),
    )
}

/// Where the columns of a statement are.
#[derive(Debug, Default)]
struct Columns {
    day: Option<usize>,
    income: Option<usize>,
    outgo: Option<usize>,
    amount: Option<usize>,
    direction: Option<usize>,
    balance: Option<usize>,
    payer: Option<usize>,
    account: Option<usize>,
    serial: Option<usize>,
    own: Option<usize>,
    remarks: Vec<usize>,
    /// 来账 and 往账 stand under 交易类型, which elsewhere tells the channel.
    kind: Option<usize>,
}

impl Columns {
    /// The columns of a heading row; `None` for any other row.
    fn find(row: &[Cell], map: &StatementMap) -> Option<Self> {
        let mut best: Vec<(Field, usize, usize)> = Vec::new();
        let mut columns = Self::default();
        for (column, cell) in row.iter().enumerate().filter(|(_, cell)| matches!(cell, Cell::Text(_))) {
            let heading = text_of(cell);
            if heading_key(&heading) == "交易类型" {
                columns.kind = Some(column);
            }
            match map.field_of(&heading) {
                Some((Field::Remark, _)) => columns.remarks.push(column),
                Some((field, rank)) => best.push((field, rank, column)),
                None => {}
            }
        }
        best.sort_by_key(|(_, rank, column)| (*rank, *column));
        let first = |wanted: Field| best.iter().find(|(field, ..)| *field == wanted).map(|(.., column)| *column);
        columns.day = first(Field::Day);
        columns.income = first(Field::Income);
        columns.outgo = first(Field::Outgo);
        columns.amount = first(Field::Amount);
        columns.direction = first(Field::Direction);
        columns.balance = first(Field::Balance);
        columns.payer = first(Field::Payer);
        columns.account = first(Field::PayerAccount);
        columns.serial = first(Field::Serial);
        columns.own = first(Field::OwnAccount);
        let tells = columns.day.is_some() && (columns.income.is_some() || columns.amount.is_some());
        let more = [columns.payer, columns.balance, columns.serial, columns.outgo].iter().any(Option::is_some);
        (tells && (more || !columns.remarks.is_empty())).then_some(columns)
    }
}

/// A row of money, in or out, for the check of balances.
struct Booked {
    row: usize,
    day: NaiveDate,
    change: Fen,
    balance: Option<Fen>,
}

struct Reader<'a> {
    sheet: &'a Sheet,
    heading_row: usize,
    columns: Columns,
    options: &'a StatementOptions,
    booked: Vec<Booked>,
    statement: Statement,
}

impl Reader<'_> {
    fn problem(&mut self, row: usize, column: Option<usize>, value: String, problem: &Text) {
        let heading = text_of(cell(&self.sheet.rows[self.heading_row], column));
        self.statement.problems.push(Finding {
            sheet: self.sheet.name.clone(),
            row: row + 1,
            column: heading,
            value,
            problem: format!("{} / {}", problem.zh, problem.en),
        });
    }

    /// The own account: in the title above the heading (账号：6222…), else in a column of its own.
    fn own_account(&self) -> String {
        let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
        let names = |text: &str| ["账号", "帐号", "账户", "卡号"].iter().any(|word| text.contains(word));
        for row in &self.sheet.rows[..self.heading_row] {
            let texts: Vec<String> = row.iter().map(text_of).collect();
            for (place, text) in texts.iter().enumerate().filter(|(_, text)| names(text)) {
                let own = Some(digits(text)).filter(|own| own.len() >= 8);
                let next = || texts.get(place + 1).map(|text| digits(text)).filter(|own| own.len() >= 8);
                if let Some(account) = own.or_else(next) {
                    return account;
                }
            }
        }
        let below = self.sheet.rows.get(self.heading_row + 1).map(|row| digits(&text_of(cell(row, self.columns.own))));
        below.unwrap_or_default()
    }

    fn read_row(&mut self, at: usize) {
        let sheet = self.sheet;
        let row = &sheet.rows[at];
        if row.iter().all(Cell::is_blank) {
            return;
        }
        let repeats = Columns::find(row, &self.options.map).is_some();
        let day = day_of(cell(row, self.columns.day));
        let sums = row.iter().take(4).any(|cell| matches!(cell, Cell::Text(text) if is_sum(&narrow(text))));
        match (self.change(row), day) {
            (Ok(None), _) | (Err(_), None) => self.statement.skipped += 1,
            (_, None) if repeats || sums => self.statement.skipped += 1,
            (Ok(Some(_)), None) => {
                let text = Text::new("日期无法识别，请检查这一行", "the day cannot be read; look at this row");
                self.problem(at, self.columns.day, text_of(cell(row, self.columns.day)), &text);
            }
            (Err(wrong), Some(_)) => {
                let text = Text::new("金额不是数字，请检查这一行", "the amount is not a number; look at this row");
                self.problem(at, self.columns.income.or(self.columns.amount), wrong, &text);
            }
            (Ok(Some(change)), Some(day)) => self.take(at, day, change),
        }
    }

    /// What a row changes on the account: above zero for money that came in, `None` for a row without an amount.
    fn change(&self, row: &[Cell]) -> Result<Option<Fen>, String> {
        let columns = &self.columns;
        let (income, outgo) = (amount_of(cell(row, columns.income))?, amount_of(cell(row, columns.outgo))?);
        let (income, outgo) = (income.filter(|one| !one.is_zero()), outgo.filter(|one| !one.is_zero()));
        match (income, outgo) {
            (Some(income), Some(outgo)) => return Err(format!("{income} / {outgo}")),
            (Some(income), None) => return Ok(Some(income)),
            // A statement that shows money out as a negative number says nothing else by it.
            (None, Some(outgo)) => return Ok(Some(if outgo.is_positive() { -outgo } else { outgo })),
            (None, None) => {}
        }
        let Some(amount) = amount_of(cell(row, columns.amount))?.filter(|one| !one.is_zero()) else { return Ok(None) };
        let told = [columns.direction, columns.kind].into_iter().flatten();
        let outgoing = told.map(|column| text_of(cell(row, Some(column)))).find_map(|word| is_outgoing(&word));
        Ok(Some(if outgoing == Some(true) && amount.is_positive() { -amount } else { amount }))
    }

    fn take(&mut self, at: usize, day: NaiveDate, change: Fen) {
        let sheet = self.sheet;
        let row = &sheet.rows[at];
        let balance = match amount_of(cell(row, self.columns.balance)) {
            Ok(balance) => balance,
            Err(wrong) => {
                let text = Text::new("余额不是数字，请检查这一行", "the balance is not a number; look at this row");
                return self.problem(at, self.columns.balance, wrong, &text);
            }
        };
        if day > self.options.today {
            let text = Text::new("日期晚于今天，请检查", "the day is after today; check it");
            return self.problem(at, self.columns.day, day.to_string(), &text);
        }
        if change > Fen::LARGEST_PAYMENT {
            let text = Text::new("金额超过 10 亿元，请检查", "the amount is above 1,000,000,000.00; check it");
            return self.problem(at, self.columns.income.or(self.columns.amount), change.to_string(), &text);
        }
        self.booked.push(Booked { row: at, day, change, balance });
        if !change.is_positive() {
            self.statement.outgoing += 1;
            return;
        }
        let remarks: Vec<String> = self
            .columns
            .remarks
            .iter()
            .map(|column| text_of(cell(row, Some(*column))))
            .filter(|one| !one.is_empty())
            .collect();
        self.statement.lines.push(StatementLine {
            row: at + 1,
            day,
            amount: change,
            balance,
            payer: text_of(cell(row, self.columns.payer)),
            account: text_of(cell(row, self.columns.account)).chars().filter(|one| !one.is_whitespace()).collect(),
            serial: text_of(cell(row, self.columns.serial)),
            remark: remarks.join(" "),
        });
    }

    /// Each balance follows from its neighbour, in the one order or the other.
    fn check_balances(&mut self) {
        let pairs =
            || self.booked.windows(2).filter_map(|two| Some((&two[0], two[0].balance?, &two[1], two[1].balance?)));
        let oldest_first: Vec<usize> = pairs()
            .filter(|(_, before, one, after)| *before + one.change != *after)
            .map(|(.., one, _)| one.row)
            .collect();
        let newest_first: Vec<usize> =
            pairs().filter(|(one, after, _, before)| *before + one.change != *after).map(|(one, ..)| one.row).collect();
        let days = self.booked.first().map(|one| one.day).zip(self.booked.last().map(|one| one.day));
        let falling = days.is_some_and(|(first, last)| first > last);
        let newest = (newest_first.len(), !falling) < (oldest_first.len(), falling);
        let wrong = if newest { newest_first } else { oldest_first };
        for row in wrong {
            let text = Text::new(
                "余额与相邻一行对不上：可能漏行、被改动或顺序被打乱；请重新下载流水，确认无误时可用 余额=ignore 不核对",
                "the balance does not follow from the row beside it: a row may be missing, changed or out of order; download the \
                 statement again, or map 余额=ignore if you are sure",
            );
            let value = text_of(cell(&self.sheet.rows[row], self.columns.balance));
            self.problem(row, self.columns.balance, value, &text);
        }
    }
}

/// Whether a word of direction says that money went out; `None` for any other word.
fn is_outgoing(word: &str) -> Option<bool> {
    let word = narrow(word).to_uppercase();
    let bare = word.trim_end_matches(['方', '记']);
    match bare {
        "借" | "支" | "支出" | "付" | "往账" | "转出" | "D" | "DR" | "出" | "支取" => Some(true),
        "贷" | "收" | "收入" | "来账" | "转入" | "C" | "CR" | "入" | "存入" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
#[path = "statement_tests.rs"]
mod tests;

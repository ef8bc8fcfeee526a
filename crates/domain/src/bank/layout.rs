//! Layouts of bank statements: which column holds what, told by its heading, wherever the heading row stands.
//!
//! Banks change the order of their columns and add some; their headings stay. So columns are found by name, and the bank is only
//! recognised to tell people whose statement was read. What no list knows is mapped by hand.

use std::collections::BTreeMap;

use crate::Text;
use crate::import::room::narrow;
use crate::words::words;

words!(
    /// Whose statement it is.
    Layout {
        /// 工商银行
        Icbc = "icbc", "工商银行", "ICBC";
        /// 建设银行
        Ccb = "ccb", "建设银行", "CCB";
        /// 农业银行
        Abc = "abc", "农业银行", "ABC";
        /// 中国银行
        Boc = "boc", "中国银行", "BOC";
        /// 招商银行
        Cmb = "cmb", "招商银行", "CMB";
        /// 其他银行
        Other = "other", "其他银行", "another bank";
    }
);

words!(
    /// What a column of a statement holds.
    Field {
        /// 交易日期
        Day = "day", "交易日期", "day";
        /// 收入
        Income = "in", "收入", "money in";
        /// 支出
        Outgo = "out", "支出", "money out";
        /// 金额
        Amount = "amount", "金额（正为收入）", "amount (above zero: in)";
        /// 收支方向
        Direction = "direction", "收支方向", "direction";
        /// 余额
        Balance = "balance", "余额", "balance";
        /// 付款人
        Payer = "payer", "对方户名", "payer";
        /// 付款账号
        PayerAccount = "account", "对方账号", "payer's account";
        /// 流水号
        Serial = "serial", "流水号", "serial number";
        /// 摘要附言
        Remark = "remark", "摘要/附言", "remark";
        /// 本方账号
        OwnAccount = "own", "本方账号", "own account";
        /// 不用
        Ignore = "ignore", "不使用", "not used";
    }
);

/// Headings of each field as [`heading_key`] writes them, the better ones first.
const HEADINGS: [(Field, &[&str]); 11] = [
    (
        Field::Day,
        &[
            "交易日期",
            "交易日",
            "交易时间",
            "交易日期时间",
            "交易时间戳",
            "记账日期",
            "入账日期",
            "会计日期",
            "记帐日期",
            "日期",
        ],
    ),
    (
        Field::Income,
        &[
            "贷方发生额",
            "贷方金额",
            "贷方",
            "收入金额",
            "收入",
            "转入金额",
            "存入金额",
            "存入",
            "入账金额",
            "贷方发生金额",
        ],
    ),
    (
        Field::Outgo,
        &[
            "借方发生额",
            "借方金额",
            "借方",
            "支出金额",
            "支出",
            "转出金额",
            "支取金额",
            "支取",
            "出账金额",
            "借方发生金额",
        ],
    ),
    (Field::Amount, &["交易金额", "发生额", "交易发生金额", "发生金额", "金额"]),
    (Field::Direction, &["借/贷", "借贷标志", "借贷方向", "收支方向", "收付标志", "收/支", "收支", "借贷"]),
    (Field::Balance, &["余额", "账户余额", "交易后余额", "本次余额", "当前余额", "交易余额", "帐户余额"]),
    (
        Field::Payer,
        &[
            "对方户名",
            "对方名称",
            "对方单位名称",
            "对方账户名称",
            "对方账户名",
            "付款人名称",
            "收付方名称",
            "对方单位",
            "对方姓名",
            "付款方名称",
            "付款人户名",
        ],
    ),
    (
        Field::PayerAccount,
        &[
            "对方账号",
            "对方帐号",
            "对方账户",
            "对方卡号",
            "付款人账号",
            "收付方账号",
            "收付方帐号",
            "对方账号/卡号",
            "付款方账号",
        ],
    ),
    (
        Field::Serial,
        &[
            "账户明细编号-交易流水号",
            "交易流水号",
            "流水号",
            "银行流水号",
            "核心流水号",
            "日志号",
            "柜员流水号",
            "回单编号",
        ],
    ),
    (
        Field::Remark,
        &[
            "摘要",
            "用途",
            "附言",
            "备注",
            "交易附言",
            "交易用途",
            "交易摘要",
            "业务摘要",
            "其它摘要",
            "其他摘要",
            "个性化信息",
            "回单个性化信息",
            "交易备注",
            "交易说明",
            "附加信息",
        ],
    ),
    (Field::OwnAccount, &["本方账号", "查询账号", "账号", "本方帐号", "账户账号"]),
];

/// A heading as it is compared: half-width, without its unit or the English words banks put into brackets.
#[must_use]
pub fn heading_key(heading: &str) -> String {
    let narrow = narrow(heading.trim_matches(['\t', '`', '\'', '"', ' ']));
    // 收(付)方名称 has its brackets in the middle: they say something.
    let plain = narrow.replace("收(付)方", "收付方").replace("收/付方", "收付方").replace("付(收)方", "收付方");
    let stem = plain.split(['[', '(', '（', '【']).next().unwrap_or_default();
    stem.trim_end_matches("/元").trim_end_matches("元").to_owned()
}

/// What a heading means by itself, and how good a name it is (0 is the best).
#[must_use]
pub fn field_of_heading(heading: &str) -> Option<(Field, usize)> {
    let key = heading_key(heading);
    HEADINGS.iter().find_map(|(field, names)| names.iter().position(|name| *name == key).map(|rank| (*field, rank)))
}

/// The bank whose headings these are.
#[must_use]
pub fn recognise(headings: &[String]) -> Layout {
    let keys: Vec<String> = headings.iter().map(|heading| heading_key(heading)).collect();
    let has = |name: &str| keys.iter().any(|key| key == name);
    if has("收付方名称") {
        Layout::Cmb
    } else if has("账户明细编号-交易流水号") || has("对方开户机构") {
        Layout::Ccb
    } else if has("付款人名称") && (has("交易后余额") || has("收款人名称")) {
        Layout::Boc
    } else if has("对方单位名称") || has("对方单位") && has("借/贷") {
        Layout::Icbc
    } else if has("交易行名") || has("对方省市") || has("会计日期") && has("对方户名") {
        Layout::Abc
    } else {
        Layout::Other
    }
}

/// `列名=field`: headings by name, told by hand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StatementMap(BTreeMap<String, Field>);

impl StatementMap {
    /// Reads `heading=field` pairs, `余额=ignore`.
    ///
    /// # Errors
    /// A sentence that names the pair that cannot be understood.
    pub fn parse<S: AsRef<str>>(pairs: &[S]) -> Result<Self, Text> {
        let mut map = BTreeMap::new();
        for pair in pairs.iter().map(AsRef::as_ref) {
            let split = pair.rsplit_once(['=', '＝']).filter(|(heading, _)| !heading_key(heading).is_empty());
            let (heading, word) = split.ok_or_else(|| {
                let zh = format!("“{pair}”不是“列名=字段”的形式，请写成 入账金额=in");
                Text::new(zh, format!("'{pair}' is not heading=field, such as 入账金额=in"))
            })?;
            let field = Field::parse(word.trim()).map_err(|word| {
                let known: Vec<&str> = Field::ALL.iter().map(|field| field.as_str()).collect();
                let known = known.join(", ");
                Text::new(format!("没有字段“{word}”，可用：{known}"), format!("no field '{word}'; there are {known}"))
            })?;
            map.insert(heading_key(heading), field);
        }
        Ok(Self(map))
    }

    /// This map over another one that was kept.
    #[must_use]
    pub fn over(mut self, kept: Self) -> Self {
        for (heading, field) in kept.0 {
            self.0.entry(heading).or_insert(field);
        }
        self
    }

    /// The pairs, to be kept.
    #[must_use]
    pub fn pairs(&self) -> Vec<String> {
        self.0.iter().map(|(heading, field)| format!("{heading}={}", field.as_str())).collect()
    }

    /// Whether nothing is mapped by hand.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What a heading means: by hand first, then by itself.
    pub(super) fn field_of(&self, heading: &str) -> Option<(Field, usize)> {
        match self.0.get(&heading_key(heading)) {
            Some(field) => Some((*field, 0)),
            None => field_of_heading(heading),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_the_same_with_units_brackets_and_english_beside_them() {
        for (heading, field) in [
            ("贷方发生额（收入）", Field::Income),
            ("借方发生额/元(支取)", Field::Outgo),
            ("交易后余额[ After-transaction balance ]", Field::Balance),
            ("收(付)方名称", Field::Payer),
            ("收/付方帐号", Field::PayerAccount),
            ("对方户名\t", Field::Payer),
            ("金额(元)", Field::Amount),
        ] {
            assert_eq!(field_of_heading(heading).map(|(field, _)| field), Some(field), "{heading}");
        }
        assert_eq!(field_of_heading("收款人名称"), None);
    }

    #[test]
    fn a_map_by_hand_wins_over_the_name_and_over_what_was_kept() {
        let kept = StatementMap::parse(&["到账=in", "余额=balance"]).expect("a map");
        let map = StatementMap::parse(&["余额=ignore"]).expect("a map").over(kept);
        assert_eq!(map.field_of("余额"), Some((Field::Ignore, 0)));
        assert_eq!(map.field_of("到账(元)"), Some((Field::Income, 0)));
        assert_eq!(map.pairs(), ["余额=ignore", "到账=in"]);
        assert!(StatementMap::parse(&["余额"]).is_err() && StatementMap::parse(&["余额=钱"]).is_err());
    }
}

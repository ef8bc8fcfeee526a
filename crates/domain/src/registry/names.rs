//! Names of owners: several in one cell, tidied, masked, and how a person is addressed.

use serde::{Deserialize, Serialize};

/// What a party is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PartyKind {
    /// 自然人
    Person,
    /// 单位
    Company,
    /// 建设单位
    Developer,
}

impl PartyKind {
    /// The word that is stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Company => "company",
            Self::Developer => "developer",
        }
    }

    /// What a name tells: 公司, 商行, 中心... are companies.
    #[must_use]
    pub fn of_name(name: &str) -> Self {
        const COMPANY: [&str; 12] =
            ["公司", "集团", "商行", "超市", "便利店", "中心", "学校", "幼儿园", "银行", "酒店", "委员会", "事务所"];
        let agent = ["经纪", "中介", "代理", "评估"].iter().any(|word| name.contains(word));
        if name.contains("开发商") || name.contains("置业有限公司") || (name.contains("房地产") && !agent) {
            Self::Developer
        } else if COMPANY.iter().any(|word| name.contains(word)) {
            Self::Company
        } else {
            Self::Person
        }
    }
}

/// Surnames of two characters.
#[rustfmt::skip]
const COMPOUND: [&str; 40] = [
    "欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "司徒", "令狐", "宇文", "长孙", "夏侯", "轩辕", "南宫", "端木",
    "百里", "呼延", "独孤", "闻人", "东郭", "澹台", "公冶", "太史", "申屠", "公羊", "钟离", "鲜于", "闾丘", "淳于", "单于", "太叔", "仲孙",
    "濮阳", "赫连", "拓跋", "万俟", "西门", "第五",
];

/// The owners in a cell, tidied: `郝娟、叶彧` is two, `王 芳` is 王芳.
#[must_use]
pub fn split_owners(cell: &str) -> Vec<String> {
    let separators = ['、', ',', '，', '/', '／', ';', '；', '\n', '&', '＆', '|'];
    let mut owners: Vec<String> = Vec::new();
    if reads_as_formula(cell) {
        return vec![tidy(cell)];
    }
    for name in cell.split(separators).flat_map(apart).map(|name| tidy(&name)).filter(|name| says_something(name)) {
        if !owners.contains(&name) {
            owners.push(name);
        }
    }
    owners
}

/// A text a spreadsheet would compute, such as `=HYPERLINK(...)`: it stays one text, however many commas it has.
#[must_use]
pub fn reads_as_formula(cell: &str) -> bool {
    cell.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']) && says_something(cell)
}

/// `-`, `/` and `——` stand for nobody.
fn says_something(name: &str) -> bool {
    name.chars().any(char::is_alphanumeric)
}

/// `王芳 李强` is two names; `王 芳`, `张 建国` and `欧阳 娜娜` are one each.
fn apart(names: &str) -> Vec<String> {
    let words: Vec<&str> = names.split_whitespace().collect();
    let is_name = |word: &&str| {
        (2..=3).contains(&word.chars().count())
            && word.chars().all(|c| ('\u{3400}'..='\u{9fff}').contains(&c))
            && !COMPOUND.contains(word)
    };
    if words.len() > 1 && words.iter().all(is_name) {
        words.into_iter().map(str::to_owned).collect()
    } else {
        vec![names.to_owned()]
    }
}

/// A name as it is kept: no blanks between Chinese characters, single ones elsewhere.
#[must_use]
pub fn tidy(name: &str) -> String {
    let words: Vec<&str> = name.split_whitespace().collect();
    let chinese = words.iter().all(|word| word.chars().all(|c| !c.is_ascii_alphanumeric()));
    words.join(if chinese { "" } else { " " })
}

/// The surname of a person.
#[must_use]
pub fn surname(name: &str) -> &str {
    if let Some(compound) = COMPOUND.iter().find(|compound| name.starts_with(**compound) && name.len() > compound.len())
    {
        return compound;
    }
    name.chars().next().map_or("", |first| &name[..first.len_utf8()])
}

/// How a party is addressed where nobody has said: 业主 after the surname, a company by its name.
#[must_use]
pub fn form_of_address(kind: PartyKind, name: &str) -> String {
    match kind {
        PartyKind::Person if !name.is_empty() => format!("{}先生/女士", surname(name)),
        PartyKind::Person => "业主".to_owned(),
        PartyKind::Company | PartyKind::Developer => name.to_owned(),
    }
}

/// `王*国`, `王*`, `欧阳*`: surname and, of longer names, the last character stay. Companies are not personal data.
#[must_use]
pub fn mask(kind: PartyKind, name: &str) -> String {
    if kind != PartyKind::Person {
        return name.to_owned();
    }
    let surname = surname(name);
    let given: Vec<char> = name[surname.len()..].chars().collect();
    match given.as_slice() {
        [] => "*".to_owned(),
        [_] => format!("{surname}*"),
        [middle @ .., last] => format!("{surname}{}{last}", "*".repeat(middle.len())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_owners_in_a_cell_are_several_and_inner_blanks_go() {
        assert_eq!(split_owners("郝娟、叶彧"), ["郝娟", "叶彧"]);
        assert_eq!(split_owners("王\u{3000}芳 / 李 强"), ["王芳", "李强"]);
        assert_eq!(split_owners("John  Smith"), ["John Smith"]);
        assert_eq!(split_owners("王芳,王芳、"), ["王芳"]);
        assert_eq!(split_owners("王芳 李建国"), ["王芳", "李建国"]);
        assert_eq!(split_owners("张 建国"), ["张建国"]);
        assert_eq!(split_owners("欧阳 娜娜"), ["欧阳娜娜"]);
        assert!(split_owners(" 、 ").is_empty() && split_owners("-").is_empty() && split_owners("——").is_empty());
        let formula = "=HYPERLINK(\"http://x.example/a\",\"王芳\")";
        assert_eq!(split_owners(formula), [formula]);
    }

    #[test]
    fn a_person_is_masked_and_addressed_by_surname() {
        assert_eq!(mask(PartyKind::Person, "王建国"), "王*国");
        assert_eq!(mask(PartyKind::Person, "王芳"), "王*");
        assert_eq!(mask(PartyKind::Person, "欧阳龑"), "欧阳*");
        assert_eq!(mask(PartyKind::Person, "王"), "*");
        assert_eq!(mask(PartyKind::Company, "万家便利店"), "万家便利店");
        assert_eq!(form_of_address(PartyKind::Person, "欧阳龑"), "欧阳先生/女士");
        assert_eq!(PartyKind::of_name("翠湖置业有限公司"), PartyKind::Developer);
        assert_eq!(PartyKind::of_name("安居房地产经纪公司"), PartyKind::Company);
    }
}

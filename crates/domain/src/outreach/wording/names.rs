//! Persons in a text that names nobody: 王某某, 王先生, 王*国, 业主李娜, 张伟未缴费, Mr. Wang.
//!
//! A name is told from other words by where it stands: a surname alone proves nothing (高层, 周知, 金额). Surnames that are
//! everyday words count only beside a stronger sign.

use super::{Finding, WordingRule, personal::MASKS, reading::Reading};

/// Surnames that seldom open another word.
const SURNAMES: &str = "王李张刘陈杨赵黄周吴徐孙朱马胡郭林何高梁郑罗宋谢唐韩曹许邓萧冯曾程蔡彭潘袁董余苏叶吕魏蒋田杜丁沈姜范江傅钟卢汪戴崔任陆廖姚金邱夏谭韦贾邹石熊孟秦阎薛侯雷白龙段郝孔邵史毛万顾赖武康贺严尹钱施牛洪龚汤陶黎温莫易樊乔文庞殷庄章鲁倪颜耿柯裴甄翟";
/// Surnames that are everyday words: only with a title, a mask, 某 or a colon.
const EVERYDAY_SURNAMES: &str = "于方安常关成管车路付应向单包连时全明华水花项祝池左齐";
const DOUBLE_SURNAMES: [&str; 8] = ["欧阳", "上官", "司马", "诸葛", "皇甫", "东方", "尉迟", "慕容"];
const TITLES: [&str; 14] =
    ["先生", "女士", "小姐", "太太", "夫人", "阿姨", "大爷", "大妈", "叔叔", "老太", "师傅", "老师", "大哥", "大姐"];
const LABELS: [&str; 10] = ["业主", "户主", "住户", "房主", "产权人", "租户", "租客", "车主", "姓名", "欠费人"];
const OWES: [&str; 16] = [
    "欠", "未缴", "未交", "拖欠", "逾期", "尚欠", "仍欠", "共欠", "已欠", "拒交", "拒缴", "拒不", "没交", "没缴",
    "尚未", "仍未",
];
/// Words that look like a surname and a given name.
const NO_NAMES: [&str; 31] = [
    "周知", "高兴", "高度", "高层", "金额", "余额", "余款", "钱款", "张贴", "任何", "任意", "许可", "许多", "严禁",
    "严格", "施工", "顾虑", "顾客", "文明", "文件", "温馨", "江苏", "黄金", "白天", "夏季", "万元", "万户", "易拉",
    "段时", "何时", "曾经",
];

/// The persons of a text.
pub(super) fn find_names(text: &str) -> Vec<Finding> {
    let reading = Reading::plain(text);
    let characters: Vec<(usize, char)> = reading.text.char_indices().collect();
    let end_of = |index: usize| characters.get(index).map_or(reading.text.len(), |(at, _)| *at);
    let words: Vec<char> = characters.iter().map(|(_, c)| *c).collect();
    let mut findings = Vec::new();
    let mut from = 0;
    for index in 0..words.len() {
        let patterns = [english_title, with_surname, after_label];
        if let Some((start, end)) = patterns.iter().find_map(|pattern| pattern(&words, index)).filter(|_| index >= from)
        {
            let range = characters[start].0..end_of(end);
            findings.push(Finding { rule: WordingRule::PersonName, text: reading.quote(range) });
            from = end;
        }
    }
    findings
}

fn starts_with(words: &[char], word: &str) -> bool {
    let mut place = words.iter();
    word.chars().all(|c| place.next() == Some(&c))
}

fn any_starts(words: &[char], candidates: &[&str]) -> bool {
    candidates.iter().any(|word| starts_with(words, word))
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}' | '\u{3400}'..='\u{4dbf}' | '\u{20000}'..='\u{3134f}')
}

/// How many characters of a surname stand here; everyday words only where asked.
fn surname_len(words: &[char], everyday_too: bool) -> Option<usize> {
    let first = *words.first()?;
    if any_starts(words, &DOUBLE_SURNAMES) {
        return Some(2);
    }
    (SURNAMES.contains(first) || everyday_too && EVERYDAY_SURNAMES.contains(first)).then_some(1)
}

/// A surname with 某, a mask, a title, or with what the person owes.
fn with_surname(words: &[char], at: usize) -> Option<(usize, usize)> {
    let here = &words[at..];
    let surname = surname_len(here, true)?;
    let rest = &here[surname..];
    let sure = surname_len(here, false).is_some();
    if rest.first() == Some(&'某') && !rest.get(1).is_some_and(|c| "日月年天些个种时地项".contains(*c)) {
        let some = rest.iter().take_while(|c| **c == '某').count();
        return Some((at, at + surname + some));
    }
    if let Some(end) = masked_given_name(rest) {
        return Some((at, at + surname + end));
    }
    if sure && at > 0 && "小老阿".contains(words[at - 1]) && any_starts(rest, &["家", "欠", "还没", "未", "没交"])
    {
        return Some((at - 1, at + surname));
    }
    let opens =
        at == 0 || !is_han(words[at - 1]) || follows_a_label(words, at) || "请和与及由是的室号".contains(words[at - 1]);
    for given in 0..=2 {
        let (name, after) = (&here[..(surname + given).min(here.len())], rest.get(given..)?);
        if !name.iter().all(|c| is_han(*c)) || any_starts(name, &NO_NAMES) {
            break;
        }
        if any_starts(after, &TITLES) && (given == 0 && (sure || opens) || given > 0 && opens) {
            return Some((at, at + surname + given + 2));
        }
        if given > 0
            && sure
            && opens
            && (any_starts(after, &OWES) || stands_beside_a_home(after) || is_in_a_list_of_debtors(words, at, after))
        {
            return Some((at, at + surname + given));
        }
    }
    None
}

/// `*国`, `**`, `×`, `X明` after a surname.
fn masked_given_name(rest: &[char]) -> Option<usize> {
    let first = *rest.first()?;
    let masked = MASKS.contains(&first) && !matches!(first, '#' | '…');
    let goes_on = rest.get(1).copied().filter(|c| is_han(*c) || MASKS.contains(c));
    let ends = rest.get(1).is_none_or(|c| !c.is_ascii_alphanumeric());
    let small_x_in_a_word = first == 'x' && rest.get(1).copied().is_some_and(is_han);
    (masked && ends && !small_x_in_a_word).then_some(if goes_on.is_some() { 2 } else { 1 })
}

/// 张三 3栋: a building or room right after a blank or comma.
fn stands_beside_a_home(after: &[char]) -> bool {
    let blanks = after.iter().take_while(|c| matches!(c, ' ' | ',' | '，' | ':' | '：' | '\t')).count();
    let digits = after[blanks..].iter().take_while(|c| c.is_ascii_digit()).count();
    let next = after.get(blanks + digits);
    blanks > 0 && (1..=4).contains(&digits) && next.is_some_and(|c| "栋幢座-#单号楼室".contains(*c))
}

/// 张伟、李娜等业主未缴费: beside another name, in a sentence about debt.
fn is_in_a_list_of_debtors(words: &[char], at: usize, after: &[char]) -> bool {
    let end = after.iter().position(|c| matches!(c, '。' | '\n' | '！')).unwrap_or(after.len());
    let sentence: String = after[..end].iter().collect();
    let owed = ["欠", "未缴", "未交", "没交", "没缴"].iter().any(|word| sentence.contains(word));
    let next_is_a_name =
        after.first() == Some(&'、') && after.get(1..).is_some_and(|next| surname_len(next, false).is_some());
    let previous_in_list = at > 0 && words[at - 1] == '、' && any_starts(after, &["等", "、", "，", ","]);
    owed && (next_is_a_name || previous_in_list)
}

fn follows_a_label(words: &[char], at: usize) -> bool {
    LABELS.iter().any(|label| {
        let length = label.chars().count();
        at >= length && starts_with(&words[at - length..], label)
    })
}

/// 业主：李娜, 户主王建国，: a whole name after what it is.
fn after_label(words: &[char], at: usize) -> Option<(usize, usize)> {
    let label = LABELS.iter().find(|label| starts_with(&words[at..], label))?;
    let mut start = at + label.chars().count();
    let between = words[start..].iter().take_while(|c| matches!(c, ':' | '：' | ' ')).count();
    let with_colon = words[start..start + between].iter().any(|c| matches!(c, ':' | '：'));
    start += between;
    let surname = surname_len(&words[start..], with_colon)?;
    [2, 1].into_iter().find_map(|given| {
        let end = start + surname + given;
        let name = words.get(start..end)?;
        let bounded = words.get(end).is_none_or(|c| !is_han(*c)) || any_starts(&words[end..], &OWES);
        (bounded && name.iter().all(|c| is_han(*c)) && !any_starts(name, &NO_NAMES)).then_some((start, end))
    })
}

/// `Mr. Wang`, `Ms Li`.
fn english_title(words: &[char], at: usize) -> Option<(usize, usize)> {
    if at > 0 && words[at - 1].is_ascii_alphabetic() {
        return None;
    }
    let title = words[at..].iter().take_while(|c| c.is_ascii_alphabetic()).count();
    let word: String = words[at..at + title].iter().collect::<String>().to_ascii_lowercase();
    if !["mr", "mrs", "ms", "miss"].contains(&word.as_str()) {
        return None;
    }
    let gap = words[at + title..].iter().take_while(|c| matches!(c, '.' | ' ')).count();
    let start = at + title + gap;
    let name = words[start..].iter().take_while(|c| c.is_ascii_alphabetic()).count();
    (gap > 0 && words.get(start).is_some_and(char::is_ascii_uppercase)).then_some((at, start + name))
}

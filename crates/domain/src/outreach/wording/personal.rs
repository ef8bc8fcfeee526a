//! Personal data on public material: telephone and id numbers, plates, addresses, amounts. Names and rooms have modules of
//! their own.

use super::{
    Finding, WordingRule, names,
    reading::Reading,
    rooms::{self, Cursor},
};

/// Characters that stand for a digit taken out.
pub(super) const MASKS: [char; 10] = ['*', '×', 'x', 'X', '•', '●', '○', '□', '#', '…'];

type Pattern = fn(&str, usize) -> Option<usize>;

/// All personal data of a text.
pub(super) fn find_personal_data(text: &str) -> Vec<Finding> {
    let digits = Reading::with_digits(text);
    let plain = Reading::plain(text);
    let mut findings = names::find_names(text);
    findings.extend(rooms::find_rooms(text));
    let in_digits: [(WordingRule, Pattern); 3] =
        [(WordingRule::IdNumber, id_number), (WordingRule::Phone, phone), (WordingRule::Phone, phone_tail)];
    let in_plain: [(WordingRule, Pattern); 6] = [
        (WordingRule::Plate, plate),
        (WordingRule::Email, email),
        (WordingRule::Amount, amount_with_unit),
        (WordingRule::Amount, amount_after_sign),
        (WordingRule::Amount, amount_owed),
        (WordingRule::Amount, amount_in_words),
    ];
    for (rule, pattern) in in_digits {
        findings.extend(find_all(&digits, rule, pattern));
    }
    for (rule, pattern) in in_plain {
        findings.extend(find_all(&plain, rule, pattern));
    }
    findings
}

fn find_all(reading: &Reading<'_>, rule: WordingRule, pattern: Pattern) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut from = 0;
    for (at, _) in reading.text.char_indices() {
        if at < from {
            continue;
        }
        if let Some(end) = pattern(&reading.text, at) {
            findings.push(Finding { rule, text: reading.quote(at..end) });
            from = end;
        }
    }
    findings
}

fn after_number(text: &str, at: usize) -> bool {
    let before = text[..at].trim_end_matches([' ', '-']);
    before.ends_with(|c: char| c.is_ascii_alphanumeric())
}

/// A mobile number, with blanks, dashes or masks in it. A whole number that is offered for questions may stand.
fn phone(text: &str, at: usize) -> Option<usize> {
    if after_number(text, at) || !text[at..].starts_with('1') {
        return None;
    }
    let (mut digits, mut masked, mut end) = (0, 0, at);
    for (offset, c) in text[at..].char_indices() {
        match c {
            '0'..='9' => digits += 1,
            '…' => masked += 2,
            mask if MASKS.contains(&mask) => masked += 1,
            ' ' | '-' => continue,
            _end_of_number => break,
        }
        end = at + offset + c.len_utf8();
        if digits + masked > 14 {
            return None;
        }
    }
    let second = text[at + 1..].chars().find(|c| !matches!(c, ' ' | '-'))?;
    let mobile = matches!(second, '3'..='9') || MASKS.contains(&second);
    let whole = masked == 0 && digits == 11;
    let hidden = masked >= 2 && digits >= 5 && (7..=13).contains(&(digits + masked));
    (mobile && (hidden || whole && !is_offered(&text[..at]))).then_some(end)
}

/// True when the number is offered for questions: 服务热线, 客服电话.
fn is_offered(before: &str) -> bool {
    const OFFERED: [&str; 16] = [
        "热线",
        "客服",
        "物业电话",
        "物业服务",
        "服务电话",
        "值班",
        "咨询",
        "管家",
        "报修",
        "服务中心",
        "办公电话",
        "监督",
        "投诉",
        "hotline",
        "service",
        "Hotline",
    ];
    let near: String = before.chars().rev().take(12).collect::<Vec<_>>().into_iter().rev().collect();
    let near = near.rsplit(['，', ',', '。', '；', '\n']).next().unwrap_or_default();
    OFFERED.iter().any(|word| near.contains(word)) && !["业主", "户主", "住户"].iter().any(|word| near.contains(word))
}

/// `尾号5678`.
fn phone_tail(text: &str, at: usize) -> Option<usize> {
    let mut cursor = Cursor::new(text, at);
    cursor.one_of(&["尾号", "尾数", "末四位", "后四位"])?;
    cursor.run(0, 2, |c| matches!(c, '为' | '是' | ':' | '：' | ' '))?;
    cursor.digits(2, 6)?;
    Some(cursor.at)
}

/// Eighteen places with a date of birth in them, or masked; a bank account has none.
fn id_number(text: &str, at: usize) -> Option<usize> {
    if after_number(text, at) {
        return None;
    }
    let mut cursor = Cursor::new(text, at);
    let number = cursor.run(15, 18, |c| c.is_ascii_digit() || MASKS.contains(&c))?;
    let masked = number.chars().filter(|c| MASKS.contains(c) && !matches!(c, 'x' | 'X')).count() >= 4;
    let digits = number.chars().filter(char::is_ascii_digit).count();
    let born = number.get(6..14).is_some_and(|birth| {
        let (year, rest) = birth.split_at(4);
        let (month, day) = rest.split_at(2);
        (year.starts_with("19") || year.starts_with("20"))
            && ("01"..="12").contains(&month)
            && ("01"..="31").contains(&day)
    });
    let whole = number.chars().count() == 18 && digits >= 17 && born;
    (whole || masked && digits >= 5).then_some(cursor.at)
}

/// `苏E12345`, `苏E·1**45`.
fn plate(text: &str, at: usize) -> Option<usize> {
    const PROVINCES: &str = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼";
    let province = text[at..].chars().next().filter(|c| PROVINCES.contains(*c))?;
    let mut cursor = Cursor::new(text, at + province.len_utf8());
    cursor.run(1, 8, |c| c.is_ascii_alphanumeric() || MASKS.contains(&c) || c == '·').filter(|code| {
        let places = code.chars().filter(|c| *c != '·').count();
        (6..=7).contains(&places) && code.starts_with(|c: char| c.is_ascii_alphabetic())
    })?;
    Some(cursor.at)
}

fn email(text: &str, at: usize) -> Option<usize> {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '+');
    if text[..at].ends_with(fits) {
        return None;
    }
    let mut cursor = Cursor::new(text, at);
    cursor.run(1, 64, fits)?;
    cursor.one_of(&["@"])?;
    let host = cursor.run(3, 64, fits)?;
    (host.contains('.') && !is_offered(&text[..at])).then_some(cursor.at)
}

/// `810.00元`, `3 万元`, `810 yuan`; a price per m² may stand.
fn amount_with_unit(text: &str, at: usize) -> Option<usize> {
    let mut cursor = number_at(text, at)?;
    cursor.skip_blanks();
    cursor.one_of(&["余", "多"]);
    cursor.one_of(&["百万", "千万", "百", "千", "万", "亿", "k", "K"]);
    cursor.skip_blanks();
    cursor.one_of(&["元", "块", "圆", "RMB", "rmb", "CNY", "cny", "yuan", "人民币"])?;
    (!is_price(text, at, cursor.at)).then_some(cursor.at)
}

/// `¥1,234.56`, `RMB 810`.
fn amount_after_sign(text: &str, at: usize) -> Option<usize> {
    let mut cursor = Cursor::new(text, at);
    cursor.one_of(&["¥", "￥", "$", "RMB", "rmb", "CNY", "cny"])?;
    cursor.skip_blanks();
    let end = number_at(text, cursor.at)?.at;
    (!is_price(text, at, end)).then_some(end)
}

/// `欠 810`, `合计：810`: a bare number after a word of money.
fn amount_owed(text: &str, at: usize) -> Option<usize> {
    const WORDS: [&str; 14] = [
        "欠物业费",
        "欠费",
        "欠款",
        "欠缴",
        "欠交",
        "未缴",
        "未交",
        "应缴",
        "应交",
        "合计",
        "总计",
        "金额",
        "滞纳金",
        "欠",
    ];
    let mut cursor = Cursor::new(text, at);
    cursor.one_of(&WORDS)?;
    cursor.run(0, 5, |c| "了约共计费款缴交为是等物业金额:： ".contains(c))?;
    let number = number_at(text, cursor.at)?;
    let rest = text[number.at..].trim_start_matches(' ');
    let counted = rest.starts_with(|c: char| "户家人个期次月年天日季栋号幢楼单%％层度/-份平㎡笔".contains(c));
    (!counted).then_some(number.at)
}

/// `八百一十元`, `捌佰壹拾元整`.
fn amount_in_words(text: &str, at: usize) -> Option<usize> {
    const NUMERALS: &str = "零〇一二两三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟几数";
    if text[..at].ends_with(|c| NUMERALS.contains(c)) {
        return None;
    }
    let mut cursor = Cursor::new(text, at);
    let words = cursor.run(1, 24, |c| NUMERALS.contains(c))?;
    cursor.one_of(&["多", "余", "来"]);
    cursor.one_of(&["元", "块", "圆"])?;
    let counts = words.chars().count() > 1 || words.contains(['十', '百', '千', '拾', '佰', '仟']);
    (counts && !is_price(text, at, cursor.at)).then_some(cursor.at)
}

/// A number at its beginning, with thousands and decimals.
fn number_at(text: &str, at: usize) -> Option<Cursor<'_>> {
    if text[..at].ends_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | ',')) {
        return None;
    }
    let mut cursor = Cursor::new(text, at);
    let number = cursor.run(1, 16, |c| c.is_ascii_digit() || matches!(c, ',' | '.'))?;
    let trimmed = number.trim_end_matches([',', '.']);
    if !trimmed.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    cursor.at = at + trimmed.len();
    Some(cursor)
}

/// A price of the fee standard, which must be on display: `2.35元/平方米·月`, 单价2.35元.
fn is_price(text: &str, start: usize, end: usize) -> bool {
    let before: String = text[..start].chars().rev().take(10).collect::<Vec<_>>().into_iter().rev().collect();
    let after = text[end..].trim_start();
    after.starts_with(['/', '每']) || ["单价", "标准", "每平", "每月每"].iter().any(|word| before.contains(word))
}

//! How the check reads a text: one form for phrases, one for numbers, each knowing where its characters came from.

use std::ops::Range;

/// A text brought into one form; each byte knows its place in the original.
pub(super) struct Reading<'a> {
    original: &'a str,
    /// The text in the one form.
    pub(super) text: String,
    origin: Vec<Range<usize>>,
}

/// Traditional characters of the phrases looked for, and their simplified forms.
const TRADITIONAL: &str = "斷断電电氣气熱热門门車车輛辆徵征單单親亲屬属開开鎖锁將将會会條条繳缴費费業业戶户樓楼棟栋號号層层萬万關关閉闭獄狱
牆墙掛挂橫横張张貼贴發发佈布賬账帳账應应聯联繫系係系領领導导學学貸贷響响後后對对責责產产財财凍冻結结沒没變变賣卖與与個个們们訴诉違违約约滯滞納纳
壓压網网絡络證证錄录記记黑黑單单進进給给請请總总維维檢检處处這这來来見见長长師师陳陈劉刘楊杨趙赵吳吴鄭郑許许鄧邓馮冯葉叶蘇苏盧卢蔣蒋賈贾羅罗謝谢韓韩蕭萧";

/// Marks that stay: they end a clause or introduce one. All others are put between characters to hide a phrase.
const KEPT_MARKS: &str = "，,。！!？?；:：%";

/// What ends a clause. A colon does not: `严禁：停水停电`.
pub(super) const CLAUSE_ENDS: [char; 9] = ['，', ',', '。', '！', '!', '？', '?', '；', '\n'];
/// What ends a sentence.
pub(super) const SENTENCE_ENDS: [char; 6] = ['。', '！', '!', '？', '?', '\n'];

impl<'a> Reading<'a> {
    /// For phrases: nothing between the characters, lower case, simplified.
    pub(super) fn tight(original: &'a str) -> Self {
        let mut previous_is_stop = false;
        Self::of(original, |c, next| {
            let stop = c == '.' && next.is_none_or(char::is_whitespace);
            let kept = match c {
                _sentence_end if stop && !previous_is_stop => Some('。'),
                ';' => Some('；'),
                '\n' => Some('\n'),
                mark if !mark.is_alphanumeric() && !KEPT_MARKS.contains(mark) => None,
                c => Some(simplified(c.to_ascii_lowercase())),
            };
            previous_is_stop = stop;
            kept
        })
    }

    /// For numbers and English: blanks and marks stay, case too.
    pub(super) fn plain(original: &'a str) -> Self {
        Self::of(original, |c, _| Some(simplified(c)))
    }

    /// Like plain, with Chinese digits as digits: `一五零二室` is `1502室`.
    pub(super) fn with_digits(original: &'a str) -> Self {
        Self::of(original, |c, _| Some(digit(simplified(c))))
    }

    fn of(original: &'a str, mut form: impl FnMut(char, Option<char>) -> Option<char>) -> Self {
        let (mut text, mut origin) = (String::with_capacity(original.len()), Vec::with_capacity(original.len()));
        let mut characters = original.char_indices().peekable();
        while let Some((start, c)) = characters.next() {
            if is_invisible(c) {
                continue;
            }
            let next = characters.peek().map(|(_, next)| half_width(*next));
            if let Some(kept) = form(half_width(c), next) {
                text.push(kept);
                origin.extend(std::iter::repeat_n(start..start + c.len_utf8(), kept.len_utf8()));
            }
        }
        Self { original, text, origin }
    }

    /// The words of the original that a range of this reading came from.
    pub(super) fn quote(&self, range: Range<usize>) -> String {
        let first = self.origin.get(range.start).map_or(0, |origin| origin.start);
        let last = range.end.checked_sub(1).and_then(|last| self.origin.get(last)).map_or(first, |origin| origin.end);
        self.original[first..last].trim().to_owned()
    }

    /// The clause around a place, up to it and from it.
    pub(super) fn around(&self, range: &Range<usize>, ends: &[char]) -> (&str, &str) {
        let before = &self.text[..range.start];
        let after = &self.text[range.end..];
        let start = before.rfind(ends).map_or(0, |at| at + before[at..].chars().next().map_or(0, char::len_utf8));
        (&before[start..], &after[..after.find(ends).unwrap_or(after.len())])
    }
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}')
}

/// Full-width letters, digits and marks in their usual width; the Chinese comma and its kin stay.
fn half_width(c: char) -> char {
    match c {
        '，' | '！' | '？' | '；' | '（' | '）' => c,
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '\u{3000}' => ' ',
        other => other,
    }
}

fn simplified(c: char) -> char {
    if c.is_ascii() {
        return c;
    }
    let mut pairs = TRADITIONAL.chars().filter(|c| !c.is_whitespace());
    while let (Some(traditional), Some(simple)) = (pairs.next(), pairs.next()) {
        if traditional == c {
            return simple;
        }
    }
    c
}

fn digit(c: char) -> char {
    match c {
        '〇' | '零' | '○' => '0',
        '一' | '幺' | '壹' => '1',
        '二' | '贰' => '2',
        '三' | '叁' => '3',
        '四' | '肆' => '4',
        '五' | '伍' => '5',
        '六' | '陆' => '6',
        '七' | '柒' => '7',
        '八' | '捌' => '8',
        '九' | '玖' => '9',
        other => other,
    }
}

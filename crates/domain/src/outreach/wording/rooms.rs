//! Rooms in a text that names nobody: `3-2-1502`, `三栋二单元一五零二室`, `1502室`, `15层西户`, `Room 1502`.
//!
//! A building or an entrance alone may be named, the notice speaks to all who live there. The room of the service centre may
//! be named too.

use super::{Finding, WordingRule, reading::Reading};

/// Reads forward over the characters of a text.
#[derive(Clone)]
pub(super) struct Cursor<'t> {
    text: &'t str,
    pub(super) at: usize,
}

impl<'t> Cursor<'t> {
    pub(super) fn new(text: &'t str, at: usize) -> Self {
        Self { text, at }
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    pub(super) fn skip_blanks(&mut self) {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start_matches([' ', '\t']).len();
    }

    /// Takes the longest run of digits when its length is within bounds.
    pub(super) fn digits(&mut self, least: usize, most: usize) -> Option<&'t str> {
        self.run(least, most, |c| c.is_ascii_digit())
    }

    pub(super) fn run(&mut self, least: usize, most: usize, fits: impl Fn(char) -> bool) -> Option<&'t str> {
        let rest = &self.text[self.at..];
        let taken = &rest[..rest.find(|c| !fits(c)).unwrap_or(rest.len())];
        let length = taken.chars().count();
        (least..=most).contains(&length).then(|| {
            self.at += taken.len();
            taken
        })
    }

    pub(super) fn one_of(&mut self, words: &[&str]) -> Option<&'t str> {
        let rest = &self.text[self.at..];
        let word = words.iter().find(|word| rest.starts_with(**word))?;
        self.at += word.len();
        Some(&rest[..word.len()])
    }
}

const SEPARATORS: [&str; 9] = ["-", "—", "–", "－", "/", "#", ".", "·", "_"];
const BUILDINGS: [&str; 6] = ["号楼", "栋", "幢", "座", "楼", "#"];
const ENTRANCES: [&str; 4] = ["单元", "门", "梯", "座"];
const ROOMS: [&str; 5] = ["室", "房间", "号房", "房", "号"];
/// After a number these make it no room: a year, money, a rate, a measure.
const OTHER_UNITS: [char; 18] =
    ['年', '元', '块', '圆', '万', '%', '％', '人', '米', '平', '㎡', '天', '日', ':', '：', '次', '份', '个'];

/// The rooms of a text.
pub(super) fn find_rooms(text: &str) -> Vec<Finding> {
    let reading = Reading::with_digits(text);
    let mut findings = Vec::new();
    let mut from = 0;
    for (at, _) in reading.text.char_indices() {
        if at < from {
            continue;
        }
        let patterns = [joined_by_marks, with_building, with_room_word, after_label, side_of_a_floor, english];
        if let Some(end) = patterns.iter().find_map(|pattern| pattern(&reading.text, at)) {
            findings.push(Finding { rule: WordingRule::Room, text: reading.quote(at..end) });
            from = end;
        }
    }
    findings
}

/// True when the character before belongs to a longer number or code.
fn goes_on_before(text: &str, at: usize) -> bool {
    text[..at].ends_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '/' | '.' | '〕' | '第'))
}

fn ends_well(text: &str, end: usize) -> bool {
    let rest = text[end..].trim_start_matches(' ');
    let mut characters = rest.chars();
    let first = characters.next();
    let goes_on_as_number =
        matches!(first, Some('-' | '/' | '.')) && characters.next().is_some_and(|c| c.is_ascii_digit());
    !goes_on_as_number && !text[end..].starts_with(|c: char| c.is_ascii_digit()) && !rest.starts_with(OTHER_UNITS)
}

/// `3-2-1502`, `3/2/1502`, `A-1502`, `3-1502`.
fn joined_by_marks(text: &str, at: usize) -> Option<usize> {
    if goes_on_before(text, at) {
        return None;
    }
    let mut cursor = Cursor::new(text, at);
    let letter = cursor.run(1, 1, |c| c.is_ascii_uppercase());
    let building = cursor.digits(1, 3).or(letter)?;
    let first_mark = mark(&mut cursor)?;
    let three_parts = {
        let mut cursor = cursor.clone();
        let found = cursor.digits(1, 2).and_then(|_| mark(&mut cursor)).and_then(|_| cursor.digits(3, 4));
        found.map(|room| (cursor.at, room))
    };
    if let Some((end, room)) = three_parts {
        let is_a_date = first_mark != "-" && (room.starts_with("19") || room.starts_with("20")) && room.len() == 4;
        return (ends_well(text, end) && !is_a_date).then_some(end);
    }
    let room = cursor.digits(3, 4)?;
    let dash = matches!(first_mark, "-" | "—" | "–" | "#");
    (dash && building.len() <= 2 && !room.starts_with('0') && ends_well(text, cursor.at)).then_some(cursor.at)
}

fn mark<'t>(cursor: &mut Cursor<'t>) -> Option<&'t str> {
    cursor.skip_blanks();
    let mark = cursor.one_of(&SEPARATORS)?;
    cursor.skip_blanks();
    Some(mark)
}

/// `3栋2单元1502室`, `3幢 1502`, `A座1502`, `2单元1502`.
fn with_building(text: &str, at: usize) -> Option<usize> {
    if goes_on_before(text, at) {
        return None;
    }
    let mut cursor = Cursor::new(text, at);
    let mut named = false;
    for words in [&BUILDINGS[..], &ENTRANCES[..]] {
        let mut part = cursor.clone();
        let number =
            part.run(1, 3, |c| c.is_ascii_digit() || c.is_ascii_uppercase() || matches!(c, '十' | '百' | '廿'));
        part.skip_blanks();
        if number.is_some() && part.one_of(words).is_some() {
            part.skip_blanks();
            cursor = part;
            named = true;
        }
    }
    if !named {
        return None;
    }
    cursor.one_of(&SEPARATORS);
    cursor.digits(3, 4)?;
    cursor.one_of(&ROOMS);
    (ends_well(text, cursor.at) && !is_service_centre(text, at, cursor.at)).then_some(cursor.at)
}

/// `1502室`, `1502 房间`.
fn with_room_word(text: &str, at: usize) -> Option<usize> {
    if text[..at].ends_with(|c: char| c.is_ascii_alphanumeric()) {
        return None;
    }
    let mut cursor = Cursor::new(text, at);
    cursor.run(0, 1, |c| c.is_ascii_uppercase());
    cursor.digits(3, 4)?;
    cursor.skip_blanks();
    cursor.one_of(&["室", "房间", "号房", "号室", "房", "户主", "业主"])?;
    (!is_service_centre(text, at, cursor.at)).then_some(cursor.at)
}

/// `房号：1502`.
fn after_label(text: &str, at: usize) -> Option<usize> {
    let mut cursor = Cursor::new(text, at);
    cursor.one_of(&["房号", "户号", "门牌号", "房间号", "室号"])?;
    cursor.run(0, 3, |c| matches!(c, ':' | '：' | ' ' | '为' | '是'))?;
    cursor.digits(3, 4)?;
    Some(cursor.at)
}

/// `15层西户`: one home of a floor.
fn side_of_a_floor(text: &str, at: usize) -> Option<usize> {
    let mut cursor = Cursor::new(text, at);
    cursor.run(1, 3, |c| c.is_ascii_digit() || c == '十')?;
    cursor.one_of(&["层", "楼", "单元"])?;
    cursor.one_of(&["东", "西", "南", "北", "中", "左", "右"])?;
    cursor.one_of(&["边", "侧"]);
    cursor.one_of(&["户"])?;
    (cursor.peek() != Some('型')).then_some(cursor.at)
}

/// `Room 1502`, `Apt. 3B`.
fn english(text: &str, at: usize) -> Option<usize> {
    if text[..at].ends_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    let word = text[at..].split(|c: char| !c.is_ascii_alphabetic()).next()?;
    if !["room", "unit", "apt", "apartment", "flat", "suite"].contains(&word.to_ascii_lowercase().as_str()) {
        return None;
    }
    let mut cursor = Cursor::new(text, at + word.len());
    cursor.run(0, 3, |c| matches!(c, ' ' | '.' | '#'))?;
    let number = cursor.run(1, 8, |c| c.is_ascii_alphanumeric() || c == '-')?;
    number.bytes().any(|b| b.is_ascii_digit()).then_some(cursor.at)
}

/// True for the room of the office people are asked to come to.
fn is_service_centre(text: &str, start: usize, end: usize) -> bool {
    const OFFICES: [&str; 8] =
        ["物业服务中心", "服务中心", "物业办公室", "管理处", "客服中心", "收费处", "收费室", "办公室"];
    let before = text[..start].trim_end_matches(|c: char| c.is_ascii_alphanumeric() || "号楼栋幢座单元层".contains(c));
    let before = before.trim_end_matches([' ', ':', '：', '在', '(', '（']);
    let before = ["地址", "地点", "位于", "设在"].iter().find_map(|word| before.strip_suffix(word)).unwrap_or(before);
    let after = text[end..].trim_start_matches([' ', '(', '（', '的']);
    let leads_there = |word: &&str| before.ends_with(*word) || after.starts_with(*word);
    OFFICES.iter().any(leads_there)
}

//! Rooms as people write them: `3-2-1502`, `3栋2单元1502室`, `３－２－１５０２`, `3#1502`.

use crate::UnitLabel;
use crate::sheet::Cell;

/// Words of sums: a text with one of them is never a room.
pub const SUM_WORDS: [&str; 6] = ["小计", "合计", "总计", "累计", "共计", "总合"];

/// Half-width digits and letters, no blanks, one kind of dash.
#[must_use]
pub fn narrow(text: &str) -> String {
    let narrow = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '—' | '–' | '−' | '﹣' | '‐' | '‑' | '―' => '-',
        _ => c,
    };
    text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '\u{feff}' | '\u{200b}')).map(narrow).collect()
}

/// The room of one cell; `None` where a person could not tell either (a bare 1502, a date, a phrase).
#[must_use]
pub fn read_room(cell: &Cell) -> Option<UnitLabel> {
    match cell {
        Cell::Text(text) => read_text(text),
        Cell::Empty | Cell::Number(_) | Cell::Date(_) | Cell::Bool(_) | Cell::Error(_) => None,
    }
}

/// The room of three cells; the entrance may be empty.
///
/// `room_has_entrance` says that a room such as `2-1502` begins with the entrance, not with the building.
#[must_use]
pub fn read_parts(building: &Cell, entrance: &Cell, room: &Cell, room_has_entrance: bool) -> Option<UnitLabel> {
    let whole = read_room(room);
    // A room cell that holds the whole room wins over its parts.
    if let Some(whole) = whole.as_ref().filter(|label| label.entrance().is_some()) {
        return Some(whole.clone());
    }
    let building = part(building, &["号楼", "楼", "栋", "幢", "座", "#", "号"]).map(|text| place(&text))?;
    if let Some(two) = whole {
        return match (room_has_entrance, entrance.is_blank()) {
            (true, true) => UnitLabel::try_new(&building, two.building(), two.room()).ok(),
            (false, true) => Some(two),
            // Beside an entrance the first part can only repeat the building or the entrance.
            (_, false) => UnitLabel::try_new(&building, &entrance_part(entrance)?, two.room()).ok(),
        };
    }
    let room = room_part(room)?;
    if entrance.is_blank() {
        return UnitLabel::parse(&format!("{building}-{room}")).ok();
    }
    UnitLabel::try_new(&building, &entrance_part(entrance)?, &room).ok()
}

/// A room number of its own; `-101`, below ground, is 负101, never the 101 above it.
fn room_part(cell: &Cell) -> Option<String> {
    let endings = ["室", "号", "房"];
    match narrow(&cell.text()).strip_prefix('-') {
        Some(number) if number.starts_with(|c: char| c.is_ascii_digit()) => {
            part(&Cell::Text(format!("负{number}")), &endings)
        }
        Some(_) | None => part(cell, &endings),
    }
}

fn entrance_part(cell: &Cell) -> Option<String> {
    part(cell, &["单元", "门", "#"]).map(|text| place(&text))
}

fn part(cell: &Cell, endings: &[&str]) -> Option<String> {
    if matches!(cell, Cell::Date(_) | Cell::Error(_) | Cell::Bool(_)) {
        return None;
    }
    let text = narrow(&cell.text());
    let bare = endings.iter().find_map(|ending| text.strip_suffix(ending)).unwrap_or(&text);
    let readable = !bare.is_empty() && bare.chars().all(char::is_alphanumeric) && !is_sum(bare);
    readable.then(|| bare.to_owned())
}

/// Whether a text is about a sum.
#[must_use]
pub fn is_sum(text: &str) -> bool {
    SUM_WORDS.iter().any(|word| text.contains(word))
}

/// `3-2-1502`, as most lists write it: read without looking for words.
fn read_plain(text: &str) -> Option<UnitLabel> {
    let mut parts = text.trim().split('-');
    let (building, entrance, room) = (parts.next()?, parts.next()?, parts.next()?);
    let digits = |part: &str| !part.is_empty() && part.len() <= 4 && part.bytes().all(|b| b.is_ascii_digit());
    let plain = parts.next().is_none() && digits(building) && digits(entrance) && digits(room);
    let label = || UnitLabel::try_new(&place(building), &place(entrance), room).ok();
    (plain && !is_date(building, entrance, room)).then(label).flatten()
}

fn read_text(text: &str) -> Option<UnitLabel> {
    if let Some(label) = read_plain(text) {
        return Some(label);
    }
    let text = below_ground(without_brackets(&narrow(text)));
    // 3栋2单元 is the heading of a section, and 1栋小计 a sum; only parking is numbered without a room.
    if is_sum(&text) || ["单元", "栋", "幢", "座", "楼", "层"].iter().any(|word| text.ends_with(word)) {
        return None;
    }
    if let Some(label) = read_code(&text) {
        return Some(label);
    }
    let text = ["号楼", "栋", "幢", "座", "楼", "#", "单元", "门", "层", "/", "_", "~"]
        .iter()
        .fold(text.clone(), |text, word| text.replace(word, if *word == "层" { "^-" } else { "-" }));
    let bare = ["室", "号", "房", "户"].iter().find_map(|ending| text.strip_suffix(ending)).unwrap_or(&text);
    let dotted = bare.split('.').count() == 3 && !bare.contains('-');
    let bare = if dotted { bare.replace('.', "-") } else { bare.to_owned() };
    let parts: Vec<&str> = bare.split('-').filter(|part| !part.is_empty() && !is_floor(part)).collect();
    // Without a digit in the last part it is a phrase, not a room.
    let digits = parts.last().is_some_and(|room| room.chars().any(|c| c.is_ascii_digit()));
    match parts.as_slice() {
        [year, month, day] if is_date(year, month, day) => None,
        [building, entrance, room] if digits => {
            UnitLabel::try_new(&building_part(building), &place(entrance), room).ok()
        }
        [building, room] if digits => UnitLabel::parse(&format!("{}-{room}", building_part(building))).ok(),
        // 3号楼2单元15楼1502: the floor is told twice.
        [building, entrance, floor, room] if digits && room.starts_with(floor) && room.len() == floor.len() + 2 => {
            UnitLabel::try_new(&building_part(building), &place(entrance), room).ok()
        }
        _ => None,
    }
}

/// 2026-10-31 stands below a table, not on a door.
fn is_date(year: &str, month: &str, day: &str) -> bool {
    let within = |text: &str, most: u32| text.parse().is_ok_and(|number: u32| (1..=most).contains(&number));
    year.len() == 4 && (year.starts_with("19") || year.starts_with("20")) && within(month, 12) && within(day, 31)
}

/// `15^`, made of 15层 above, tells what the room number tells again.
fn is_floor(part: &str) -> bool {
    part.strip_suffix('^').is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()))
}

/// `3-2--101` is room -101 of 3-2, below ground: 负101.
fn below_ground(text: String) -> String {
    match text.split_once("--") {
        Some((before, number))
            if before.contains('-') && number.bytes().all(|b| b.is_ascii_digit()) && !number.is_empty() =>
        {
            format!("{before}-负{number}")
        }
        Some(_) | None => text,
    }
}

/// `3-2-1502(复式)` is `3-2-1502`.
fn without_brackets(text: &str) -> String {
    match (text.find(['(', '【', '[']), text.ends_with([')', '】', ']'])) {
        (Some(start), true) if start > 0 => text[..start].to_owned(),
        (Some(_) | None, _) => text.to_owned(),
    }
}

/// `车位A101` is `车位-A101`: a code behind the word for what it is.
fn read_code(text: &str) -> Option<UnitLabel> {
    let word =
        ["地下车位", "地上车位", "车位", "车库", "储藏室", "储藏间", "储物间", "商铺", "底商", "门面", "门市", "别墅"]
            .into_iter()
            .find(|word| text.starts_with(word))?;
    let code: String = text[word.len()..].chars().filter(|c| !matches!(c, '-' | '号' | '#')).collect();
    let readable = code.bytes().any(|b| b.is_ascii_digit());
    readable.then(|| UnitLabel::parse(&format!("{word}-{code}")).ok()).flatten()
}

/// A building without the name of the estate before it: `翠湖花园3` is `3`.
fn building_part(part: &str) -> String {
    let estate = part.rfind(['园', '苑', '城', '府', '庭', '湾', '里', '区', '寓', '邸']).map(|at| at + 3);
    match estate.and_then(|at| part.get(at..)).filter(|rest| rest.starts_with(|c: char| c.is_ascii_alphanumeric())) {
        Some(rest) => place(rest),
        None => place(part),
    }
}

/// A building or entrance as it is kept: `03` and 三 are `3`, `a` is `A`, `0` stays.
fn place(part: &str) -> String {
    if let Some(number) = chinese_number(part) {
        return number.to_string();
    }
    let bare = part.trim_start_matches('0');
    if bare.is_empty() { "0".to_owned() } else { bare.to_uppercase() }
}

/// 一 to 九十九.
fn chinese_number(text: &str) -> Option<usize> {
    let digit = |c: char| "一二三四五六七八九".chars().position(|one| one == c).map(|at| at + 1);
    let chars: Vec<char> = text.chars().collect();
    match chars.as_slice() {
        ['十'] => Some(10),
        [one] => digit(*one),
        ['十', one] => digit(*one).map(|one| 10 + one),
        [ten, '十'] => digit(*ten).map(|ten| ten * 10),
        [ten, '十', one] => Some(digit(*ten)? * 10 + digit(*one)?),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<String> {
        read_room(&Cell::Text(text.to_owned())).map(|label| label.to_string())
    }

    #[test]
    fn a_room_is_read_however_it_is_written() {
        for text in [
            "3-2-1502",
            "３－２－１５０２",
            "3栋2单元1502室",
            "3号楼2单元1502",
            "3幢2单元1502号",
            " 3 - 2 - 1502 ",
            "03-02-1502",
            "3#2-1502",
            "3#楼2单元1502",
            "三栋二单元1502室",
            "翠湖花园3栋2单元1502",
            "3栋2单元15层1502室",
            "3号楼2单元15楼1502",
            "3-2-1502(复式)",
            "3.2.1502",
            "3/2/1502",
        ] {
            assert_eq!(read(text).as_deref(), Some("3-2-1502"), "{text}");
        }
        assert_eq!(read("3栋1502").as_deref(), Some("3-1502"));
        assert_eq!(read("5-0-12").as_deref(), Some("5-0-12"));
        assert_eq!(read("a座1-801").as_deref(), Some("A-1-801"));
        assert_eq!(read("十二栋1单元101").as_deref(), Some("12-1-101"));
        assert_eq!(read("车位A101").as_deref(), Some("车位-A101"));
        assert_eq!(read("商铺12号").as_deref(), Some("商铺-12"));
        assert_eq!(read("别墅15").as_deref(), Some("别墅-15"));
        assert_eq!(read("车位-C0001").as_deref(), Some("车位-C0001"));
    }

    #[test]
    fn a_room_below_ground_is_never_the_one_above() {
        assert_eq!(read("3-2--101").as_deref(), Some("3-2-负101"));
        assert_eq!(read("3-2-B101").as_deref(), Some("3-2-B101"));
        assert_eq!(read("3-2-负101室").as_deref(), Some("3-2-负101"));
        let number = |number: i64| Cell::Number(number.into());
        let label = read_parts(&number(3), &number(2), &number(-101), false).map(|label| label.to_string());
        assert_eq!(label.as_deref(), Some("3-2-负101"));
        assert_eq!(UnitLabel::parse("3-2-负101").ok().and_then(|label| label.floor()), Some(-1));
    }

    #[test]
    fn what_nobody_could_place_is_no_room() {
        for text in [
            "1502",
            "",
            "物业用房",
            "合计",
            "3-2-1502-7",
            "制表:客服部",
            "说明-备注",
            "1栋小计",
            "1栋2单元小计12户",
            "3栋2单元",
            "3-2-1502、1503",
            "2024.3",
            "2026-10-31",
            "2026年10月31日",
            "车位",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
        assert_eq!(read_room(&Cell::Number(1502.into())), None);
    }

    #[test]
    fn three_columns_make_a_room() {
        let text = |text: &str| Cell::Text(text.to_owned());
        let label = |b, e, r| read_parts(&b, &e, &r, false).map(|label| label.to_string());
        assert_eq!(
            label(Cell::Number(3.into()), text("2单元"), Cell::Number(1502.into())).as_deref(),
            Some("3-2-1502")
        );
        assert_eq!(label(text("3栋"), Cell::Empty, text("1502室")).as_deref(), Some("3-1502"));
        assert_eq!(
            label(Cell::Number(1.into()), Cell::Number(0.into()), Cell::Number(12.into())).as_deref(),
            Some("1-0-12")
        );
        assert_eq!(label(Cell::Empty, Cell::Number(1.into()), Cell::Number(101.into())), None);
        assert_eq!(label(text("3"), text("2"), text("3-2-1502")).as_deref(), Some("3-2-1502"));
        assert_eq!(label(text("三栋"), text("二单元"), text("1502")).as_deref(), Some("3-2-1502"));
        assert_eq!(label(text("3栋"), text("2"), text("3-1502")).as_deref(), Some("3-2-1502"));
    }

    #[test]
    fn a_room_with_its_entrance_beside_a_building_is_joined() {
        let text = |text: &str| Cell::Text(text.to_owned());
        let label = |has| read_parts(&text("3栋"), &Cell::Empty, &text("2-1502"), has).map(|label| label.to_string());
        assert_eq!(label(true).as_deref(), Some("3-2-1502"));
        assert_eq!(label(false).as_deref(), Some("2-1502"));
    }
}

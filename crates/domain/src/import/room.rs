//! Rooms as people write them: `3-2-1502`, `3栋2单元1502室`, `３－２－１５０２`, `3#1502`.

use crate::UnitLabel;
use crate::sheet::Cell;

/// Half-width digits and letters, no blanks.
#[must_use]
pub fn narrow(text: &str) -> String {
    let narrow = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '—' | '–' | '−' | '﹣' => '-',
        _ => c,
    };
    text.chars().filter(|c| !c.is_whitespace() && *c != '\u{feff}').map(narrow).collect()
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
#[must_use]
pub fn read_parts(building: &Cell, entrance: &Cell, room: &Cell) -> Option<UnitLabel> {
    // A room cell that holds the whole room wins over its parts.
    if let Some(whole) = read_room(room).filter(|label| label.entrance().is_some()) {
        return Some(whole);
    }
    let building = part(building, &["号楼", "楼", "栋", "幢", "座", "#", "号"])?;
    let room = part(room, &["室", "号", "房"])?;
    match part(entrance, &["单元", "门", "#"]) {
        Some(entrance) => UnitLabel::try_new(&unpadded(&building), &unpadded(&entrance), &room).ok(),
        None if entrance.is_blank() => UnitLabel::parse(&format!("{}-{room}", unpadded(&building))).ok(),
        None => None,
    }
}

fn part(cell: &Cell, endings: &[&str]) -> Option<String> {
    if matches!(cell, Cell::Date(_) | Cell::Error(_) | Cell::Bool(_)) {
        return None;
    }
    let text = narrow(&cell.text());
    let bare = endings.iter().find_map(|ending| text.strip_suffix(ending)).unwrap_or(&text);
    (!bare.is_empty() && bare.chars().all(char::is_alphanumeric)).then(|| bare.to_owned())
}

fn read_text(text: &str) -> Option<UnitLabel> {
    let mut text = narrow(text);
    for (word, mark) in [
        ("号楼", "-"),
        ("栋", "-"),
        ("幢", "-"),
        ("座", "-"),
        ("楼", "-"),
        ("#", "-"),
        ("单元", "-"),
        ("门", "-"),
        ("/", "-"),
        ("_", "-"),
        ("~", "-"),
        ("－", "-"),
    ] {
        text = text.replace(word, mark);
    }
    for ending in ["室", "号", "房", "户"] {
        if let Some(bare) = text.strip_suffix(ending) {
            text = bare.to_owned();
        }
    }
    let parts: Vec<&str> = text.split('-').filter(|part| !part.is_empty()).collect();
    // Without a digit in the last part it is a phrase, not a room.
    let digits = parts.last().is_some_and(|room| room.chars().any(|c| c.is_ascii_digit()));
    match parts.as_slice() {
        [building, entrance, room] if digits => UnitLabel::try_new(&unpadded(building), &unpadded(entrance), room).ok(),
        [building, room] if digits => UnitLabel::parse(&format!("{}-{room}", unpadded(building))).ok(),
        _ => None,
    }
}

/// `03` is `3`; `0` stays.
fn unpadded(part: &str) -> String {
    let bare = part.trim_start_matches('0');
    if bare.is_empty() { "0".to_owned() } else { bare.to_owned() }
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
        ] {
            assert_eq!(read(text).as_deref(), Some("3-2-1502"), "{text}");
        }
        assert_eq!(read("3栋1502").as_deref(), Some("3-1502"));
        assert_eq!(read("5-0-12").as_deref(), Some("5-0-12"));
        assert_eq!(read("A座1-801").as_deref(), Some("A-1-801"));
    }

    #[test]
    fn what_nobody_could_place_is_no_room() {
        for text in ["1502", "", "物业用房", "合计", "3-2-1502-7", "制表:客服部", "说明-备注"] {
            assert_eq!(read(text), None, "{text}");
        }
        assert_eq!(read_room(&Cell::Number(1502.into())), None);
    }

    #[test]
    fn three_columns_make_a_room() {
        let text = |text: &str| Cell::Text(text.to_owned());
        let label = |b, e, r| read_parts(&b, &e, &r).map(|label| label.to_string());
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
    }
}

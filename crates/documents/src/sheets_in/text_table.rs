//! Text tables: comma, tab or semicolon; UTF-8 or UTF-16 as a mark or the bytes themselves show, otherwise GB18030.
//!
//! Read with RFC 4180's quotes. A quote that nobody closes is a character like any other, so that one stray quote in a name does
//! not swallow the rows below it, and blank lines stay, so that rows keep the numbers a person counts.

use std::borrow::Cow;

use hemu_domain::sheet::{Cell, Sheet};

use super::cells::{Rows, csv_cell};
use super::{MAX_CELLS, ReadError, refused};

pub(super) fn read_text_table(bytes: &[u8], file: &str) -> Result<Sheet, ReadError> {
    let text = decode(bytes).ok_or_else(|| refused(file, "the text is neither UTF-8 nor GB18030"))?;
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let name = stem.rsplit(['/', '\\']).next().unwrap_or(stem).to_owned();
    let rows = rows(&text, delimiter(&text)).ok_or_else(|| ReadError::TooLarge(file.to_owned()))?;
    if rows.is_empty() { Err(ReadError::Empty(file.to_owned())) } else { Ok(Sheet { name, rows }) }
}

fn decode(bytes: &[u8]) -> Option<Cow<'_, str>> {
    if let Some((encoding, mark)) = encoding_rs::Encoding::for_bom(bytes) {
        let (text, broken) = encoding.decode_without_bom_handling(&bytes[mark..]);
        return (!broken).then_some(text);
    }
    // A table has no control characters but line ends and tabs; a binary file does.
    if bytes.iter().take(65_536).any(|byte| *byte < 9 || (14..32).contains(byte)) {
        return None;
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Some(text.into());
    }
    let (text, broken) = encoding_rs::GB18030.decode_without_bom_handling(bytes);
    (!broken).then_some(text)
}

/// The separator that stands most often in the first lines.
fn delimiter(text: &str) -> u8 {
    let count = |separator: u8| text.lines().take(20).flat_map(str::bytes).filter(|byte| *byte == separator).count();
    [b'\t', b';', b','].into_iter().max_by_key(|separator| count(*separator)).unwrap_or(b',')
}

/// What a field ends with.
enum End {
    Field,
    Row,
    File,
}

/// The rows; `None` when there are too many cells.
fn rows(text: &str, separator: u8) -> Option<Vec<Vec<Cell>>> {
    let mut room = MAX_CELLS;
    let mut rows = Rows::new(&mut room);
    let mut rest = text;
    let (mut row, mut column) = (0, 0);
    while !rest.is_empty() {
        let (field, end, after) = next_field(rest, separator);
        rows.put(row, column, csv_cell(field)).ok()?;
        rest = after;
        (row, column) = match end {
            End::Field => (row, column + 1),
            End::Row | End::File => (row + 1, 0),
        };
    }
    Some(rows.into_inner())
}

/// The next field, what it ends with, and what follows.
fn next_field(text: &str, separator: u8) -> (String, End, &str) {
    let (quoted, rest) = text.strip_prefix('"').and_then(quoted).unwrap_or_default();
    let rest = if quoted.is_some() { rest } else { text };
    let stop = rest.bytes().position(|byte| byte == separator || matches!(byte, b'\n' | b'\r'));
    let (tail, after) = rest.split_at(stop.unwrap_or(rest.len()));
    let field = quoted.unwrap_or_default() + tail;
    let (end, after) = match after.as_bytes() {
        [] => (End::File, after),
        [b'\r', b'\n', ..] => (End::Row, &after[2..]),
        [b'\r' | b'\n', ..] => (End::Row, &after[1..]),
        [_, ..] => (End::Field, &after[1..]),
    };
    (field, end, after)
}

/// What stands between the quotes, doubled ones taken as one, and what follows; `None` when nobody closes them.
fn quoted(text: &str) -> Option<(Option<String>, &str)> {
    let mut field = String::new();
    let mut rest = text;
    loop {
        let (part, after) = rest.split_once('"')?;
        field.push_str(part);
        match after.strip_prefix('"') {
            Some(after) => {
                field.push('"');
                rest = after;
            }
            None => return Some((Some(field), after)),
        }
    }
}

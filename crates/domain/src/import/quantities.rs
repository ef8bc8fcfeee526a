//! Areas and prices as people write them: `89.32㎡`, `1,089.5`, `2.35元/㎡·月`.

use rust_decimal::{Decimal, RoundingStrategy};

use super::room::narrow;
use crate::sheet::Cell;
use crate::{Area, UnitPrice};

/// What an area or price cell says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading<T> {
    /// Nothing.
    Blank,
    /// A value.
    Value(T),
    /// Not a number, or not a possible one.
    Unusable,
}

/// The largest area and price that are believed: beyond them somebody slipped.
const MOST: (Decimal, Decimal) =
    (Decimal::from_parts(1_000_000, 0, 0, false, 0), Decimal::from_parts(1_000, 0, 0, false, 0));

/// Reads an area in m²; more than four decimals are rounded half-up, more than 1,000,000 m² are not believed.
#[must_use]
pub fn read_area(cell: &Cell) -> Reading<Area> {
    read(cell, &["平方米", "平米", "㎡", "m2", "m²", "平方", "平", "方"], |number| {
        let number = number.round_dp_with_strategy(Area::SCALE, RoundingStrategy::MidpointAwayFromZero);
        Area::try_new(number).ok().filter(|_| number <= MOST.0)
    })
}

/// Reads a price in yuan; what follows the number is its unit, and a unit per year is no price per month.
#[must_use]
pub fn read_price(cell: &Cell) -> Reading<UnitPrice> {
    let text = narrow(&cell.text());
    let number = text.trim_start_matches(['¥', '￥']);
    let unit = number.find(|c: char| !c.is_ascii_digit() && c != '.' && c != ',').unwrap_or(number.len());
    let is_unit = number[unit..].is_empty() || number[unit..].starts_with(['元', '/', '每']);
    if number[unit..].contains('年') {
        return Reading::Unusable;
    }
    match cell {
        Cell::Text(_) if is_unit && unit > 0 => read(&Cell::Text(number[..unit].to_owned()), &[], price),
        Cell::Empty | Cell::Text(_) | Cell::Number(_) | Cell::Date(_) | Cell::Bool(_) | Cell::Error(_) => {
            read(cell, &[], price)
        }
    }
}

fn price(number: Decimal) -> Option<UnitPrice> {
    let number = number.round_dp_with_strategy(UnitPrice::SCALE, RoundingStrategy::MidpointAwayFromZero);
    UnitPrice::try_new(number).ok().filter(|_| number <= MOST.1)
}

/// Whether a price is per unit (`80元/户·月`, `60元/个`), not per m².
#[must_use]
pub fn is_per_unit(cell: &Cell) -> bool {
    let text = narrow(&cell.text());
    let per = text.find(['/', '每']).map_or("", |at| &text[at..]);
    per.contains(['户', '个', '位', '间', '套', '辆'])
}

fn read<T>(cell: &Cell, endings: &[&str], make: impl Fn(Decimal) -> Option<T>) -> Reading<T> {
    let number = match cell {
        Cell::Empty => return Reading::Blank,
        Cell::Number(number) => Some(*number),
        Cell::Text(text) => {
            let text = narrow(text).to_lowercase();
            if text.is_empty() {
                return Reading::Blank;
            }
            let bare = endings.iter().find_map(|ending| text.strip_suffix(ending)).unwrap_or(&text);
            Decimal::from_str_exact(&bare.replace(',', "")).ok()
        }
        Cell::Date(_) | Cell::Bool(_) | Cell::Error(_) => None,
    };
    number.and_then(make).map_or(Reading::Unusable, Reading::Value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Cell {
        Cell::Text(text.to_owned())
    }

    #[test]
    fn an_area_is_read_with_its_unit_and_must_be_positive() {
        let area = |text: &str| Reading::Value(Area::parse(text).expect("an area"));
        for form in ["89.32㎡", "89.32 m2", "89.32平方米", "８９．３２", "89.320", "89.32平"] {
            assert_eq!(read_area(&text(form)), area("89.32"), "{form}");
        }
        assert_eq!(read_area(&text("1,089.5")), area("1089.5"));
        for form in ["待核", "0", "-5", "约90", "99999999"] {
            assert_eq!(read_area(&text(form)), Reading::Unusable, "{form}");
        }
        assert_eq!(read_area(&text(" ")), Reading::Blank);
        assert_eq!(read_area(&Cell::Error("#REF!".to_owned())), Reading::Unusable);
    }

    #[test]
    fn a_price_is_read_with_its_unit() {
        let price = |text: &str| Reading::Value(UnitPrice::parse(text).expect("a price"));
        for form in ["2.35", "2.35元/㎡·月", "¥2.35", "2.35元", "2.35/平"] {
            assert_eq!(read_price(&text(form)), price("2.35"), "{form}");
        }
        for form in ["面议", "28.2元/㎡·年", "-1", "99999"] {
            assert_eq!(read_price(&text(form)), Reading::Unusable, "{form}");
        }
        assert!(is_per_unit(&text("80元/户·月")) && !is_per_unit(&text("2.35元/㎡·月")));
    }
}

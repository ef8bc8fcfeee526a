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

/// Reads an area in m²; more than four decimals are rounded half-up.
#[must_use]
pub fn read_area(cell: &Cell) -> Reading<Area> {
    read(cell, &["平方米", "平米", "㎡", "m2", "m²", "平方", "平", "方"], |number| {
        Area::try_new(number.round_dp_with_strategy(Area::SCALE, RoundingStrategy::MidpointAwayFromZero)).ok()
    })
}

/// Reads a price in yuan per m² and month; what follows the number is its unit.
#[must_use]
pub fn read_price(cell: &Cell) -> Reading<UnitPrice> {
    let text = narrow(&cell.text());
    let number = text.trim_start_matches(['¥', '￥']);
    let unit = number.find(|c: char| !c.is_ascii_digit() && c != '.' && c != ',').unwrap_or(number.len());
    let is_unit = number[unit..].is_empty() || number[unit..].starts_with(['元', '/', '每']);
    match cell {
        Cell::Text(_) if is_unit && unit > 0 => read(&Cell::Text(number[..unit].to_owned()), &[], price),
        Cell::Empty | Cell::Text(_) | Cell::Number(_) | Cell::Date(_) | Cell::Bool(_) | Cell::Error(_) => {
            read(cell, &[], price)
        }
    }
}

fn price(number: Decimal) -> Option<UnitPrice> {
    UnitPrice::try_new(number.round_dp_with_strategy(UnitPrice::SCALE, RoundingStrategy::MidpointAwayFromZero)).ok()
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
        for form in ["待核", "0", "-5", "约90"] {
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
        assert_eq!(read_price(&text("面议")), Reading::Unusable);
    }
}

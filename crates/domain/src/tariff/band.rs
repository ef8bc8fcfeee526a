//! Price bands (分段单价): a price for the floors from 1 to 6, for flats of more than 90 and up to 144 m².
//!
//! Bands stand in order, do not overlap and leave no gap below the top, so that nobody falls between two prices. A floor band
//! holds both its ends (there is no floor 0 between -1 and 1); an area band holds its upper end: 90 m² is "up to 90". What lies
//! outside all bands has no price, and is not billed as zero.

use rust_decimal::Decimal;

use crate::words::words;
use crate::{Area, Text, UnitPrice};

words!(
    /// What bands are bands of.
    BandedBy {
        /// The floor of a unit.
        Floor = "floor", "楼层", "floor";
        /// Its area.
        Area = "area", "面积", "area";
    }
);

/// A band with its price. Floors are whole numbers, areas are stored as [`Area`] is, in 1/10,000 m².
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Band {
    /// The first floor of it; the area it begins above.
    pub from: i64,
    /// The last floor of it; the largest area of it; `None` for the top band without an end.
    pub to: Option<i64>,
    /// Its price.
    pub price: UnitPrice,
}

/// Bands that were checked together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bands {
    by: BandedBy,
    bands: Vec<Band>,
}

/// Why bands do not stand together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BandError {
    /// There is none.
    #[error("name at least one band")]
    Empty,
    /// A line that names no band.
    #[error("line {line} '{text}' is no band such as '1~6 1.20' or '19~ 1.80'")]
    Line {
        /// Counted from 1.
        line: usize,
        /// What it says.
        text: String,
    },
    /// A band that ends before it begins.
    #[error("the band {0} ends before it begins")]
    Reversed(String),
    /// Two bands for one floor or area.
    #[error("the bands {0} and {1} overlap")]
    Overlap(String, String),
    /// Floors or areas between two bands.
    #[error("there is a gap between the bands {0} and {1}")]
    Gap(String, String),
    /// Small areas without a band.
    #[error("the first area band begins at 0")]
    NotFromZero,
    /// Nothing would ever be charged.
    #[error("a price has to be above zero")]
    AllFree,
}

impl BandError {
    /// For people.
    #[must_use]
    pub fn text(&self) -> Text {
        let zh = match self {
            Self::Empty => "请至少填写一个价格段，每行一个，例如“1~6 1.20”".to_owned(),
            Self::Line { line, text } => {
                format!("第 {line} 行“{text}”看不懂，应为“起~止 单价”，例如“1~6 1.20”，最高一段写“19~ 1.80”")
            }
            Self::Reversed(band) => format!("价格段 {band} 的止点小于起点，请检查"),
            Self::Overlap(one, other) => format!("价格段 {one} 与 {other} 重叠，请改为首尾相接"),
            Self::Gap(one, other) => format!("价格段 {one} 与 {other} 之间有空档，请改为首尾相接"),
            Self::NotFromZero => "面积段应从 0 开始".to_owned(),
            Self::AllFree => "各段单价不能全部为零".to_owned(),
        };
        Text::new(zh, self.to_string())
    }
}

impl Bands {
    /// Bands in any order, checked together.
    ///
    /// # Errors
    /// [`BandError`] when they overlap, leave a gap, or there is none.
    pub fn try_new(by: BandedBy, mut bands: Vec<Band>) -> Result<Self, BandError> {
        bands.sort_by_key(|band| band.from);
        let name = |band: &Band| label(by, band);
        let first = bands.first().ok_or(BandError::Empty)?;
        if by == BandedBy::Area && first.from != 0 {
            return Err(BandError::NotFromZero);
        }
        if bands.iter().all(|band| band.price.stored() == 0) {
            return Err(BandError::AllFree);
        }
        let reversed =
            |band: &&Band| band.to.is_some_and(|to| to < band.from || by == BandedBy::Area && to == band.from);
        if let Some(band) = bands.iter().find(reversed) {
            return Err(BandError::Reversed(name(band)));
        }
        for pair in bands.windows(2) {
            let next = match (by, pair[0].to) {
                (_, None) => return Err(BandError::Overlap(name(&pair[0]), name(&pair[1]))),
                (BandedBy::Area, Some(to)) => to,
                (BandedBy::Floor, Some(-1)) if pair[1].from == 1 => 1,
                (BandedBy::Floor, Some(to)) => to.saturating_add(1),
            };
            match pair[1].from.cmp(&next) {
                std::cmp::Ordering::Less => return Err(BandError::Overlap(name(&pair[0]), name(&pair[1]))),
                std::cmp::Ordering::Greater => return Err(BandError::Gap(name(&pair[0]), name(&pair[1]))),
                std::cmp::Ordering::Equal => {}
            }
        }
        Ok(Self { by, bands })
    }

    /// Reads one band a line: `1~6 1.20`, the top one `19~ 1.80`; areas in m².
    ///
    /// # Errors
    /// [`BandError`] names the line that cannot be read, or the bands that do not stand together.
    pub fn parse(by: BandedBy, text: &str) -> Result<Self, BandError> {
        let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
        let read = |(index, line): (usize, &str)| {
            parse_line(by, line).ok_or_else(|| BandError::Line { line: index + 1, text: line.trim().to_owned() })
        };
        Self::try_new(by, lines.map(read).collect::<Result<_, _>>()?)
    }

    /// In order, the lowest first.
    #[must_use]
    pub fn as_slice(&self) -> &[Band] {
        &self.bands
    }

    /// The band a floor or stored area lies in.
    #[must_use]
    pub fn find(by: BandedBy, bands: &[Band], at: i64) -> Option<&Band> {
        bands.iter().find(|band| match by {
            BandedBy::Floor => band.from <= at && band.to.is_none_or(|to| at <= to),
            BandedBy::Area => band.from < at && band.to.is_none_or(|to| at <= to),
        })
    }
}

/// A band for people: `7-18 层`, `90-144 ㎡`, `19 层以上`.
#[must_use]
pub fn label(by: BandedBy, band: &Band) -> String {
    let (number, unit): (fn(i64) -> String, &str) = match by {
        BandedBy::Floor => (|floor| floor.to_string(), "层"),
        BandedBy::Area => (|area| Area::from_stored(area).to_string(), "㎡"),
    };
    match (band.to, by) {
        (Some(to), _) if to == band.from => format!("{} {unit}", number(to)),
        (Some(to), _) => format!("{}-{} {unit}", number(band.from), number(to)),
        (None, BandedBy::Floor) => format!("{} {unit}及以上", number(band.from)),
        (None, BandedBy::Area) => format!("{} {unit}以上", number(band.from)),
    }
}

fn parse_line(by: BandedBy, line: &str) -> Option<Band> {
    let line = line.trim().replace(['，', ',', '\t', '：', ':', '　'], " ").replace(['～', '至', '—', '–'], "~");
    let (range, price) = line.trim().rsplit_once(' ')?;
    let range: String = range.chars().filter(|one| !one.is_whitespace() && !matches!(one, '层' | '㎡')).collect();
    let (from, to) = match range.split_once('~') {
        Some(ends) => ends,
        // A first minus is a basement floor, not the sign between the ends.
        None => range
            .char_indices()
            .skip(1)
            .find(|(_, one)| *one == '-')
            .map_or((range.as_str(), range.as_str()), |(at, _)| (&range[..at], &range[at + 1..])),
    };
    Some(Band {
        from: number(by, from)?,
        to: if to.is_empty() { None } else { Some(number(by, to)?) },
        price: UnitPrice::parse(price).ok()?,
    })
}

fn number(by: BandedBy, text: &str) -> Option<i64> {
    match by {
        BandedBy::Floor => text.parse().ok().filter(|floor| (-99..=999).contains(floor)),
        BandedBy::Area => match Decimal::from_str_exact(text).ok()? {
            zero if zero.is_zero() => Some(0),
            area => Area::try_new(area).ok().map(Area::stored),
        },
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn floors(text: &str) -> Result<Bands, BandError> {
        Bands::parse(BandedBy::Floor, text)
    }

    fn price_at(by: BandedBy, bands: &Bands, at: i64) -> Option<String> {
        Bands::find(by, bands.as_slice(), at).map(|band| band.price.to_string())
    }

    #[test]
    fn a_floor_finds_its_band_and_both_ends_belong_to_it() {
        let bands = floors("19~ 1.80\n1~6 1.20\n7-18层 1.50\n-2~-1 0.80").expect("bands");
        let at = |floor| price_at(BandedBy::Floor, &bands, floor);
        assert_eq!([at(1), at(6), at(7), at(18)].map(Option::unwrap_or_default), ["1.2", "1.2", "1.5", "1.5"]);
        assert_eq!((at(99), at(-1), at(-3), at(0)), (Some("1.8".to_owned()), Some("0.8".to_owned()), None, None));
    }

    #[test]
    fn an_area_of_ninety_is_up_to_ninety() {
        let bands = Bands::parse(BandedBy::Area, "0~90 200\n90~144 300\n144~ 500").expect("bands");
        let at = |area: &str| price_at(BandedBy::Area, &bands, Area::parse(area).expect("an area").stored());
        assert_eq!(
            ["90", "90.01", "144", "144.0001"].map(|area| at(area).unwrap_or_default()),
            ["200", "300", "300", "500"]
        );
        let top = bands.as_slice().last().expect("a band");
        assert_eq!(label(BandedBy::Area, top), "144 ㎡以上");
    }

    #[test]
    fn bands_that_overlap_or_leave_a_gap_are_refused_and_named() {
        let told = |text: &str| floors(text).expect_err("refused").text().zh;
        assert!(told("1~6 1.20\n6~18 1.50").contains("重叠"));
        assert!(told("1~ 1.20\n7~18 1.50").contains("重叠"), "nothing stands above the top");
        assert!(told("1~6 1.20\n8~18 1.50").contains("空档"));
        assert!(told("6~1 1.20").contains("止点小于起点"));
        assert!(told("1~6 1.20\n七层 1.50").contains("第 2 行“七层 1.50”"));
        assert!(told("").contains("至少"));
        assert!(told("1~6 0").contains("全部为零"));
        assert_eq!(Bands::parse(BandedBy::Area, "50~90 1.20"), Err(BandError::NotFromZero));
    }

    proptest! {
        #[test]
        fn every_floor_from_the_lowest_up_lies_in_exactly_one_band(ends in prop::collection::btree_set(2_i64..60, 0..6)) {
            let mut from = 1;
            let mut bands = Vec::new();
            for end in ends {
                bands.push(Band { from, to: Some(end), price: UnitPrice::from_stored(1) });
                from = end + 1;
            }
            bands.push(Band { from, to: None, price: UnitPrice::from_stored(1) });
            bands.reverse();
            let bands = Bands::try_new(BandedBy::Floor, bands).expect("they touch");
            for floor in 1..80 {
                let holding = bands.as_slice().iter().filter(|one| one.from <= floor && one.to.is_none_or(|to| floor <= to));
                prop_assert_eq!(holding.count(), 1);
                prop_assert!(Bands::find(BandedBy::Floor, bands.as_slice(), floor).is_some());
            }
        }
    }
}

//! Who lives in the example: invented names and numbers, and the temper by which each payer pays.

/// How a payer behaves, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Temper {
    /// Pays within days of the bill.
    Prompt,
    /// Pays when reminded.
    Forgetful,
    /// Pays half a year at a time.
    InBulk,
    /// Pays part, late.
    Hardship,
    /// Does not pay while a complaint is open.
    Dissatisfied,
    /// Does not pay.
    Wilful,
    /// Promises, and keeps it only in part.
    Slow,
    /// Says that the amount is wrong.
    Disputes,
    /// Cannot be found.
    Lost,
    /// Does not live there and sees no reason to pay.
    EmptyHome,
    /// Waits until the developer puts right what it left.
    Legacy,
    /// Waits for what the neighbours do.
    Crowd,
    /// Thinks that the tenant pays.
    LetOut,
    /// Died; the heirs are not settled.
    Inherited,
    /// Sells the home before the example ends, and leaves arrears.
    Seller,
}

const SURNAMES: [&str; 24] = [
    "王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "胡", "朱", "高", "林", "何", "郭", "马",
    "曾", "单", "叶", "宋", "欧阳",
];
const GIVEN: [&str; 24] = [
    "建国", "小梅", "志强", "秀英", "明", "丽华", "军", "晓东", "雨桐", "一诺", "艳", "磊", "静", "桂英", "超", "欣怡",
    "娟", "浩然", "敏", "子涵", "龑", "彧", "思远", "文博",
];
const AREAS: [&str; 5] = ["89.32", "96.07", "104.88", "118.64", "139.15"];

/// Tempers that every community has once, by the number of the home.
const FIXED: [(u32, Temper); 13] = [
    (5, Temper::Seller),
    (8, Temper::Lost),
    (13, Temper::EmptyHome),
    (17, Temper::Legacy),
    (20, Temper::Disputes),
    (22, Temper::Inherited),
    (27, Temper::Crowd),
    (31, Temper::LetOut),
    (34, Temper::Slow),
    (38, Temper::Wilful),
    (41, Temper::Hardship),
    (44, Temper::Dissatisfied),
    (47, Temper::Wilful),
];

/// The homes whose owners hold a parking space too.
const WITH_CAR: [u32; 6] = [0, 1, 2, 4, 6, 20];

/// A small generator that repeats: splitmix64.
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    /// From a seed.
    pub const fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    /// A number below `sides`.
    pub fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % sides.max(1)
    }

    /// One of several.
    pub fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        let position = self.roll(u64::try_from(of.len()).unwrap_or(1));
        of[usize::try_from(position).unwrap_or(0)]
    }
}

/// A home, shop or parking space of the example.
#[derive(Clone, Debug)]
pub struct Home {
    /// Its label.
    pub unit: String,
    /// How its payer behaves.
    pub temper: Temper,
}

/// The people of a community while its list is drawn up.
struct Sheet<'a> {
    dice: &'a mut Dice,
    paid_through: &'a str,
    list: String,
    cast: Vec<Home>,
}

/// The units of a community, and its office's list of them as CSV: homes, and in a community of some size a few shops, parking
/// spaces and homes the developer did not sell.
pub fn community(dice: &mut Dice, units: u32, paid_through: &str, price: &str) -> (Vec<Home>, String) {
    let list = "房号,业主姓名,联系电话,建筑面积(㎡),收费标准(元/㎡·月),已缴至,备注\n".to_owned();
    let mut sheet = Sheet { dice, paid_through, list, cast: Vec::new() };
    let (shops, parking) = if units >= 40 { (4, 6) } else { (0, 0) };
    let mut cars = Vec::new();
    for number in 0..units - shops - parking {
        let owner = sheet.home(number, price);
        if parking > 0 && WITH_CAR.contains(&number) {
            cars.push(owner);
        }
    }
    for number in 0..shops {
        sheet.shop(number);
    }
    for (number, (name, phone, temper)) in cars.into_iter().enumerate() {
        // Space and home of one person are one matter: same name, same number.
        sheet.line((&format!("车位-A{:03}", number + 1), &name, &phone), ("12.72", "6.00"), "", temper);
    }
    (sheet.cast, sheet.list)
}

impl Sheet<'_> {
    fn home(&mut self, number: u32, price: &str) -> (String, String, Temper) {
        let (entrance, place) = (number / 12, number % 12);
        let unit = format!("{}-{}-{}0{}", entrance / 2 + 1, entrance % 2 + 1, place / 2 + 1, place % 2 + 1);
        let temper = self.temper(number);
        let (mut name, mut phone) = (self.name(), self.phone());
        let mut remark = if self.dice.roll(20) == 0 { "空置" } else { "" };
        match number {
            // Two homes the developer still holds.
            10 | 11 => {
                (name, phone, remark) = ("示例置业有限公司".to_owned(), "0571-00000001".to_owned(), "空置，开发商未售")
            }
            // Co-owners get one bill together.
            3 | 15 | 29 => (name, phone) = (format!("{name}、{}", self.name()), format!("{phone}/{}", self.phone())),
            _ if temper == Temper::EmptyHome => remark = "空置",
            _ => {}
        }
        let area = self.dice.pick(&AREAS);
        self.line((&unit, &name, &phone), (area, price), remark, temper);
        (name, phone, temper)
    }

    fn shop(&mut self, number: u32) {
        let (name, temper) = match number {
            0 => (
                "示例市示例区和顺兴旺餐饮服务管理有限责任公司第一分公司沿街直营旗舰门店筹备处".to_owned(),
                Temper::Forgetful,
            ),
            1 => ("万家便利店".to_owned(), Temper::InBulk),
            2 => ("示例口腔门诊部有限公司".to_owned(), Temper::Prompt),
            _ => (self.name(), Temper::LetOut),
        };
        let phone = self.phone();
        let unit = format!("9-0-{}", 101 + number);
        self.line((&unit, &name, &phone), ("86.40", "4.50"), "", temper);
    }

    fn line(
        &mut self,
        (unit, name, phone): (&str, &str, &str),
        (area, price): (&str, &str),
        remark: &str,
        temper: Temper,
    ) {
        let paid = self.paid_through;
        self.list.push_str(&format!("{unit},{name},{phone},{area},{price},{paid},{remark}\n"));
        self.cast.push(Home { unit: unit.to_owned(), temper });
    }

    fn name(&mut self) -> String {
        format!("{}{}", self.dice.pick(&SURNAMES), self.dice.pick(&GIVEN))
    }

    fn phone(&mut self) -> String {
        // Now and then the office noted a number that cannot be one.
        if self.dice.roll(40) == 0 { "1390000".to_owned() } else { format!("1390000{:04}", self.dice.roll(10_000)) }
    }

    fn temper(&mut self, number: u32) -> Temper {
        if matches!(number, 10 | 11) {
            return Temper::InBulk;
        }
        if let Some((_, temper)) = FIXED.iter().find(|(home, _)| *home == number % 60) {
            return *temper;
        }
        match self.dice.roll(100) {
            0..=75 => Temper::Prompt,
            76..=84 => Temper::Forgetful,
            85..=89 => Temper::InBulk,
            90..=92 => Temper::Hardship,
            93..=95 => Temper::Dissatisfied,
            96..=97 => Temper::Slow,
            _ => Temper::Wilful,
        }
    }
}

#[cfg(test)]
mod tests {
    use hemu_domain::UnitLabel;

    use super::*;

    #[test]
    fn a_community_has_every_kind_of_payer_shops_and_parking() {
        let (cast, list) = community(&mut Dice::new(1), 60, "2024-09", "2.35");
        assert_eq!((cast.len(), list.lines().count()), (60, 61), "one line a unit, and the heading");
        for (_, temper) in FIXED {
            assert!(cast.iter().any(|home| home.temper == temper), "{temper:?}");
        }
        for home in &cast {
            assert!(UnitLabel::parse(&home.unit).is_ok(), "{}", home.unit);
        }
        let units: std::collections::HashSet<&str> = cast.iter().map(|home| home.unit.as_str()).collect();
        assert_eq!(units.len(), cast.len(), "no unit twice");
        assert!(list.contains("9-0-101") && list.contains("车位-A001") && list.contains('、'));
    }

    #[test]
    fn the_smallest_community_is_homes_alone() {
        let (cast, list) = community(&mut Dice::new(2), 4, "2024-09", "1.80");
        assert!(cast.len() == 4 && !list.contains("车位"));
    }
}

//! Who lives in the example: invented names and numbers, and the temper by which each payer pays.

/// How a payer behaves.
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
}

const SURNAMES: [&str; 20] = [
    "王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "胡", "朱", "高", "林", "何", "郭", "马",
    "欧阳",
];
const GIVEN: [&str; 20] = [
    "建国", "小梅", "志强", "秀英", "明", "丽华", "军", "晓东", "雨桐", "一诺", "艳", "磊", "静", "桂英", "超", "欣怡",
    "娟", "浩然", "敏", "子涵",
];
const AREAS: [&str; 5] = ["89.32", "96.07", "104.88", "118.64", "139.15"];

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

    fn pick<'a>(&mut self, of: &[&'a str]) -> &'a str {
        let position = self.roll(u64::try_from(of.len()).unwrap_or(1));
        of[usize::try_from(position).unwrap_or(0)]
    }
}

/// A home of the example.
#[derive(Clone, Debug)]
pub struct Home {
    /// Its label.
    pub unit: String,
    /// How its payer behaves.
    pub temper: Temper,
}

/// The homes of a community, and its office's list of them as CSV.
pub fn community(dice: &mut Dice, homes: u32, paid_through: &str, price: &str) -> (Vec<Home>, String) {
    let mut list = "房号,业主姓名,联系电话,建筑面积(㎡),收费标准(元/㎡·月),已缴至,备注\n".to_owned();
    let mut cast = Vec::new();
    for number in 0..homes {
        let (entrance, place) = (number / 12, number % 12);
        let unit = format!("{}-{}-{}0{}", entrance / 2 + 1, entrance % 2 + 1, place / 2 + 1, place % 2 + 1);
        let name = format!("{}{}", dice.pick(&SURNAMES), dice.pick(&GIVEN));
        let phone = if dice.roll(25) == 0 { "1390000".to_owned() } else { format!("1390000{:04}", dice.roll(10_000)) };
        let remark = if dice.roll(20) == 0 { "空置" } else { "" };
        let area = dice.pick(&AREAS);
        list.push_str(&format!("{unit},{name},{phone},{area},{price},{paid_through},{remark}\n"));
        cast.push(Home { unit, temper: temper(dice) });
    }
    (cast, list)
}

fn temper(dice: &mut Dice) -> Temper {
    match dice.roll(100) {
        0..=69 => Temper::Prompt,
        70..=79 => Temper::Forgetful,
        80..=85 => Temper::InBulk,
        86..=90 => Temper::Hardship,
        91..=95 => Temper::Dissatisfied,
        _ => Temper::Wilful,
    }
}

//! Amounts in financial capitals (大写金额), as receipts and letters carry them (支付结算办法 附一).
//!
//! `1,409.50` is 壹仟肆佰零玖元伍角整. A zero is written once between digits, and before a lone 分; the text carries no
//! 人民币 in front, which belongs to the form it is printed on.

use crate::Fen;

const DIGITS: [char; 10] = ['零', '壹', '贰', '叁', '肆', '伍', '陆', '柒', '捌', '玖'];

/// The amount in capitals: `810.00` -> `捌佰壹拾元整`, `0.05` -> `伍分`; a negative amount opens with 负.
#[must_use]
pub fn money_in_words(amount: Fen) -> String {
    let sign = if amount < Fen::ZERO { "负" } else { "" };
    let fen = amount.get().unsigned_abs();
    let (yuan, jiao, fen) = (fen / 100, fen / 10 % 10, fen % 10);
    let yuan_text = if yuan > 0 { format!("{}元", whole_number(yuan)) } else { String::new() };
    let rest = match (jiao, fen) {
        (0, 0) if yuan == 0 => "零元整".to_owned(),
        (0, 0) => "整".to_owned(),
        (0, fen) if yuan == 0 => format!("{}分", digit(fen)),
        (0, fen) => format!("零{}分", digit(fen)),
        (jiao, 0) => format!("{}角整", digit(jiao)),
        (jiao, fen) => format!("{}角{}分", digit(jiao), digit(fen)),
    };
    format!("{sign}{yuan_text}{rest}")
}

fn digit(value: u64) -> char {
    DIGITS[usize::try_from(value % 10).expect("a digit is below ten")]
}

/// A whole number above zero, group by group: 亿, 万, then thousands.
fn whole_number(number: u64) -> String {
    for (size, unit) in [(100_000_000, '亿'), (10_000, '万'), (1_000, '仟'), (100, '佰'), (10, '拾')] {
        if number >= size {
            return with_rest(format!("{}{unit}", whole_number(number / size)), number % size, size);
        }
    }
    digit(number).to_string()
}

/// Appends what is left below a unit, with one 零 when a place was skipped.
fn with_rest(head: String, rest: u64, unit: u64) -> String {
    match rest {
        0 => head,
        rest if rest < unit / 10 => format!("{head}零{}", whole_number(rest)),
        rest => format!("{head}{}", whole_number(rest)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_written_as_the_payment_rules_show_them() {
        for (fen, words) in [
            (140_950, "壹仟肆佰零玖元伍角整"),
            (600_714, "陆仟零柒元壹角肆分"),
            (168_032, "壹仟陆佰捌拾元叁角贰分"),
            (10_700_053, "壹拾万柒仟元伍角叁分"),
            (1_640_902, "壹万陆仟肆佰零玖元零贰分"),
            (32_504, "叁佰贰拾伍元零肆分"),
            (81_000, "捌佰壹拾元整"),
            (10_050_000, "壹拾万零伍佰元整"),
            (10_000_000_001, "壹亿元零壹分"),
            (1_000_100_000_000, "壹佰亿零壹佰万元整"),
            (1_000_000_000_000_000, "壹拾万亿元整"),
            (100_000_100, "壹佰万零壹元整"),
            (1_000, "壹拾元整"),
            (10_000_001, "壹拾万元零壹分"),
            (100_000_000_000, "壹拾亿元整"),
            (100_000_000_001, "壹拾亿元零壹分"),
            (20_990, "贰佰零玖元玖角整"),
            (5, "伍分"),
            (50, "伍角整"),
            (0, "零元整"),
            (-81_005, "负捌佰壹拾元零伍分"),
        ] {
            assert_eq!(money_in_words(Fen::new(fen)), words, "{fen}");
        }
    }
}

//! Unlawful means in Chinese text: finding them, and telling a threat from its denial.

use std::ops::Range;

use super::{
    Finding, WordingRule,
    reading::{CLAUSE_ENDS, Reading, SENTENCE_ENDS},
    terms::{FEE_CUES, Gap, OTHER_REASONS, PAIRS, PHRASES, Pair, WHOSE},
};

/// A place that may be a threat.
struct Hit {
    rule: WordingRule,
    range: Range<usize>,
    verb_at: usize,
    about_debt: bool,
}

/// The threats of a text.
pub(super) fn find_threats(text: &str) -> Vec<Finding> {
    let reading = Reading::tight(text);
    let mut hits: Vec<Hit> = PAIRS.iter().flat_map(|pair| find_pair(&reading.text, pair)).collect();
    for phrase in PHRASES {
        for word in phrase.words.split_whitespace() {
            hits.extend(reading.text.match_indices(word).map(|(at, _)| Hit {
                rule: phrase.rule,
                range: at..at + word.len(),
                verb_at: at,
                about_debt: phrase.about_debt,
            }));
        }
    }
    hits.retain(|hit| is_threat(&reading, hit));
    // Of overlapping places of one rule the longest is told.
    hits.sort_by_key(|hit| (hit.rule, hit.range.start, std::cmp::Reverse(hit.range.end)));
    hits.dedup_by(|later, earlier| later.rule == earlier.rule && later.range.start < earlier.range.end);
    hits.into_iter().map(|hit| Finding { rule: hit.rule, text: reading.quote(hit.range) }).collect()
}

fn find_pair(text: &str, pair: &Pair) -> Vec<Hit> {
    let mut hits = Vec::new();
    for first in pair.first.split_whitespace() {
        for (at, _) in text.match_indices(first) {
            let after_first = at + first.len();
            let window = window(text, after_first, pair.gap);
            let seconds =
                pair.second.split_whitespace().filter_map(|second| Some((window.find(second)?, second.len())));
            let Some((offset, length)) = seconds.min_by_key(|(at, length)| (*at, std::cmp::Reverse(*length))) else {
                continue;
            };
            let range = at..after_first + offset + length;
            if gap_fits(&window[..offset], pair.gap) && words_stand_for_themselves(text, pair, &range, first) {
                let verb_at = if pair.verb_first { at } else { after_first + offset };
                hits.push(Hit { rule: pair.rule, range, verb_at, about_debt: pair.about_debt });
            }
        }
    }
    hits
}

/// What follows the first word, to the end of the clause and no further than the gap and the longest word reach.
fn window(text: &str, from: usize, gap: Gap) -> &str {
    const LONGEST_WORD: usize = 6;
    let rest = &text[from..];
    let clause = &rest[..rest.find(CLAUSE_ENDS).unwrap_or(rest.len())];
    let reach = LONGEST_WORD
        + match gap {
            Gap::Any(characters) => characters,
            Gap::Whose => 10,
        };
    clause.char_indices().nth(reach).map_or(clause, |(end, _)| &clause[..end])
}

fn gap_fits(between: &str, gap: Gap) -> bool {
    match gap {
        Gap::Any(characters) => between.chars().count() <= characters,
        Gap::Whose => between.chars().all(|c| WHOSE.contains(c)),
    }
}

/// False where a word is only part of another one: 暂停电话, 停车, 判断水质, 建设单位, 天气.
fn words_stand_for_themselves(text: &str, pair: &Pair, range: &Range<usize>, first: &str) -> bool {
    let (before, after) = (&text[..range.start], &text[range.end..]);
    let after_first = &text[range.start + first.len()..];
    match pair.rule {
        WordingRule::UtilityCutOff if pair.verb_first => {
            const PARTS: [&str; 4] = ["判", "诊", "有", "相"];
            let run = after.trim_start_matches(['水', '电', '气', '暖', '热', '网']);
            !PARTS.iter().any(|part| before.ends_with(part)) && !after_first.starts_with('于') && !is_other_word(run)
        }
        WordingRule::UtilityCutOff => {
            let prefix = before.chars().next_back();
            let appliance =
                first == "电" && before.ends_with('家') && !before.ends_with("你家") && !before.ends_with("您家");
            !is_other_word(after_first)
                && !appliance
                && !prefix.is_some_and(|c| "天空客生脾运充发闪邮雨污积薪漏渗排防停断".contains(c))
        }
        WordingRule::AccessRestriction => !(range_ends_with_card(text, range) && is_payment_card(text, range)),
        WordingRule::ThirdParty => {
            const OUR_SIDE: [&str; 7] = ["方式", "人", "电话", "我们", "物业", "客服", "管家"];
            const OTHER_UNITS: [&str; 16] = [
                "建设", "开发", "施工", "责任", "相关", "管理", "服务", "收款", "开户", "委托", "供电", "维保", "使用",
                "本", "我", "有关",
            ];
            let noun_starts = text[range.clone()].rfind("单位").map(|at| &text[..range.start + at]);
            let other_unit = noun_starts.is_some_and(|head| OTHER_UNITS.iter().any(|unit| head.ends_with(unit)));
            let heading = after.starts_with(':') && range.len() <= "通知单位".len();
            !OUR_SIDE.iter().any(|ours| after_first.starts_with(ours)) && !other_unit && !heading
        }
        _other_rules => true,
    }
}

/// A utility's character that goes on into another word: 电话, 电梯, 水费, 热线.
fn is_other_word(rest: &str) -> bool {
    rest.starts_with([
        '费', '话', '梯', '子', '视', '脑', '商', '信', '动', '池', '瓶', '器', '线', '箱', '质', '泵', '压', '厅',
        '点', '友', '站', '上', '情',
    ])
}

fn range_ends_with_card(text: &str, range: &Range<usize>) -> bool {
    text[range.clone()].contains('卡')
}

/// 银行卡, 刷卡 and the like are no keys.
fn is_payment_card(text: &str, range: &Range<usize>) -> bool {
    ["银行卡", "信用卡", "储值卡", "刷卡", "水卡", "电卡"].iter().any(|card| text[range.clone()].contains(card))
}

fn is_threat(reading: &Reading<'_>, hit: &Hit) -> bool {
    let (sentence_before, sentence_after) = reading.around(&hit.range, &SENTENCE_ENDS);
    let words = &reading.text[hit.range.clone()];
    let sentence_has = |cues: &str| {
        cues.split_whitespace()
            .any(|cue| sentence_before.contains(cue) || words.contains(cue) || sentence_after.contains(cue))
    };
    let about_debt = sentence_has(FEE_CUES);
    let addressed = sentence_has("您 你");
    let (clause_before, clause_after) = reading.around(&hit.range, &CLAUSE_ENDS);
    let before_verb = format!("{clause_before}{}", &reading.text[hit.range.start..hit.verb_at]);
    if (hit.about_debt && !about_debt && !addressed) || is_ruled_out(&before_verb) || is_condemned(clause_after) {
        return false;
    }
    match hit.rule {
        WordingRule::UtilityCutOff | WordingRule::AccessRestriction | WordingRule::FalseConsequence => {
            let happens = ["如遇", "遇到", "遇", "由于", "因", "突发", "发生", "若因"];
            let elsewhere = sentence_has(OTHER_REASONS) || clause_after.starts_with("期间");
            !(happens.iter().any(|cue| clause_before.ends_with(cue)) || elsewhere && !about_debt)
        }
        WordingRule::CreditThreat => {
            let part_of_a_word = words == "征信" && clause_before.ends_with(['特', '象', '体']);
            let court = words == "失信" && sentence_has("法院 判决 裁定");
            !part_of_a_word && !court
        }
        WordingRule::ThirdParty => !is_asked_of_the_owner(clause_before),
        WordingRule::CriminalThreat | WordingRule::Harassment => {
            !sentence_has("谨防 防范 诈骗 警惕 防盗") && !is_asked_of_the_owner(clause_before)
        }
        WordingRule::SelfHelp => !sentence_has("法院 判决 裁定 司法"),
        _other_rules => true,
    }
}

/// 请您通知家人: the owner is asked to do it.
fn is_asked_of_the_owner(clause_before: &str) -> bool {
    let near: Vec<char> = clause_before.chars().rev().take(5).collect();
    near.contains(&'请') || ["委托", "建议", "转告"].iter().any(|word| clause_before.ends_with(word))
}

/// True when the means is named to rule it out: a negation stands before the verb, with nothing of weight between.
fn is_ruled_out(before_verb: &str) -> bool {
    const NEGATIONS: [&str; 27] = [
        "不会",
        "不得",
        "不能",
        "不可",
        "不应",
        "不许",
        "不准",
        "绝不",
        "决不",
        "从不",
        "永不",
        "并不",
        "严禁",
        "禁止",
        "杜绝",
        "无权",
        "不采取",
        "不采用",
        "不以",
        "不通过",
        "反对",
        "没有",
        "从未",
        "不曾",
        "并非",
        "不是",
        "勿",
    ];
    const BARE: [&str; 9] =
        ["不", "不影响", "不影响您的", "不影响您", "不影响个人", "不纳入", "不上报", "不涉及", "不因"];
    const DOUBLE: [&str; 5] = ["不得不", "不能不", "不会不", "不可不", "无不"];
    let denied_by_bare_no =
        BARE.iter().any(|no| before_verb.ends_with(no)) && !DOUBLE.iter().any(|double| before_verb.ends_with(double));
    let denied_by_negation = NEGATIONS.iter().any(|negation| {
        before_verb.match_indices(negation).any(|(at, _)| is_light(&before_verb[at + negation.len()..]))
    });
    denied_by_bare_no || denied_by_negation
}

/// True for words that carry a negation on to the verb: 不会[以任何方式对您]停水, 不会[因欠费而]停水.
fn is_light(between: &str) -> bool {
    const LIGHT: [&str; 70] = [
        "采取", "采用", "通过", "使用", "利用", "实施", "进行", "任何", "随意", "擅自", "单方", "非法", "因此", "因为",
        "因", "为此", "而", "对", "您", "你", "业主", "住户", "用户", "家", "以", "用", "凭", "借", "将", "被", "给",
        "的", "等", "和", "或者", "或", "及", "与", "停止", "供应", "供", "中断", "物业", "公司", "我们", "我司",
        "任意", "方式", "手段", "措施", "再", "去", "拿", "把", "欠费", "催缴", "催收", "催交", "影响", "限制", "切断",
        "联系", "通知", "公布", "公开", "停", "断", "水", "电", "人",
    ];
    const NOUNS: [&str; 22] = [
        "燃气", "热", "暖", "气", "门禁", "电梯", "卡", "车辆", "通行", "出入", "进出", "单位", "家属", "亲友", "领导",
        "朋友", "姓名", "房号", "信息", "个人", "工作", "向",
    ];
    if between.starts_with('因') && between.chars().count() <= 14 && between.ends_with(['就', '而']) {
        return true;
    }
    let mut rest = between.trim_start_matches(':');
    while !rest.is_empty() {
        let Some(word) = LIGHT.iter().chain(&NOUNS).find(|word| rest.starts_with(**word)) else { return false };
        rest = &rest[word.len()..];
    }
    true
}

/// True when what follows condemns it: 停水停电是法律禁止的.
fn is_condemned(clause_after: &str) -> bool {
    const CONDEMNED: [&str; 19] = [
        "不受影响",
        "违法",
        "不合法",
        "不允许",
        "不被允许",
        "被禁止",
        "明令禁止",
        "法律禁止",
        "所禁止",
        "禁止的",
        "不可取",
        "谣言",
        "不实",
        "不会发生",
        "不会采取",
        "不得采",
        "不得使用",
        "无关",
        "无权",
    ];
    CONDEMNED.iter().any(|word| clause_after.contains(word))
}

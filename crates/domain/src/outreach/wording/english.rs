//! Unlawful means in English text.

use super::{Finding, WordingRule, reading::Reading};

/// A verb and an object within one sentence, in either order; an empty verb list makes the object a phrase of its own.
struct EnglishRule {
    rule: WordingRule,
    verbs: &'static [&'static str],
    objects: &'static [&'static str],
}

const RULES: &[EnglishRule] = &[
    EnglishRule {
        rule: WordingRule::UtilityCutOff,
        verbs: &[
            "cut",
            "disconnect",
            "shut off",
            "shut your",
            "turn your",
            "shutting off",
            "turn off",
            "turned off",
            "switch off",
            "stop",
            "suspend",
            "terminat",
            "discontinu",
            "restrict",
        ],
        objects: &["water", "electricity", "power", "gas", "heating"],
    },
    EnglishRule {
        rule: WordingRule::AccessRestriction,
        verbs: &["block", "disabl", "deactivat", "revok", "cancel", "suspend", "restrict", "lock", "deny", "denied"],
        objects: &["access", "elevator", "lift card", "gate", "key card", "entry", "vehicle", "your car"],
    },
    EnglishRule {
        rule: WordingRule::CreditThreat,
        verbs: &[],
        objects: &[
            "credit record",
            "credit score",
            "credit rating",
            "credit report",
            "credit history",
            "credit bureau",
            "blacklist",
        ],
    },
    EnglishRule {
        rule: WordingRule::ThirdParty,
        verbs: &["contact", "inform", "notify", "tell", "call your", "visit"],
        objects: &[
            "employer",
            "workplace",
            "your boss",
            "your family",
            "relatives",
            "your parents",
            "spouse",
            "colleagues",
            "neighbour",
            "neighbor",
        ],
    },
    EnglishRule { rule: WordingRule::PublicShaming, verbs: &[], objects: &["name and shame"] },
    EnglishRule {
        rule: WordingRule::PublicShaming,
        verbs: &["publish", "post", "disclos", "announc", "display"],
        objects: &["your name", "names of", "your room", "your debt", "your unit"],
    },
    EnglishRule {
        rule: WordingRule::CriminalThreat,
        verbs: &[],
        objects: &[
            "jail",
            "prison",
            "arrest",
            "detention",
            "detained",
            "criminal charge",
            "call the police",
            "report you to the police",
        ],
    },
];

/// The threats of a text.
pub(super) fn find_threats(text: &str) -> Vec<Finding> {
    let reading = Reading::plain(text);
    let lower = reading.text.to_ascii_lowercase();
    let mut findings = Vec::new();
    let mut start = 0;
    for sentence in lower.split_inclusive(['.', '!', '?', '\n', '。', ';', '；']) {
        for rule in RULES {
            if let Some(range) = find_in(sentence, rule) {
                findings.push(Finding { rule: rule.rule, text: reading.quote(start + range.start..start + range.end) });
            }
        }
        start += sentence.len();
    }
    findings
}

fn find_in(sentence: &str, rule: &EnglishRule) -> Option<std::ops::Range<usize>> {
    if has_other_reason(sentence) {
        return None;
    }
    let objects = rule.objects.iter().flat_map(|object| words_at(sentence, object));
    if rule.verbs.is_empty() {
        return objects.into_iter().find(|object| !is_denied(&sentence[..object.start]));
    }
    let verbs: Vec<_> = rule.verbs.iter().flat_map(|verb| words_at(sentence, verb)).collect();
    objects
        .flat_map(|object| verbs.iter().map(move |verb| (verb.clone(), object.clone())))
        .filter(|(verb, object)| verb.start.abs_diff(object.start) <= 48 && !is_denied(&sentence[..verb.start]))
        .map(|(verb, object)| verb.start.min(object.start)..verb.end.max(object.end))
        .next()
}

/// Where a word begins in the sentence; its end may go on (`disconnect`ed).
fn words_at(sentence: &str, word: &str) -> Vec<std::ops::Range<usize>> {
    let starts_a_word = |at: &usize| !sentence[..*at].ends_with(|c: char| c.is_ascii_alphanumeric());
    sentence.match_indices(word).map(|(at, _)| at).filter(starts_a_word).map(|at| at..at + word.len()).collect()
}

fn has_other_reason(sentence: &str) -> bool {
    let works = ["maintenance", "repair", "planned", "outage", "inspection", "upgrade"];
    let debt = ["pay", "fee", "overdue", "arrears", "owe", "unpaid", "debt"];
    works.iter().any(|word| sentence.contains(word)) && !debt.iter().any(|word| sentence.contains(word))
}

/// True when the last words before the verb deny it: `will never`, `must not`, `it is illegal to`.
fn is_denied(before: &str) -> bool {
    const LIGHT: [&str; 13] =
        ["be", "ever", "to", "have", "been", "from", "threaten", "and", "or", "your", "the", "any", "affect"];
    const DENIALS: [&str; 11] =
        ["not", "never", "cannot", "no", "illegal", "unlawful", "prohibited", "forbidden", "nor", "neither", "without"];
    let words = before.split(|c: char| !c.is_ascii_alphabetic() && c != '\'').filter(|word| !word.is_empty());
    let heavy = words.rev().find(|word| !LIGHT.contains(word));
    heavy.is_some_and(|word| DENIALS.contains(&word) || word.ends_with("n't"))
}

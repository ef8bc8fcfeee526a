//! The rules of the place (当地规定, A5): what holds everywhere, and what a region adds, each with its source and the edition read.
//!
//! `data/region_rules.csv`, one rule a line; regulations change often, so the edition is shown with every rule and a lawyer is asked
//! where a later one may say otherwise.

use std::sync::OnceLock;

use serde::Serialize;

use crate::Text;

const RULES: &str = include_str!("../../data/region_rules.csv");
/// The region whose rules hold everywhere.
const EVERYWHERE: &str = "全国";

/// A rule of a place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RegionRule {
    /// Where it holds.
    pub region: String,
    /// What it is about.
    pub topic: String,
    /// What it says.
    pub rule: Text,
    /// Law and article.
    pub source: String,
    /// In force since that day, or the edition that was read.
    pub edition: String,
}

fn all() -> &'static [RegionRule] {
    static ALL: OnceLock<Vec<RegionRule>> = OnceLock::new();
    ALL.get_or_init(|| RULES.lines().skip(1).map(read).collect())
}

fn read(line: &str) -> RegionRule {
    let mut cells = line.split('|').map(ToOwned::to_owned);
    let mut cell = || cells.next().expect("six cells, which a test counts");
    let (region, topic) = (cell(), cell());
    let rule = Text { zh: cell(), en: cell() };
    RegionRule { region, topic, rule, source: cell(), edition: cell() }
}

/// Whether a community of that region is in the place: `浙江省杭州市` is in 杭州.
fn is_in(region: &str, place: &str) -> bool {
    place != EVERYWHERE && !region.is_empty() && region.contains(place)
}

/// Whether there are rules of that region beyond those that hold everywhere.
#[must_use]
pub fn is_known(region: &str) -> bool {
    all().iter().any(|rule| is_in(region, &rule.region))
}

/// The rules that hold in a region: those of everywhere, then its own.
#[must_use]
pub fn list_rules(region: &str) -> Vec<&'static RegionRule> {
    all().iter().filter(|rule| rule.region == EVERYWHERE || is_in(region, &rule.region)).collect()
}

/// The regions there are rules of.
#[must_use]
pub fn list_regions() -> Vec<&'static str> {
    let mut regions: Vec<&str> =
        all().iter().map(|rule| rule.region.as_str()).filter(|one| *one != EVERYWHERE).collect();
    regions.dedup();
    regions
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_has_its_six_cells_and_a_source() {
        for line in RULES.lines() {
            assert_eq!(line.split('|').count(), 6, "{line}");
        }
        assert!(all().iter().all(|rule| !rule.source.is_empty() && !rule.edition.is_empty()));
    }

    #[test]
    fn a_region_adds_its_own_rules_to_those_that_hold_everywhere() {
        assert!(is_known("浙江省杭州市") && !is_known("national") && !is_known("") && !is_known("全国"));
        let (everywhere, here) = (list_rules("national"), list_rules("杭州"));
        assert_eq!(here.len(), everywhere.len() + 2);
        assert!(here.iter().any(|rule| rule.source == "杭州市物业管理条例 55"));
        assert!(list_regions().contains(&"北京") && !list_regions().contains(&EVERYWHERE));
    }
}

//! The colour of a unit on the block plan (楼盘图): one status each, the one that asks for the most care first.

use crate::Fen;
use crate::words::words;

words!(
    /// How a unit stands.
    UnitStatus {
        /// Contact rests: a hold with its reason.
        Hold = "hold", "暂缓", "on hold";
        /// Pays off by an agreed plan.
        Plan = "plan", "分期", "by plan";
        /// Part of what is due was paid.
        Part = "part", "部分", "part paid";
        /// Owes what is due.
        Owing = "owing", "欠费", "owing";
        /// Nobody lives there, and nothing that is due is open.
        Vacant = "vacant", "空房", "vacant";
        /// Nothing that is due is open.
        Paid = "paid", "已交", "paid";
    }
);

/// What the status follows from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// What the open charges that are due came to.
    pub charged: Fen,
    /// What of it is open.
    pub open: Fen,
    /// Whether contact with the payer rests.
    pub on_hold: bool,
    /// Whether the payer pays by plan.
    pub by_plan: bool,
    /// Whether nobody lives there.
    pub is_vacant: bool,
}

impl Standing {
    /// The status. Holds and plans count for who owes; without debt they colour nothing.
    #[must_use]
    pub fn status(self) -> UnitStatus {
        match (self.open.is_positive(), self.is_vacant) {
            (true, _) if self.on_hold => UnitStatus::Hold,
            (true, _) if self.by_plan => UnitStatus::Plan,
            (true, _) if self.open < self.charged => UnitStatus::Part,
            (true, _) => UnitStatus::Owing,
            (false, true) => UnitStatus::Vacant,
            (false, false) => UnitStatus::Paid,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_status_that_asks_for_most_care_comes_first() {
        let owing =
            Standing { charged: Fen::new(200), open: Fen::new(200), on_hold: false, by_plan: false, is_vacant: true };
        assert_eq!(owing.status(), UnitStatus::Owing, "an empty home that owes is shown as owing");
        assert_eq!(Standing { open: Fen::new(1), ..owing }.status(), UnitStatus::Part);
        assert_eq!(Standing { by_plan: true, ..owing }.status(), UnitStatus::Plan);
        assert_eq!(Standing { on_hold: true, by_plan: true, ..owing }.status(), UnitStatus::Hold);
        let settled = Standing { charged: Fen::ZERO, open: Fen::ZERO, on_hold: true, ..owing };
        assert_eq!(settled.status(), UnitStatus::Vacant);
        assert_eq!(Standing { is_vacant: false, ..settled }.status(), UnitStatus::Paid);
    }
}

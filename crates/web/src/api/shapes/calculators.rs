//! The shapes of the calculators: what each takes, and what it answers. Decimals are text; a number is taken too.

use utoipa::ToSchema;

use super::{Day, Month, Number, Yuan, shapes};

shapes! {
    /// `late-fee`: by the contract's `daily_rate`, or by the one-year LPR times `lpr_multiple`.
    LateFeeRequest {
        principal: Yuan, due: Day, as_of: Day, daily_rate: Option<Number>, cap_ratio: Option<String>,
        grace_days: Option<i64>, lpr_multiple: Option<Number>, basis: Option<i64>, payment: Option<Vec<String>>,
    }
    /// Days with one rate and one base.
    LprSegment {
        from: Day, to: Day, days: i64, lpr_percent: Number, rate: Number, base: Yuan, amount: Yuan,
        amount_exact: Number,
    }
    /// A late fee; the last three stand there where it was computed by LPR.
    LateFeeAnswer {
        days: i64, late_fee: Yuan, annual_rate: Option<Number>, flags: Vec<String>, notes: Vec<String>,
        tentative: Option<bool>, lpr_known_until: Option<Day>, segments: Option<Vec<LprSegment>>,
    }

    /// A debt a payment may go to.
    DebtInput { id: String, principal: Yuan, late_fee: Option<Yuan>, due: Day, daily_rate: Option<Number> }
    /// `allocate`: `policy` is `statutory_as_interest` or `principal_first`.
    AllocateRequest { policy: String, amount: Yuan, designated: Vec<String>, debts: Vec<DebtInput> }
    /// What a debt got.
    DebtPaid { id: String, late_fee: Yuan, principal: Yuan }
    /// Where a payment goes.
    AllocateAnswer { allocations: Vec<DebtPaid>, unallocated: Yuan }

    /// `limitation`: each event is `KIND:DATE`.
    LimitationRequest { due: Day, event: Option<Vec<String>>, as_of: Option<Day> }
    /// An event and whether it counts.
    LimitationEvent { kind: String, date: Day, counted: bool, why: String, why_en: String }
    /// When a claim lapses.
    LimitationAnswer {
        expires: Option<Day>, tentative: bool, lapsed_on: Option<Day>, events: Vec<LimitationEvent>,
    }

    /// `deadline`: the first day is not counted.
    DeadlineRequest { from: Day, days: i64 }
    /// The last day of a period, rolled to a working day; `nominal` before that.
    DeadlineAnswer { date: Day, tentative: bool, nominal: Option<Day> }

    /// `stage`: the stage by age alone.
    StageRequest { due: Day, as_of: Day }
    /// A stage by age.
    StageAnswer { stage: String, stage_zh: String, days: i64, months: i64, days_beyond_months: i64 }

    /// `court-fee`
    CourtFeeRequest { claim: Yuan }
    /// What a court charges, an estimate.
    CourtFeeAnswer {
        acceptance: Yuan, summary: Yuan, payment_order: Yuan, enforcement: Yuan, preservation: Yuan, notes: Vec<String>,
    }

    /// `prorate`: `rule` is `month-after` or `day-of`.
    ProrateRequest { area: Number, price: Number, handover: Day, rule: String, period: Month }
    /// Who pays a month around handover.
    ProrateAnswer { owner: Yuan, developer: Yuan, month: Yuan }

    /// A unit that shares a cost.
    SharingUnit { id: String, area: Option<Number>, vacant: Option<bool> }
    /// `share`: `method` is `area` or `household`.
    ShareRequest { total: Yuan, method: String, vacant_weight: Option<Number>, units: Vec<SharingUnit> }
    /// A share.
    Share { id: String, amount: Yuan }
    /// A shared cost, split; the shares add up to the total.
    ShareAnswer { shares: Vec<Share> }

    /// `vat`
    VatRequest { gross: Yuan, rate: Number }
    /// Net and tax.
    VatAnswer { net: Yuan, tax: Yuan }

    /// `wording`: `audience` is `public` or `private`.
    WordingRequest { audience: String, text: String }
    /// What was found in a text.
    WordingFinding { rule: String, text: String, why: String, why_en: String, prohibited: bool }
    /// What a text may not say.
    WordingAnswer { allowed: bool, findings: Vec<WordingFinding> }
}

/// What a calculator takes: which of these follows from the address.
#[derive(Debug, ToSchema)]
#[schema(title = "CalculatorRequest")]
#[serde(untagged)]
pub enum CalculatorRequest {
    /// `late-fee`
    LateFee(LateFeeRequest),
    /// `allocate`
    Allocate(AllocateRequest),
    /// `limitation`
    Limitation(LimitationRequest),
    /// `deadline`
    Deadline(DeadlineRequest),
    /// `stage`
    Stage(StageRequest),
    /// `court-fee`
    CourtFee(CourtFeeRequest),
    /// `prorate`
    Prorate(ProrateRequest),
    /// `share`
    Share(ShareRequest),
    /// `vat`
    Vat(VatRequest),
    /// `wording`
    Wording(WordingRequest),
}

/// What a calculator answers: which of these follows from the address.
#[derive(Debug, ToSchema)]
#[schema(title = "CalculatorAnswer")]
#[serde(untagged)]
pub enum CalculatorAnswer {
    /// `late-fee`
    LateFee(LateFeeAnswer),
    /// `allocate`
    Allocate(AllocateAnswer),
    /// `limitation`
    Limitation(LimitationAnswer),
    /// `deadline`
    Deadline(DeadlineAnswer),
    /// `stage`
    Stage(StageAnswer),
    /// `court-fee`
    CourtFee(CourtFeeAnswer),
    /// `prorate`
    Prorate(ProrateAnswer),
    /// `share`
    Share(ShareAnswer),
    /// `vat`
    Vat(VatAnswer),
    /// `wording`
    Wording(WordingAnswer),
}

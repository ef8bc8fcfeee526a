//! `hemu calc late-fee`, `limitation`, `deadline`, `stage`.

use chrono::NaiveDate;
use clap::Args;
use hemu_app::Refusal;
use hemu_domain::{
    DailyRate, Fen,
    arrears::{
        age::{Age, AgeStage},
        late_fee::{LateFeeClause, LateFeeFlag, LateFeeRate, LateFeeStart, guards, late_fee as contract_late_fee},
        late_fee_by_lpr::{DayBasis, LprLateFee, LprSegment, LprTerms, late_fee_by_lpr},
        limitation::{LimitationEvent, LimitationEventKind, WeighedEvent, limitation as limitation_of},
        lpr::LprTable,
    },
    calendar::BusinessCalendar,
};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::input;

/// `hemu calc late-fee`
#[derive(Debug, Args)]
pub struct LateFeeArgs {
    /// Principal in yuan
    #[arg(long, allow_hyphen_values = true)]
    principal: String,
    /// Due date; that day is not counted
    #[arg(long)]
    due: String,
    /// Last day counted
    #[arg(long)]
    as_of: String,
    /// The contract's rate per day, such as 0.0003 for 0.03 %
    #[arg(long, allow_hyphen_values = true)]
    daily_rate: Option<String>,
    /// At most this many times the principal, or `none`
    #[arg(long, default_value = "1.0", allow_hyphen_values = true)]
    cap_ratio: String,
    /// What is paid within so many days after the due date bears no fee
    #[arg(long, default_value = "0", allow_hyphen_values = true)]
    grace_days: String,
    /// Compute by the one-year LPR times this, in segments
    #[arg(long, allow_hyphen_values = true)]
    lpr_multiple: Option<String>,
    /// Days of a year for LPR: 365 or 360
    #[arg(long, default_value = "365")]
    basis: String,
    /// A payment on the principal, DATE:AMOUNT; may be given several times
    #[arg(long = "payment", value_name = "DATE:AMOUNT")]
    payments: Vec<String>,
}

/// The debt a late fee is asked for.
struct Overdue {
    principal: Fen,
    due_on: NaiveDate,
    as_of: NaiveDate,
    payments: Vec<(NaiveDate, Fen)>,
    grace_days: u32,
    cap_ratio: Option<Decimal>,
}

/// Late fee by the contract, or by LPR where a multiple is given.
pub fn late_fee(args: &LateFeeArgs) -> Result<Value, Refusal> {
    let overdue = Overdue::read(args)?;
    let daily_rate = args.daily_rate.as_deref().map(read_daily_rate).transpose()?;
    match (&args.lpr_multiple, daily_rate) {
        (Some(multiple), _) => by_lpr(args, multiple, &overdue),
        (None, Some(daily_rate)) => Ok(by_contract(daily_rate, &overdue)),
        (None, None) => Err(Refusal::invalid(
            "--daily-rate",
            "请给出合同约定的日利率 --daily-rate（如 0.0003），或用 --lpr-multiple 按 LPR 计算",
            "give the contract's rate with --daily-rate (such as 0.0003), or --lpr-multiple to compute by LPR",
        )),
    }
}

impl Overdue {
    fn read(args: &LateFeeArgs) -> Result<Self, Refusal> {
        let principal = input::amount("--principal", &args.principal)?;
        let payments: Vec<_> = args.payments.iter().map(|payment| read_payment(payment)).collect::<Result<_, _>>()?;
        let paid: Fen = payments.iter().map(|(_, amount)| amount).sum();
        if paid > principal {
            return Err(Refusal::invalid(
                "--payment",
                format!("--payment：付款合计{paid}元，超过本金{principal}元，请只填冲抵本金的部分"),
                format!("--payment: {paid} is more than the principal {principal}; give only what was applied to it"),
            ));
        }
        let no_cap = args.cap_ratio.trim() == "none";
        let at_most = ("0到100之间的倍数或 none", "a multiple from 0 to 100, or none");
        let ratio = |text| input::decimal("--cap-ratio", text, |ratio| in_range(ratio, 0, 100), at_most);
        Ok(Self {
            principal,
            due_on: input::date("--due", &args.due)?,
            as_of: input::date("--as-of", &args.as_of)?,
            payments,
            grace_days: read_days("--grace-days", &args.grace_days, 0)?,
            cap_ratio: if no_cap { None } else { Some(ratio(&args.cap_ratio)?) },
        })
    }
}

fn by_contract(daily_rate: DailyRate, overdue: &Overdue) -> Value {
    let clause = LateFeeClause {
        rate: LateFeeRate::Daily(daily_rate),
        grace_days: overdue.grace_days,
        starts: LateFeeStart::AfterDue,
        cap_ratio: overdue.cap_ratio,
    };
    let fee = contract_late_fee(&clause, overdue.principal, overdue.due_on, &overdue.payments, &[], overdue.as_of);
    json!({
        "days": fee.days,
        "late_fee": fee.amount,
        "annual_rate": fee.annual_rate.to_string(),
        "flags": fee.flags,
        "notes": notes(&fee.flags),
    })
}

fn by_lpr(args: &LateFeeArgs, multiple: &str, overdue: &Overdue) -> Result<Value, Refusal> {
    let up_to_100 = ("大于0、不超过100的倍数", "a multiple above 0, at most 100, with at most six decimals");
    let fits = |value: Decimal| value > Decimal::ZERO && in_range(value, 0, 100) && value.normalize().scale() <= 6;
    let multiple = input::decimal("--lpr-multiple", multiple, fits, up_to_100)?;
    let terms = LprTerms {
        multiple,
        basis: read_basis(&args.basis)?,
        grace_days: overdue.grace_days,
        cap_ratio: overdue.cap_ratio,
    };
    let table = LprTable::published();
    let fee = late_fee_by_lpr(table, &terms, overdue.principal, overdue.due_on, &overdue.payments, overdue.as_of)
        .map_err(|error| Refusal::invalid("--due", format!("无法按LPR计算：{error}"), error.to_string()))?;
    let lpr = table.find_percent(overdue.as_of);
    let annual_rate = lpr.map(|percent| (percent * multiple / Decimal::ONE_HUNDRED).normalize());
    let mut flags: Vec<LateFeeFlag> = fee.capped.then_some(LateFeeFlag::Capped).into_iter().collect();
    flags.extend(annual_rate.into_iter().flat_map(|rate| guards(rate, lpr)));
    Ok(lpr_answer(overdue, &fee, annual_rate, &flags, table.last_day()))
}

fn lpr_answer(
    overdue: &Overdue,
    fee: &LprLateFee,
    annual_rate: Option<Decimal>,
    flags: &[LateFeeFlag],
    known_until: NaiveDate,
) -> Value {
    json!({
        "days": Age::of(overdue.due_on, overdue.as_of).days,
        "late_fee": fee.amount,
        "annual_rate": annual_rate.map(|rate| rate.to_string()),
        "flags": flags,
        "notes": notes(flags),
        "tentative": fee.tentative,
        "lpr_known_until": known_until,
        "segments": fee.segments.iter().map(segment).collect::<Vec<_>>(),
    })
}

fn segment(segment: &LprSegment) -> Value {
    json!({
        "from": segment.from,
        "to": segment.to,
        "days": segment.days,
        "lpr_percent": segment.lpr_percent.to_string(),
        "rate": segment.rate.to_string(),
        "base": segment.base,
        "amount": Fen::round_half_up(segment.amount),
        "amount_exact": segment.amount.round_dp(8).normalize().to_string(),
    })
}

fn notes(flags: &[LateFeeFlag]) -> Vec<&'static str> {
    let note = |flag: &LateFeeFlag| match flag {
        LateFeeFlag::WithinGrace => "宽限期内不计违约金 / within grace, no fee",
        LateFeeFlag::Capped => "已达上限 / the cap is reached",
        LateFeeFlag::LikelyReduced => {
            "超过1.3倍LPR，法院可能应请求调低 / above 1.3 LPR, a court is likely to reduce it if asked"
        }
        LateFeeFlag::AboveFourLpr => "超过4倍LPR / above 4 LPR",
        LateFeeFlag::Above24Percent => {
            "年利率超过24%，主张前须经法务同意 / above 24 % a year, not claimed without counsel"
        }
    };
    flags.iter().map(note).collect()
}

fn in_range(value: Decimal, least: i64, most: i64) -> bool {
    (Decimal::from(least)..=Decimal::from(most)).contains(&value)
}

fn read_daily_rate(text: &str) -> Result<DailyRate, Refusal> {
    let what =
        ("0到0.1之间、最多八位小数的日利率，0.03%写成 0.0003", "a daily rate from 0 to 0.1; write 0.03 % as 0.0003");
    let rate = DailyRate::parse(text).ok().filter(|rate| rate.to_decimal() <= Decimal::new(1, 1));
    rate.ok_or_else(|| input::wrong("--daily-rate", text, what))
}

fn read_basis(text: &str) -> Result<DayBasis, Refusal> {
    match text.trim() {
        "365" => Ok(DayBasis::Days365),
        "360" => Ok(DayBasis::Days360),
        other => Err(input::wrong("--basis", other, ("365或360", "365 or 360"))),
    }
}

fn read_payment(text: &str) -> Result<(NaiveDate, Fen), Refusal> {
    let what = ("日期:金额，请写成 2025-04-10:300.00", "DATE:AMOUNT; write it as 2025-04-10:300.00");
    let (day, amount) = text.split_once(':').ok_or_else(|| input::wrong("--payment", text, what))?;
    Ok((input::date("--payment", day)?, input::amount("--payment", amount)?))
}

fn read_days(field: &'static str, text: &str, least: u32) -> Result<u32, Refusal> {
    let days = text.trim().parse::<u32>().ok().filter(|days| (least..=36_500).contains(days));
    days.ok_or_else(|| {
        let (zh, en) = (format!("{least}到36500之间的整天数"), format!("a whole number of days from {least} to 36500"));
        input::wrong(field, text, (&zh, &en))
    })
}

/// `hemu calc limitation`
#[derive(Debug, Args)]
pub struct LimitationArgs {
    /// Due date of the charge
    #[arg(long)]
    due: String,
    /// What happened, KIND:DATE; may be given several times, in any order
    #[arg(long = "event", value_name = "KIND:DATE")]
    events: Vec<String>,
    /// Tell whether it has lapsed by this day
    #[arg(long)]
    as_of: Option<String>,
}

/// The limitation of a charge.
pub fn limitation(args: &LimitationArgs) -> Result<Value, Refusal> {
    let due_on = input::date("--due", &args.due)?;
    let events: Vec<_> = args.events.iter().map(|event| read_event(event)).collect::<Result<_, _>>()?;
    let as_of = args.as_of.as_deref().map(|day| input::date("--as-of", day)).transpose()?;
    let limitation = limitation_of(BusinessCalendar::published(), due_on, &events, as_of);
    Ok(json!({
        "expires": limitation.expires,
        "tentative": limitation.tentative,
        "lapsed_on": limitation.lapsed_on,
        "events": limitation.events.iter().map(weighed).collect::<Vec<_>>(),
    }))
}

fn weighed(weighed: &WeighedEvent) -> Value {
    json!({
        "kind": weighed.event.kind,
        "date": weighed.event.on,
        "counted": weighed.why.counted(),
        "why": weighed.why.zh(),
        "why_en": weighed.why.en(),
    })
}

fn read_event(text: &str) -> Result<LimitationEvent, Refusal> {
    let what = ("种类:日期，请写成 letter-served:2025-04-10", "KIND:DATE; write it as letter-served:2025-04-10");
    let (kind, day) = text.split_once(':').ok_or_else(|| input::wrong("--event", text, what))?;
    let kinds = LimitationEventKind::ALL.map(LimitationEventKind::as_str).join(", ");
    let (zh, en) = (format!("已知的种类，可用：{kinds}"), format!("a known kind; there are {kinds}"));
    let kind = LimitationEventKind::find(kind.trim()).ok_or_else(|| input::wrong("--event", kind, (&zh, &en)))?;
    Ok(LimitationEvent { kind, on: input::date("--event", day)? })
}

/// `hemu calc deadline`
#[derive(Debug, Args)]
pub struct DeadlineArgs {
    /// The day the period starts on; it is not counted
    #[arg(long)]
    from: String,
    /// Length in days
    #[arg(long, allow_hyphen_values = true)]
    days: String,
}

/// The last day of a period.
pub fn deadline(args: &DeadlineArgs) -> Result<Value, Refusal> {
    let from = input::date("--from", &args.from)?;
    let days = read_days("--days", &args.days, 1)?;
    let deadline = BusinessCalendar::published().deadline(from, days);
    let nominal = from.checked_add_days(chrono::Days::new(days.into()));
    Ok(json!({ "date": deadline.date, "tentative": deadline.tentative, "nominal": nominal }))
}

/// `hemu calc stage`
#[derive(Debug, Args)]
pub struct StageArgs {
    /// Due date of the charge
    #[arg(long)]
    due: String,
    /// The day to look from
    #[arg(long)]
    as_of: String,
}

/// The stage by age alone.
pub fn stage(args: &StageArgs) -> Result<Value, Refusal> {
    let (due_on, as_of) = (input::date("--due", &args.due)?, input::date("--as-of", &args.as_of)?);
    let (stage, age) = (AgeStage::of(due_on, as_of), Age::of(due_on, as_of));
    Ok(json!({
        "stage": stage,
        "stage_zh": stage.zh(),
        "days": age.days,
        "months": age.months,
        "days_beyond_months": age.days_beyond_months,
    }))
}

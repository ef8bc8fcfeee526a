//! `hemu calc allocate`, `court-fee`.

use std::path::PathBuf;

use clap::Args;
use hemu_app::Refusal;
use hemu_domain::{
    DailyRate,
    ledger::allocation::{AllocationLine, AllocationPolicy, Debt, allocate as allocate_payment},
    legal::court_fee::court_fees,
};
use serde_json::{Value, json};

use super::input;

/// `hemu calc allocate FILE`
#[derive(Debug, Args)]
pub struct AllocateArgs {
    /// JSON with policy, amount, designated and debts
    file: PathBuf,
}

/// How a payment is applied.
pub fn allocate(args: &AllocateArgs) -> Result<Value, Refusal> {
    let file = input::json_file(&args.file)?;
    let policy = input::get_text(&file, "policy")?;
    let known = ("statutory_as_interest 或 principal_first", "statutory_as_interest or principal_first");
    let policy = AllocationPolicy::find(&policy).ok_or_else(|| input::wrong("policy", &policy, known))?;
    let amount = input::amount("amount", &input::get_text(&file, "amount")?)?;
    let debts: Vec<_> = input::list(&file, "debts")?.iter().map(read_debt).collect::<Result<_, _>>()?;
    input::unique("debts", debts.iter().map(|debt| &debt.id))?;
    let designated = read_designated(&file, &debts)?;
    let allocation = allocate_payment(policy, amount, &designated, &debts);
    Ok(json!({
        "allocations": allocation.lines.iter().map(line).collect::<Vec<_>>(),
        "unallocated": allocation.unallocated,
    }))
}

fn line(line: &AllocationLine<String>) -> Value {
    json!({ "id": line.id, "late_fee": line.late_fee, "principal": line.principal })
}

fn read_debt(debt: &Value) -> Result<Debt<String>, Refusal> {
    let or_zero = |field| input::find_text(debt, field).map(|text| text.unwrap_or_else(|| "0".to_owned()));
    let rate = or_zero("daily_rate")?;
    let what =
        ("零或更大、最多八位小数的日利率，0.03%写成 0.0003", "a daily rate of zero or more; write 0.03 % as 0.0003");
    Ok(Debt {
        id: input::get_text(debt, "id")?,
        principal: input::amount_or_zero("principal", &input::get_text(debt, "principal")?)?,
        late_fee: input::amount_or_zero("late_fee", &or_zero("late_fee")?)?,
        due_on: input::date("due", &input::get_text(debt, "due")?)?,
        daily_rate: DailyRate::parse(&rate).map_err(|_| input::wrong("daily_rate", &rate, what))?,
    })
}

fn read_designated(file: &Value, debts: &[Debt<String>]) -> Result<Vec<String>, Refusal> {
    let known = ("debts 里的 id", "the id of one of the debts");
    let mut designated = Vec::new();
    for id in input::list(file, "designated")? {
        let id = match id {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        if !debts.iter().any(|debt| debt.id == id) {
            return Err(input::wrong("designated", &id, known));
        }
        designated.push(id);
    }
    Ok(designated)
}

/// `hemu calc court-fee`
#[derive(Debug, Args)]
pub struct CourtFeeArgs {
    /// The claim in yuan
    #[arg(long, allow_hyphen_values = true)]
    claim: String,
}

/// What a court charges.
pub fn court_fee(args: &CourtFeeArgs) -> Result<Value, Refusal> {
    let claim = input::amount("--claim", &args.claim)?;
    let fees = court_fees(claim).ok_or_else(|| input::wrong("--claim", &args.claim, ("可计算的金额", "an amount")))?;
    Ok(json!({
        "acceptance": fees.acceptance,
        "summary": fees.summary,
        "payment_order": fees.payment_order,
        "enforcement": fees.enforcement,
        "preservation": fees.preservation,
        "notes": ["估算，以法院缴费通知为准 / an estimate, the court's notice decides"],
    }))
}

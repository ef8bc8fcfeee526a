//! 200 demand letters of one page, beside typst alone on the same templates and data.

use hemu_app::Refusal;
use hemu_documents::bench::{ReadyLetter, ready};
use hemu_documents::pdf::{DemandLine, DemandNotice, DocumentError, LateFeeTerms};
use hemu_domain::Period;

use super::Bench;
use super::estate::{self, TODAY};
use super::measure::{Row, TIMES, Times, forget_peak_memory, timed};

const LETTERS: u32 = 200;
/// At most 1.3 times as long.
const LEAST_RATIO: f64 = 0.769;

/// Measures.
///
/// # Errors
/// When a letter cannot be made.
pub fn measure(bench: &Bench) -> Result<Row, Refusal> {
    let broken = |error: DocumentError| Refusal::Internal(error.to_string());
    let notices: Vec<DemandNotice> = (0..LETTERS).map(notice).collect();
    let letters: Vec<ReadyLetter> = notices.iter().map(ready).collect::<Result<_, _>>().map_err(broken)?;
    // The fonts are read once per process; neither side pays for that.
    notices[0].render().map_err(broken)?;
    forget_peak_memory();
    let mut times = Times::default();
    for round in 1..=TIMES {
        bench.say(format!("letters {round}/{TIMES}"));
        let alone = || letters.iter().try_for_each(|letter| letter.compile().map(|_| ())).map_err(broken);
        times.reference.push(timed(alone)?.1);
        let real = || notices.iter().try_for_each(|notice| notice.render().map(|_| ())).map_err(broken);
        times.work.push(timed(real)?.1);
    }
    Ok(Row::new("letters", (LETTERS.into(), "letters"), &times, LEAST_RATIO))
}

fn notice(home: u32) -> DemandNotice {
    let line = |month: u32| {
        let period = Period::try_new(2026, month).expect("a month");
        let explanation = estate::explanation(home);
        DemandLine {
            item: "物业费".to_owned(),
            period,
            due_on: period.last_day(),
            principal: explanation.amount().expect("area times price is an amount"),
            days: (TODAY - period.last_day()).num_days(),
            late_fee: hemu_domain::Fen::new(i64::from(900 - month * 100)),
            formula: explanation.formula(),
        }
    };
    DemandNotice {
        number: Some(format!("样本催〔2026〕{:04}", home + 1)),
        company: "样本物业服务有限公司".to_owned(),
        community: "样本小区".to_owned(),
        owner: estate::owner(home),
        unit: estate::label(home).to_string(),
        contract: "物业服务合同".to_owned(),
        clause: "第八条".to_owned(),
        as_of: TODAY,
        pay_by: TODAY + chrono::Days::new(15),
        lines: (6..=8).map(line).collect(),
        late_fee_terms: Some(LateFeeTerms {
            percent_per_day: "0.03".to_owned(),
            lpr_multiple: None,
            after_grace: false,
        }),
        how_to_pay: "样本银行 0000 0000".to_owned(),
        contact: "0571-88886666".to_owned(),
        is_tenant: false,
        liable: Vec::new(),
    }
}

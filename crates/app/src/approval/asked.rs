//! What is asked for: each kind of act with its gate and the use case that carries it out.

use hemu_domain::ids::{CaseId, CommunityId};
use hemu_domain::staff::approval::ApprovalKind;
use hemu_domain::{Fen, Period, UnitLabel};
use hemu_store::Tx;
use hemu_store::approval::ApprovalRow;
use hemu_store::ledger::{self, view};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::TwoPeople;
use crate::billing::rebill::service_end::{self, ServiceEndRequest};
use crate::billing::rebill::{self, RebillReport, RebillRequest};
use crate::closing::reopen;
use crate::collection::versions::{self, ActivationRequest};
use crate::ledger::adjust::{self, AdjustRequest};
use crate::ledger::deposits::{self, DeductionRequest};
use crate::ledger::opening::{self, OpeningRequest};
use crate::ledger::refund::{self, RefundRequest};
use crate::legal;
use crate::legal::ceiling::{self, CeilingRequest};
use crate::legal::matter::{self, MatterRequest};
use crate::readiness::{self, ExceptionRequest};
use crate::reductions::service::{self, ServiceRequest};
use crate::reductions::vacancy::{self, VacancyRequest};
use crate::{App, Refusal};

/// An act of two people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum Asked {
    /// Take a case to law; the reason is the ground that goes on record.
    LegalMatter(MatterRequest),
    /// Take an amount off a charge or its late fee.
    Adjustment(AdjustRequest),
    /// Raise an opening balance that was brought in too low.
    OpeningCorrection(OpeningRequest),
    /// Reverse charges and bill them anew.
    Rebill(RebillRequest),
    /// End the service, and take back what was billed for later months.
    ServiceEnd(ServiceEndRequest),
    /// Charge some months of a vacant home in part.
    Vacancy(VacancyRequest),
    /// Take an amount off a charge for a complaint that was right.
    ServiceReduction(ServiceRequest),
    /// Give a demand letter its number.
    DemandLetter {
        /// The unit.
        unit: UnitLabel,
    },
    /// Another ceiling for the late fee that is claimed.
    LateFeeCeiling(CeilingRequest),
    /// Keep a part of a deposit.
    DepositDeduction(DeductionRequest),
    /// Give money back.
    Refund(RefundRequest),
    /// Open the last closed month again.
    ReopenMonth {
        /// The month.
        month: Period,
    },
    /// Put the draft of the policy in force.
    PolicyActivation(ActivationRequest),
    /// Take formal steps until a day although papers are missing.
    FormalException(ExceptionRequest),
}

/// What a request is about as it stood when it was asked, without personal data.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// The unit, or the first of the payer's.
    pub unit: String,
    /// The case.
    pub case: Option<CaseId>,
    /// What the case is called.
    pub case_number: Option<String>,
    /// The fee item of a charge.
    pub item: Option<String>,
    /// The period of a charge.
    pub period: Option<Period>,
    /// The claim, what is to be taken off, by how much bills change, or what is to be demanded.
    pub amount: Option<Fen>,
}

/// What stands in the record.
#[derive(Serialize, Deserialize)]
pub(super) struct Stored {
    pub(super) act: Asked,
    pub(super) about: About,
}

impl Stored {
    /// # Errors
    /// [`Refusal::Internal`] when another version wrote something else there.
    pub(super) fn read(row: &ApprovalRow) -> Result<Self, Refusal> {
        serde_json::from_value(row.asked.clone()).map_err(|error| Refusal::Internal(error.to_string()))
    }
}

impl Asked {
    /// Which kind it is.
    #[must_use]
    pub const fn kind(&self) -> ApprovalKind {
        match self {
            Self::LegalMatter(_) => ApprovalKind::LegalMatter,
            Self::Adjustment(_) => ApprovalKind::Adjustment,
            Self::OpeningCorrection(_) => ApprovalKind::OpeningCorrection,
            Self::Rebill(_) => ApprovalKind::Rebill,
            Self::ServiceEnd(_) => ApprovalKind::ServiceEnd,
            Self::Vacancy(_) => ApprovalKind::Vacancy,
            Self::ServiceReduction(_) => ApprovalKind::ServiceReduction,
            Self::DemandLetter { .. } => ApprovalKind::DemandLetter,
            Self::LateFeeCeiling(_) => ApprovalKind::LateFeeCeiling,
            Self::DepositDeduction(_) => ApprovalKind::DepositDeduction,
            Self::Refund(_) => ApprovalKind::Refund,
            Self::ReopenMonth { .. } => ApprovalKind::ReopenMonth,
            Self::PolicyActivation(_) => ApprovalKind::PolicyActivation,
            Self::FormalException(_) => ApprovalKind::FormalException,
        }
    }

    /// Whether it could be done now but for the second person; its subject, and what it is about.
    ///
    /// # Errors
    /// What the act itself would refuse.
    pub(super) fn check(&self, tx: &mut Tx<'_>, app: &App, community: CommunityId) -> Result<(Uuid, About), Refusal> {
        match self {
            Self::LegalMatter(request) => {
                let claim = matter::check(tx, app, community, request)?;
                let about = About {
                    unit: claim.unit(),
                    case: Some(request.case),
                    amount: Some(claim.total()),
                    case_number: Some(claim.case.number),
                    ..About::default()
                };
                Ok((request.case.uuid(), about))
            }
            Self::Adjustment(request) => {
                let charge = adjust::check(tx, app, community, request)?.charge;
                let about = About {
                    unit: charge.unit.to_string(),
                    item: Some(charge.item),
                    period: Some(charge.period),
                    amount: Some(request.amount),
                    ..About::default()
                };
                Ok((request.charge.uuid(), about))
            }
            Self::OpeningCorrection(request) => {
                let found = opening::check(tx, app, community, request)?;
                let about = About {
                    unit: request.unit.to_string(),
                    item: Some(found.item.clone()),
                    period: Some(request.period),
                    amount: Some(request.amount),
                    ..About::default()
                };
                Ok((found.subject(request), about))
            }
            Self::Rebill(request) => {
                let (subject, report) = rebill::check(tx, app, community, request)?;
                let about = About {
                    unit: units_of(&report),
                    item: Some(report.item),
                    period: Some(request.from),
                    amount: Some(report.becomes - report.was),
                    ..About::default()
                };
                Ok((subject, about))
            }
            Self::ServiceEnd(request) => {
                let (contract, report) = service_end::check(tx, app, community, request)?;
                let about = About {
                    period: Some(Period::of(request.on)),
                    amount: Some(report.becomes - report.was),
                    ..About::default()
                };
                Ok((contract.uuid(), about))
            }
            Self::Vacancy(request) => {
                let (unit_id, _) = vacancy::check(tx, community, request)?;
                let period = Some(Period::of(request.from));
                Ok((unit_id.uuid(), About { unit: request.unit.to_string(), period, ..About::default() }))
            }
            Self::ServiceReduction(request) => {
                let charge = service::check(tx, community, request)?;
                let (_, item, period) = ledger::list_charges_by_id(tx, community, &[charge.id])?.remove(0);
                let unit = view::find_unit_label(tx, community, charge.unit_id)?;
                let about = About {
                    unit: unit.map(|unit| unit.to_string()).unwrap_or_default(),
                    item: Some(item),
                    period: Some(period),
                    amount: Some(request.amount),
                    ..About::default()
                };
                Ok((charge.id.uuid(), about))
            }
            Self::DemandLetter { unit } => {
                let (unit_id, case, amount) = legal::check_demand(tx, app, community, unit)?;
                let unit = unit.to_string();
                Ok((unit_id.uuid(), About { unit, case, amount: Some(amount), ..About::default() }))
            }
            Self::LateFeeCeiling(request) => {
                let contract = ceiling::check(tx, community, request)?;
                Ok((request.contract.uuid(), About { item: Some(contract.name), ..About::default() }))
            }
            Self::DepositDeduction(request) => {
                let line = deposits::check(tx, community, request)?;
                let (unit, item) = (line.unit.to_string(), Some(line.deposit.kind));
                Ok((request.deposit.uuid(), About { unit, item, amount: Some(request.amount), ..About::default() }))
            }
            Self::Refund(request) => {
                let found = refund::check(tx, community, request)?;
                let item = Some(format!("收据 {}", found.number()));
                let about = About { unit: found.unit, item, amount: Some(request.amount), ..About::default() };
                Ok((request.receipt.uuid(), about))
            }
            Self::ReopenMonth { month } => {
                let closing = reopen::check(tx, community, *month)?;
                Ok((closing.uuid(), About { period: Some(*month), ..About::default() }))
            }
            Self::PolicyActivation(request) => Ok((versions::check_activation(tx, app, request)?, About::default())),
            Self::FormalException(request) => {
                readiness::check_exception(tx, app, community, request)?;
                Ok((community.uuid(), About::default()))
            }
        }
    }

    /// Does it, its gate looked at again; the id of what it led to.
    ///
    /// # Errors
    /// What the act refuses by now.
    pub(super) fn carry_out(
        &self,
        tx: &mut Tx<'_>,
        app: &App,
        people: TwoPeople<'_>,
        community: CommunityId,
    ) -> Result<Uuid, Refusal> {
        match self {
            Self::LegalMatter(request) => Ok(matter::open(tx, app, people, community, request)?.uuid()),
            Self::Adjustment(request) => {
                adjust::adjust(tx, app, people, community, request)?;
                Ok(request.charge.uuid())
            }
            Self::OpeningCorrection(request) => Ok(opening::raise(tx, app, people, community, request)?.uuid()),
            Self::Rebill(request) => rebill::rebill(tx, app, people, community, request),
            Self::ServiceEnd(request) => Ok(service_end::end(tx, app, people, community, request)?.uuid()),
            Self::Vacancy(request) => Ok(vacancy::grant(tx, app, people, community, request)?.uuid()),
            Self::ServiceReduction(request) => {
                service::grant(tx, app, people, community, request)?;
                Ok(request.charge.uuid())
            }
            Self::DemandLetter { unit } => Ok(legal::issue_approved(tx, app, people, community, unit)?.uuid()),
            Self::LateFeeCeiling(request) => {
                ceiling::set(tx, app, people, community, request)?;
                Ok(request.contract.uuid())
            }
            Self::DepositDeduction(request) => {
                deposits::deduct(tx, app, people, community, request)?;
                Ok(request.deposit.uuid())
            }
            Self::Refund(request) => refund::refund(tx, app, people, community, request),
            Self::ReopenMonth { month } => Ok(reopen::reopen(tx, app, people, community, *month)?.uuid()),
            Self::PolicyActivation(request) => versions::activate(tx, app, people, request),
            Self::FormalException(request) => {
                Ok(readiness::grant_exception(tx, app, people, community, request)?.uuid())
            }
        }
    }
}

/// The first unit of a correction, and how many it is about.
fn units_of(report: &RebillReport) -> String {
    let mut units: Vec<&UnitLabel> = report.rows.iter().map(|row| &row.unit).collect();
    units.dedup();
    match units.as_slice() {
        [] => String::new(),
        [one] => one.to_string(),
        [one, ..] => format!("{one} … ({})", units.len()),
    }
}

//! Proof of service (送达): how a numbered demand reached its addressee, and with what grade of proof.

use chrono::NaiveDate;
use hemu_domain::ids::CommunityId;
use hemu_domain::staff::Permission;
use hemu_store::community;
use hemu_store::legal::{self, ServiceProofRow};

use crate::audit::{self, Act};
use crate::{Actor, App, Refusal};

/// How a letter was served.
#[derive(Clone, Debug)]
pub struct ServiceRequest {
    /// The community.
    pub community: CommunityId,
    /// The letter's number.
    pub number: String,
    /// `hand`, `left_at_place`, `ems`, `registered_mail` or `notarised`.
    pub method: String,
    /// `served`, `refused` or `returned`.
    pub outcome: String,
    /// When.
    pub served_on: NaiveDate,
    /// Who took it.
    pub receiver_name: String,
    /// What they are to the addressee.
    pub receiver_relation: String,
    /// Waybill number.
    pub tracking_no: Option<String>,
}

/// The grade of proof a method gives: A signed or notarised, B EMS or registered with receipt, E otherwise.
fn grade_of(method: &str, outcome: &str) -> Option<&'static str> {
    match (method, outcome) {
        (_, "returned") => Some("E"),
        ("hand" | "notarised", _) => Some("A"),
        ("left_at_place" | "ems" | "registered_mail", _) => Some("B"),
        _ => None,
    }
}

/// Records how a numbered demand was served.
///
/// # Errors
/// [`Refusal::NotFound`] for a draft, which has no number; [`Refusal::InvalidInput`] for an unknown method, or a day before the letter or after today.
pub fn record_service(app: &App, actor: &Actor, request: &ServiceRequest) -> Result<(), Refusal> {
    actor.require(Permission::IssueLetters, request.community)?;
    let unknown = || Refusal::invalid("method", "请选择送达方式和结果", "choose the method and outcome of service");
    let grade = grade_of(&request.method, &request.outcome).ok_or_else(unknown)?;
    app.db.write(|tx| {
        let notice = legal::find_by_number(tx, request.community, request.number.trim())?
            .ok_or_else(|| Refusal::not_found("函件", "letter", &request.number))?;
        if notice.kind != "demand" {
            return Err(Refusal::conflict("公告不登记送达", "a board notice is not served on anybody"));
        }
        if request.served_on < notice.as_of || request.served_on > app.today() {
            let zh = "送达日期应在函件日期与今天之间";
            return Err(Refusal::invalid("served_on", zh, "the day lies between the letter's and today"));
        }
        let proof = ServiceProofRow {
            id: app.new_id(),
            notice_id: notice.id,
            method: request.method.clone(),
            grade: grade.to_owned(),
            outcome: request.outcome.clone(),
            served_on: request.served_on,
            receiver_name: request.receiver_name.clone(),
            receiver_relation: request.receiver_relation.clone(),
            tracking_no: request.tracking_no.clone(),
            evidence_sha256: None,
            served_by: actor.name.clone(),
            recorded_at: app.clock.now(),
        };
        let seq = community::next_seq(tx, request.community, 1)?;
        legal::insert_service_proof(tx, request.community, &proof, seq)?;
        legal::set_notice_state(tx, request.community, notice.id, &request.outcome)?;
        let detail = serde_json::json!({ "number": notice.number, "grade": grade, "outcome": request.outcome });
        let subject_id = Some(notice.id.uuid());
        let act = Act { act: "notice.serve", subject_kind: "notice", subject_id, detail: &detail };
        Ok(audit::record(tx, app, actor, Some(request.community), &act)?)
    })
}

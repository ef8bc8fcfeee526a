//! The notice for the board of an entrance hall: it names nobody (I15).

use hemu_documents::pdf::BoardNotice;
use hemu_domain::Fen;
use hemu_domain::ids::{CommunityId, NoticeId};
use hemu_domain::outreach::wording::{Audience, check};
use hemu_domain::staff::Permission;
use hemu_store::collection::verify::body_hash;
use hemu_store::legal::NoticeRow;
use hemu_store::{Tx, community, registry};
use serde::Serialize;

use super::{keep, next_number, rendered};
use crate::billing::find_community;
use crate::{Actor, App, Refusal};

/// A board notice made.
#[derive(Clone, Debug, Serialize)]
pub struct BoardReport {
    /// Its id.
    pub id: NoticeId,
    /// Its number.
    pub number: String,
    /// SHA-256 of the PDF.
    pub sha256: String,
    /// The PDF.
    #[serde(skip)]
    pub pdf: Vec<u8>,
}

/// Makes the notice for an entrance hall; `entrance` is `3-2` (building and entrance) or `3`.
///
/// # Errors
/// [`Refusal::NotFound`] when there is no such entrance.
pub fn make_board_notice(app: &App, actor: &Actor, community: &str, entrance: &str) -> Result<BoardReport, Refusal> {
    let community = find_community(app, community)?;
    actor.require(Permission::WorkCases, community)?;
    app.db.write(|tx| board(tx, app, actor, community, entrance))
}

fn board(
    tx: &mut Tx<'_>,
    app: &App,
    actor: &Actor,
    community: CommunityId,
    entrance: &str,
) -> Result<BoardReport, Refusal> {
    let (building, code) = entrance.split_once('-').map_or((entrance, None), |(building, code)| (building, Some(code)));
    let buildings = registry::list_buildings(tx, community)?;
    let missing = || Refusal::not_found("单元", "entrance", entrance);
    let (building_id, _) = buildings.iter().find(|(_, one)| one == building).ok_or_else(missing)?;
    let entrances = registry::list_entrances(tx, community)?;
    let entrance_id = match code {
        Some(code) => {
            let found = entrances.iter().find(|(_, parent, one)| parent == building_id && one == code);
            Some(found.ok_or_else(missing)?.0)
        }
        None => None,
    };
    let place = community::get(tx, community)?;
    let number = next_number(tx, community, "GG", app.today())?;
    let or = |text: &str, other: &str| if text.is_empty() { other.to_owned() } else { text.to_owned() };
    let notice = BoardNotice {
        number: number.clone(),
        company: place.company_name.clone(),
        community: place.name.clone(),
        place: code.map_or_else(|| format!("{building} 栋"), |code| format!("{building} 栋 {code} 单元")),
        how_to_pay: or(&place.pay_account, "物业服务中心收费台"),
        hotline: or(&place.service_phone, "物业服务中心"),
        dated: app.today(),
    };
    // What offices write into "how to pay" could name somebody: the whole notice is checked, not only its template.
    let printed = format!("{} {} {}", notice.place, notice.how_to_pay, notice.hotline);
    if let Some(finding) = check(Audience::Public, &printed).findings.into_iter().find(|one| one.rule.prohibits()) {
        let zh = format!("公告内容不能含有个人信息：{}", finding.text);
        return Err(Refusal::invalid("pay_account", zh, format!("a public notice cannot carry: {}", finding.text)));
    }
    let rendered = rendered(notice.render())?;
    let body = serde_json::to_value(&notice).map_err(|error| Refusal::Internal(error.to_string()))?;
    let row = NoticeRow {
        id: app.new_id(),
        number: Some(number.clone()),
        kind: "board".to_owned(),
        case_id: None,
        unit_id: None,
        entrance_id,
        as_of: app.today(),
        principal_fen: Fen::ZERO,
        late_fee_fen: Fen::ZERO,
        pay_by: None,
        body_hash: body_hash(&body),
        body,
        pdf_sha256: rendered.sha256.clone(),
        state: "issued".to_owned(),
        issued_by: Some(actor.name.clone()),
        approved_by: None,
        created_at: app.clock.now(),
    };
    keep(tx, app, actor, community, &row)?;
    Ok(BoardReport { id: row.id, number, sha256: rendered.sha256, pdf: rendered.pdf })
}

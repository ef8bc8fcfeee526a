//! Visits of the example: written down on a phone, with a photo of the door where nobody was at home and a signature where the owner
//! gave one. The pictures are drawn, of no door and no person.

use hemu_app::clock::in_china;
use hemu_app::collection::visit_record::{VisitRequest, record_visit};
use hemu_app::collection::work::ContactRequest;
use hemu_app::{Actor, App, Refusal};
use hemu_domain::collection::classification::Attitude;
use hemu_domain::collection::visit_record::Signing;
use uuid::Uuid;

const DOOR: &[u8] = include_bytes!("pictures/door.png");
const SIGNATURE: &[u8] = include_bytes!("pictures/signature.png");

/// Records a visit of now as a phone sends it.
pub(super) fn visit(app: &App, actor: &Actor, contact: ContactRequest) -> Result<(), Refusal> {
    let signing = match contact.attitude {
        _ if !contact.outcome.is_talk() => Signing::NotAsked,
        Attitude::Cooperative | Attitude::Neutral => Signing::Signed,
        Attitude::Resistant | Attitude::Refusing | Attitude::Unknown => Signing::Declined,
    };
    let request = VisitRequest {
        photos: if contact.outcome.is_talk() { Vec::new() } else { vec![DOOR.to_vec()] },
        signature: (signing == Signing::Signed).then(|| SIGNATURE.to_vec()),
        signing,
        visited_at: in_china(app.clock.now()).naive_local(),
        key: app.new_id::<Uuid>().to_string(),
        contact,
    };
    record_visit(app, actor, &request).map(|_| ())
}

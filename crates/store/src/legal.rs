//! Legal (法务): letters and notices, proofs of service, matters.

pub mod claimed;
pub mod matter;
pub mod notice;
pub mod proof;

pub(crate) use matter::read_matter;
pub use matter::{LegalMatterRow, insert_matter, list_matters, matter_content};
pub(crate) use notice::read_notice;
pub use notice::{
    NoticeRow, find_by_number, find_notice, insert_notice, list_notices_before, list_notices_of_case, notice_content,
    set_notice_state,
};
pub(crate) use proof::read_proof;
pub use proof::{ServiceProofRow, insert_service_proof, list_proofs_of_case, proof_content};

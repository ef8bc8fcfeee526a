//! An offer in the owner's own hands: the link opens it and nothing else; agreed to, declined, called about; and what it says when it is over.

use hemu_app::Refusal;
use hemu_app::collection::case_page::case_page;
use hemu_app::collection::offers::{
    Offer, OfferLink, OfferPage, OfferStanding, OwnerAnswer, answer_offer, make_offer_link, read_offer,
};
use hemu_app::collection::plans::{PlanRequest, cancel_plan, decide_plan, propose_plan};
use hemu_app::collection::promises::{PromiseAct, decide_promise, offer_promise};
use hemu_app::collection::work::list_open_tasks;
use hemu_domain::ids::CaseId;

use crate::collector::{OWING, community, me, owing_case, run, text};
use crate::history::second;
use crate::office::{COMMUNITY, Office, day, on_every_engine, yuan};

/// 500.00 by the 10th, to be answered by the 8th.
fn promise(office: &Office, case: CaseId) -> OfferLink {
    let terms = (yuan("500.00"), day("2026-11-10"));
    let id = offer_promise(&office.app, &me(), community(office), case, (terms, "wechat")).expect("offered");
    link(office, case, Offer::Promise(id)).expect("a link")
}

/// All of it in three months.
fn plan(office: &Office, case: CaseId) -> OfferLink {
    let monthly = PlanRequest::monthly(community(office), case, 3, day("2026-11-20"));
    let id = propose_plan(&office.app, &me(), &PlanRequest { agreed: None, ..monthly }).expect("offered");
    link(office, case, Offer::Plan(id)).expect("a link")
}

fn link(office: &Office, case: CaseId, offer: Offer) -> Result<OfferLink, Refusal> {
    make_offer_link(&office.app, &me(), community(office), case, offer)
}

fn read(office: &Office, link: &OfferLink) -> OfferPage {
    read_offer(&office.app, link).expect("a page")
}

fn answer(office: &Office, link: &OfferLink, answer: &OwnerAnswer) -> Result<(), Refusal> {
    answer_offer(&office.app, link, answer)
}

/// Agrees to what the page shows now.
fn agree(office: &Office, link: &OfferLink) -> Result<(), Refusal> {
    answer(office, link, &OwnerAnswer::Agree(read(office, link).shown))
}

fn acts(office: &Office, act: &str) -> i64 {
    office.count(&format!("SELECT CAST(COUNT(*) AS BIGINT) FROM audit_entry WHERE act = '{act}'"))
}

/// The sentence of a refusal, in Chinese.
fn told(refused: Result<(), Refusal>) -> String {
    match refused {
        Err(Refusal::Conflict(text)) => text.zh,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_link_opens_its_own_offer_and_tells_neither_name_nor_home() {
    on_every_engine("2026-10-31", |office| {
        let case = owing_case(office);
        let (promise, plan) = (promise(office, case), plan(office, case));
        let page = read(office, &plan);
        assert_eq!((page.total, page.parts.len(), page.standing), (yuan("1469.30"), 3, OfferStanding::Open));
        let shown = serde_json::to_string(&page).expect("JSON");
        for personal in ["李", "小梅", OWING, "13800138002"] {
            assert!(!shown.contains(personal), "{personal}: {shown}");
        }
        let swapped = OfferLink { mark: promise.mark.clone(), ..plan.clone() };
        let made_up = OfferLink { mark: "0".repeat(32), ..promise.clone() };
        for wrong in [swapped, made_up] {
            assert!(matches!(read_offer(&office.app, &wrong), Err(Refusal::NotFound(_))));
            let refused = answer(office, &wrong, &OwnerAnswer::Decline);
            assert!(matches!(refused, Err(Refusal::NotFound(_))), "{refused:?}");
        }
        assert_eq!(read(office, &promise).standing, OfferStanding::Open);
        assert_eq!(acts(office, "offer.link"), 2, "who handed a link out is on record");
    });
}

#[test]
fn an_owner_agrees_by_the_link_once_and_the_audit_chain_keeps_what_was_shown() {
    on_every_engine("2026-10-31", |office| {
        let case = owing_case(office);
        let link = promise(office, case);
        office.on("2026-11-03");
        let other = answer(office, &link, &OwnerAnswer::Agree("0".repeat(64)));
        assert!(told(other).contains("重新打开链接"), "what was not shown is not agreed to");
        let shown = read(office, &link).shown;
        agree(office, &link).expect("agreed");
        agree(office, &link).expect("said twice");
        assert_eq!(read(office, &link).standing, OfferStanding::Agreed);
        assert_eq!(text(office, "SELECT channel FROM promise WHERE state = 'active'"), "link");
        assert_eq!(text(office, "SELECT taken_by FROM promise WHERE state = 'active'"), "业主（链接）");
        assert_eq!((acts(office, "offer.agree"), acts(office, "promise.accept")), (1, 1));
        let kept = text(office, "SELECT CAST(detail AS TEXT) FROM audit_entry WHERE act = 'offer.agree'");
        assert!(kept.contains(&shown) && !kept.contains(&link.mark), "{kept}");
        let declined = answer(office, &link, &OwnerAnswer::Decline);
        assert!(told(declined).contains("您已同意"), "a promise is not taken back by the link");
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn a_plan_agreed_by_the_link_waits_for_the_second_person_like_any_other() {
    on_every_engine("2026-10-31", |office| {
        let case = owing_case(office);
        let link = plan(office, case);
        let Offer::Plan(id) = link.offer else { panic!("a plan") };
        office.on("2026-11-03");
        agree(office, &link).expect("agreed");
        assert_eq!(read(office, &link).standing, OfferStanding::Waits);
        agree(office, &link).expect("said twice");
        let same = decide_plan(&office.app, &me(), community(office), case, (id, true));
        assert!(matches!(same, Err(Refusal::Conflict(_))), "who offered it does not approve it");
        decide_plan(&office.app, &second(), community(office), case, (id, true)).expect("approved");
        assert_eq!(read(office, &link).standing, OfferStanding::Agreed);
        assert_eq!(text(office, "SELECT agreed_by_way FROM plan"), "link");
        assert_eq!(acts(office, "offer.agree"), 1);
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn an_offer_that_is_over_says_why_and_takes_no_answer() {
    on_every_engine("2026-10-31", |office| {
        let case = owing_case(office);
        let superseded = promise(office, case);
        let lapsing = promise(office, case);
        assert!(told(agree(office, &superseded)).contains("新的约定"));
        office.on("2026-11-09");
        assert!(told(agree(office, &lapsing)).contains("2026-11-08"), "before any night has ended it");
        run(office, "2026-11-09");
        assert!(told(agree(office, &lapsing)).contains("已过"));
        let again = link(office, case, lapsing.offer);
        assert!(matches!(again, Err(Refusal::Conflict(_))), "no link for what can be answered no more: {again:?}");

        let terms = (yuan("500.00"), day("2026-11-15"));
        let id = offer_promise(&office.app, &me(), community(office), case, (terms, "wechat")).expect("offered");
        let taken_back = link(office, case, Offer::Promise(id)).expect("a link");
        let withdraw = PromiseAct::Withdraw("另行约定".to_owned());
        decide_promise(&office.app, &me(), community(office), case, (id, &withdraw)).expect("taken back");
        assert!(told(agree(office, &taken_back)).contains("撤回"));
        let plan = plan(office, case);
        office.pay(OWING, "100.00", "2026-11-09", None).expect("taken");
        assert!(told(agree(office, &plan)).contains("欠费已有变化"));
        let Offer::Plan(id) = plan.offer else { panic!("a plan") };
        cancel_plan(&office.app, &me(), community(office), case, (id, "金额已变")).expect("given up");
        assert!(told(agree(office, &plan)).contains("撤回"));
        assert_eq!((acts(office, "offer.agree"), acts(office, "promise.accept")), (0, 0));
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn nothing_is_promised_by_the_link_once_everything_is_paid() {
    on_every_engine("2026-10-31", |office| {
        let case = owing_case(office);
        let link = promise(office, case);
        office.pay(OWING, "1469.30", "2026-11-01", None).expect("taken");
        assert!(told(agree(office, &link)).contains("欠费已结清"), "the night has not closed the case yet");
        run(office, "2026-11-02");
        assert!(told(answer(office, &link, &OwnerAnswer::CallBack)).contains("欠费已结清"));
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn an_owner_declines_by_the_link_or_asks_for_a_call_and_nothing_is_agreed() {
    on_every_engine("2026-10-31", |office| {
        let case = owing_case(office);
        let (promise, plan) = (promise(office, case), plan(office, case));
        for link in [&promise, &plan] {
            answer(office, link, &OwnerAnswer::CallBack).expect("asked");
        }
        assert!(read(office, &plan).call_asked && read(office, &plan).is_open(), "the offer stands");
        let tasks = list_open_tasks(&office.app, &me(), community(office)).expect("tasks");
        let calls: Vec<_> = tasks.iter().filter(|one| one.case_id == Some(case) && one.kind == "call").collect();
        assert_eq!(calls.len(), 1, "one call, however often it is asked for");
        assert_eq!(calls[0].unit.as_ref().map(|unit| unit.as_str()), Some(OWING));
        for link in [&promise, &plan] {
            answer(office, link, &OwnerAnswer::Decline).expect("declined");
            answer(office, link, &OwnerAnswer::Decline).expect("said twice");
            assert_eq!(read(office, link).standing, OfferStanding::Withdrawn);
            assert!(told(agree(office, link)).contains("不同意"));
        }
        let shown = case_page(&office.app, &me(), COMMUNITY, case).expect("a page");
        assert_eq!(shown.earlier_plans[0].ended_why, "业主不同意");
        assert_eq!((acts(office, "offer.decline"), acts(office, "offer.call_back")), (2, 1));
        assert_eq!(office.red(), [""; 0]);
    });
}

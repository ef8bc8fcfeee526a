//! kill -9 in the middle of a bill run, then run again: the same bills as one clean run.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use hemu_app::Actor;
use hemu_app::billing::{BillRequest, issue_bills_in_chunks};
use hemu_domain::Period;
use hemu_testkit::engines::for_each_engine;

use crate::office::{COMMUNITY, Office, open};

const URL: &str = "HEMU_TEST_KILL_URL";
const FOLDER: &str = "HEMU_TEST_KILL_FOLDER";
const TODAY: &str = "2026-11-05";
const HOMES: i64 = 400;

/// Everything of a bill but ids.
type Bills = Vec<(String, String, i64, i64, String)>;

fn list_of_homes() -> String {
    let mut list = "房号,业主姓名,建筑面积(㎡),收费标准(元/㎡·月),已缴至\n".to_owned();
    for home in 0..HOMES {
        let (floor, room) = (home / 4 + 1, home % 4 + 1);
        list += &format!("1-1-{floor}{room:02},业主{},{}.5,2.15,2026-10\n", home + 1, 60 + home % 70);
    }
    list
}

fn office_at(url: &str, folder: tempfile::TempDir) -> Office {
    Office::at(open(url, folder.path(), TODAY), folder)
}

fn bills(office: &Office) -> Bills {
    let sql = "SELECT b.number, c.period, b.total_fen, c.amount_fen, CAST(c.due_on AS TEXT) FROM bill b
        JOIN charge c ON c.bill_id = b.id ORDER BY b.number, c.period";
    let read = |row: &hemu_store::Row<'_>| Ok((row.take()?, row.take()?, row.take()?, row.take()?, row.take()?));
    office.app.db.read(|tx| tx.query(sql, &[], read)).expect("bills")
}

/// The run of the child: commits after every home, so that the kill hits the middle.
#[test]
#[ignore = "the test below starts it in a process of its own, and kills it"]
fn a_run_that_is_killed() {
    let (Ok(url), Ok(folder)) = (std::env::var(URL), std::env::var(FOLDER)) else { return };
    let app = open(&url, Path::new(&folder), TODAY);
    let period = Period::parse("2026-12").expect("a month");
    let request = BillRequest { community: COMMUNITY.to_owned(), period, dry_run: false };
    issue_bills_in_chunks(&app, &Actor::local_operator(), &request, 1).expect("bills");
}

fn run_and_kill(office: &Office, url: &str, folder: &Path) -> i64 {
    let mut child = Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", "kill_and_rerun::a_run_that_is_killed", "--ignored"])
        .envs([(URL, url.as_ref()), (FOLDER, folder.as_os_str())])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("starts");
    let written = || office.count("SELECT CAST(COUNT(*) AS BIGINT) FROM bill");
    while written() < 20 && child.try_wait().expect("asks").is_none() {
        std::thread::sleep(Duration::from_millis(1));
    }
    child.kill().expect("killed");
    child.wait().expect("gone");
    written()
}

#[test]
fn kill_minus_nine_and_run_again_gives_the_bills_of_one_clean_run() {
    for_each_engine(|url| {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().to_owned();
        let office = office_at(url, folder);
        office.import(&list_of_homes());
        let left = run_and_kill(&office, url, &path);
        assert!((1..HOMES).contains(&left), "{left} bills: the kill was to hit the middle");
        assert_eq!(office.red(), [""; 0], "what a killed run leaves is in order");
        let resumed = office.bill("2026-12");
        assert_eq!((resumed.bills, resumed.already), (HOMES - left, left));
        assert_eq!(office.red(), [""; 0]);

        let clean_folder = tempfile::tempdir().expect("a folder");
        let clean_url = format!("sqlite:{}", clean_folder.path().join("clean.db").display());
        let clean = office_at(&clean_url, clean_folder);
        clean.import(&list_of_homes());
        clean.bill("2026-12");
        assert_eq!(bills(&office), bills(&clean));
    });
}

//! An office with a configuration file, from outside: mail leaves by its server, and serving begins and ends in order.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use hemu_app::registry::contacts::{AddContact, add_contact};
use hemu_app::registry::unit_page::unit_page;
use hemu_app::{Actor, App, Clock};
use hemu_domain::UnitLabel;
use hemu_domain::registry::contact::{Channel, Relation, VerifiedHow};
use hemu_testkit::SmtpServer;

const LIST: &str = "房号,业主姓名,建筑面积(㎡),收费标准(元/㎡·月),已缴至\n1-1-102,李小梅,89.32,2.35,2026-03\n";
const COMMUNITY: &str = "测试花园";
const PASSWORD: &str = "sesame-74839201";

fn hemu(folder: &Path, words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_hemu")).args(words).current_dir(folder).output().expect("runs")
}

fn written(folder: &Path, name: &str, text: &str) {
    std::fs::write(folder.join(name), text).expect("written");
}

/// An owner who is reached by e-mail alone.
fn office_with_an_address(folder: &Path) {
    written(folder, "list.csv", LIST);
    let done = hemu(folder, &["import", "list.csv", "--community", COMMUNITY, "--as-of", "2026-10-31"]);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let url = format!("sqlite:{}", folder.join("hemu.db").display());
    let (key, outbox) = (folder.join("hemu.db.key"), folder.join("hemu.db.outbox"));
    let clock = Clock::as_of("2026-10-31".parse().expect("a day"));
    let app = App::open(&url, &key, &outbox, clock, None).expect("opens");
    let boss = Actor::local_operator();
    let label = UnitLabel::parse("1-1-102").expect("a unit");
    let party = unit_page(&app, &boss, COMMUNITY, &label).expect("a unit").holders[0].party_id;
    let request = AddContact {
        community: COMMUNITY.to_owned(),
        party,
        channel: Channel::parse("email").expect("a channel"),
        value: "owner@example.com".to_owned(),
        relation: Relation::parse("self").expect("a relation"),
        verified: Some(VerifiedHow::parse("in_person").expect("a way")),
        consent: true,
    };
    add_contact(&app, &boss, &request).expect("added");
}

fn mail_settings(server: &SmtpServer) -> String {
    format!(
        "[smtp]\nhost = \"127.0.0.1\"\nport = {}\ntls = \"none\"\nuser = \"office\"\npassword_file = \"secret\"\n\
         from_address = \"service@example.com\"\nfrom_name = \"翠湖物业\"\n",
        server.address().port()
    )
}

#[test]
fn a_due_email_leaves_by_the_server_of_the_file_and_the_password_is_never_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    office_with_an_address(folder);
    let server = SmtpServer::start_with_login("office", PASSWORD);
    written(folder, "hemu.toml", &mail_settings(&server));
    written(folder, "secret", PASSWORD);
    let doctor = hemu(folder, &["doctor", "--config", "hemu.toml", "--json"]);
    let said = String::from_utf8_lossy(&doctor.stdout).into_owned() + &String::from_utf8_lossy(&doctor.stderr);
    assert!(doctor.status.success() && said.contains("smtp 127.0.0.1") && !said.contains(PASSWORD), "{said}");
    assert!(server.messages().is_empty(), "looking sends nothing");
    let run = ["collect", "run", "--community", COMMUNITY, "--as-of", "2026-11-01", "--config", "hemu.toml", "--json"];
    let done = hemu(folder, &run);
    let said = String::from_utf8_lossy(&done.stdout).into_owned() + &String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success() && !said.contains(PASSWORD), "{said}");
    let mails = server.messages();
    assert_eq!(mails.len(), 1, "{said}");
    assert_eq!(
        (mails[0].from.as_str(), mails[0].to.as_slice()),
        ("service@example.com", &["owner@example.com".to_owned()][..])
    );
    assert!(!folder.join("hemu.db.outbox").exists(), "nothing became a file");
    assert!(hemu(folder, &run).status.success());
    assert_eq!(server.messages().len(), 1, "sent once");
}

#[test]
fn a_wrong_password_is_told_by_the_doctor() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = SmtpServer::start_with_login("office", PASSWORD);
    written(folder.path(), "hemu.toml", &mail_settings(&server));
    written(folder.path(), "secret", "not-the-one");
    let doctor = hemu(folder.path(), &["doctor", "--config", "hemu.toml"]);
    let said = String::from_utf8_lossy(&doctor.stdout).into_owned();
    assert_eq!(doctor.status.code(), Some(1), "{said}");
    assert!(said.contains("NOT mail") && !said.contains("not-the-one"), "{said}");
}

#[test]
fn a_file_with_a_setting_nobody_knows_stops_every_command() {
    let folder = tempfile::tempdir().expect("a folder");
    written(folder.path(), "hemu.toml", "[server]\nprot = 81\n");
    for words in [&["serve"][..], &["doctor"], &["migrate"]] {
        let refused = hemu(folder.path(), &[words, &["--config", "hemu.toml"]].concat());
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert_eq!(refused.status.code(), Some(2), "{said}");
        assert!(said.contains("prot") && said.contains("line 2"), "{said}");
    }
    assert!(!folder.path().join("hemu.db").exists(), "nothing was made");
}

#[test]
fn a_port_that_is_taken_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let taken = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    let port = taken.local_addr().expect("bound").port().to_string();
    let refused = hemu(folder.path(), &["serve", "--port", &port]);
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(refused.status.code(), Some(2), "{said}");
    assert!(said.contains(&port) && said.contains("--port"), "{said}");
}

#[test]
fn serving_by_the_file_answers_and_ends_when_told_to() {
    let folder = tempfile::tempdir().expect("a folder");
    written(folder.path(), "hemu.toml", "[server]\nport = 0\n[collection]\nnightly_at = \"00:00\"\n");
    let mut serving = Command::new(env!("CARGO_BIN_EXE_hemu"))
        .args(["serve", "--config", "hemu.toml"])
        .current_dir(folder.path())
        .stdout(Stdio::piped())
        .spawn()
        .expect("starts");
    let mut line = String::new();
    let mut lines = BufReader::new(serving.stdout.take().expect("piped"));
    lines.read_line(&mut line).expect("says where it is");
    let address = line.trim().rsplit("//").next().expect("an address").to_owned();
    let mut answer = String::new();
    let mut connection = TcpStream::connect(&address).expect("listens");
    connection.write_all(b"GET /readyz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").expect("asked");
    connection.read_to_string(&mut answer).expect("answered");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    // A browser that keeps its connection open does not hold up the end.
    let _idle = TcpStream::connect(&address).expect("listens");
    let told = Command::new("kill").args(["-TERM", &serving.id().to_string()]).status().expect("told");
    assert!(told.success());
    assert!(serving.wait().expect("ends").success());
}

//! What a configuration file may say, and how it is told what it may not.

use super::*;

fn read(text: &str) -> Result<Config, Refusal> {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("hemu.toml");
    std::fs::write(&file, text).expect("written");
    Config::read(&file)
}

fn refused(text: &str) -> String {
    read(text).expect_err("refused").text().to_string()
}

#[test]
fn an_empty_file_means_what_no_file_means() {
    let config = read("").expect("reads");
    assert_eq!((config.server.port, config.server.https), (8080, false));
    assert_eq!(config.nightly_at().expect("a time"), None);
    assert_eq!(config.describe_channels(), "sms: file, wechat: file, email: file");
}

#[test]
fn a_setting_nobody_knows_is_told_with_its_line_and_what_there_is() {
    let said = refused("[server]\nport = 80\nprot = 81\n");
    for part in ["hemu.toml", "第 3 行", "line 3", "prot", "listen, port, https"] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert!(refused("[sever]\nport = 80\n").contains("server, database, channels, smtp"));
}

#[test]
fn settings_that_cannot_be_are_told() {
    for (text, part) in [
        ("[collection]\nnightly_at = \"25:00\"", "02:00"),
        ("[dispatch]\nevery_seconds = 0", "3600"),
        ("[log]\nlevel = \"loud\"", "warn"),
        ("[channels]\nemail = \"smtp\"", "[smtp]"),
        ("[channels]\nsms = \"pigeon\"", "file, none"),
        ("[server]\nport = \"x\"", "port"),
        ("[smtp]\nhost = \"h\"", "missing"),
        ("[server\n", "TOML"),
    ] {
        assert!(refused(text).contains(part), "{text}: {}", refused(text));
    }
}

#[test]
fn a_password_is_never_told() {
    let server = "[smtp]\nhost = \"h\"\nport = 25\ntls = \"none\"\nfrom_address = \"a@example.com\"\n";
    for wrong in ["password = 74839201", "password = \"sesame74839201", "password = \"74839201\"\npassword_env = \"X\""]
    {
        let said = refused(&format!("{server}user = \"u\"\n{wrong}\n"));
        assert!(!said.contains("74839201"), "{said}");
    }
    let config = read(&format!("{server}user = \"u\"\npassword = \"74839201\"\n")).expect("reads");
    assert!(!format!("{config:?} {:?}", config.ways()).contains("74839201"));
}

#[test]
fn the_password_comes_from_a_file_of_its_own() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("secret");
    std::fs::write(&file, "sesame\n").expect("written");
    let text = format!(
        "[smtp]\nhost = \"h\"\nport = 25\ntls = \"none\"\nuser = \"u\"\npassword_file = '{}'\nfrom_address = \"a@example.com\"\n",
        file.display()
    );
    let config = read(&text).expect("reads");
    assert_eq!(config.smtp.as_ref().expect("a server").read_password().expect("reads").as_deref(), Some("sesame"));
    std::fs::remove_file(&file).expect("gone");
    assert!(config.ways().is_err());
}

#[test]
fn the_example_is_read_and_says_what_holds_without_it() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/hemu.example.toml");
    let example = Config::read(&file).expect("the example reads");
    assert_eq!(example.server.port, Server::default().port);
    assert_eq!(example.dispatch.every_seconds, Dispatch::default().every_seconds);
    let text = std::fs::read_to_string(&file).expect("reads");
    // What stands behind `#` are settings too: with the marks taken away the whole must still be read.
    let whole: String =
        text.lines().map(|line| line.strip_prefix("#: ").unwrap_or(line)).map(|line| format!("{line}\n")).collect();
    let all = read(&whole).expect("the example with every setting reads");
    assert!(all.smtp.is_some() && all.nightly_at().expect("a time").is_some());
}

//! The browser, asked over plain HTTP: a WebDriver client is what the tests of pages bring.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use hemu_testkit::{Chromedriver, Screen};

/// Posts JSON to the driver and returns the body of its answer. The driver keeps connections open, so the length decides.
fn post(driver: &Chromedriver, path: &str, body: &str) -> String {
    let host = driver.url().trim_start_matches("http://").to_owned();
    let mut stream = TcpStream::connect(&host).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(format!("{head}{body}").as_bytes()).unwrap();
    let mut answer = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let read = stream.read(&mut buffer).unwrap();
        answer.extend_from_slice(&buffer[..read]);
        let text = String::from_utf8_lossy(&answer).into_owned();
        if read == 0 || is_complete(&text) {
            return text.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default();
        }
    }
}

fn is_complete(answer: &str) -> bool {
    let Some((head, body)) = answer.split_once("\r\n\r\n") else { return false };
    let value =
        |line: &str| line.to_ascii_lowercase().strip_prefix("content-length:").map(|value| value.trim().parse());
    let length: Option<usize> = head.lines().find_map(value).and_then(Result::ok);
    length.is_some_and(|length| body.len() >= length)
}

/// The value of a string member of flat JSON.
fn member(json: &str, name: &str) -> Option<String> {
    let (_, rest) = json.split_once(&format!("\"{name}\":\""))?;
    rest.split_once('"').map(|(value, _)| value.to_owned())
}

#[test]
fn browser_shows_each_screen_at_its_width() {
    let Some(driver) = Chromedriver::start() else { return };
    for screen in Screen::ALL {
        let wanted = format!(r#"{{"capabilities":{{"alwaysMatch":{}}}}}"#, driver.capabilities(screen));
        let answer = post(&driver, "/session", &wanted);
        let session = member(&answer, "sessionId").unwrap_or_else(|| panic!("no session: {answer}"));
        let page = r#"{"url":"data:text/html,<meta name=viewport content='width=device-width'><p>ok"}"#;
        post(&driver, &format!("/session/{session}/url"), page);
        let script = r#"{"script":"return innerWidth + 'x' + innerHeight","args":[]}"#;
        let size = post(&driver, &format!("/session/{session}/execute/sync"), script);
        assert_eq!(member(&size, "value"), Some(format!("{}x{}", screen.width_px(), screen.height_px())), "{size}");
    }
}

//! The SMTP server, talked to line by line as a sender would.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use hemu_testkit::{Behaviour, SmtpServer};

struct Sender(BufReader<TcpStream>);

impl Sender {
    fn connect(server: &SmtpServer) -> Self {
        let stream = TcpStream::connect(server.address()).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let mut sender = Self(BufReader::new(stream));
        assert!(sender.hear().starts_with("220"));
        sender.say("EHLO office");
        sender
    }

    /// Sends a line and returns the last line of the answer; empty when the server hung up.
    fn say(&mut self, line: &str) -> String {
        self.0.get_mut().write_all(format!("{line}\r\n").as_bytes()).unwrap();
        self.hear()
    }

    fn hear(&mut self) -> String {
        let mut line = String::new();
        while self.0.read_line(&mut line).unwrap_or(0) > 0 && line.as_bytes().get(3) == Some(&b'-') {
            line.clear();
        }
        line.trim_end().to_owned()
    }

    fn send(&mut self, body: &str) -> String {
        self.say("MAIL FROM:<fee@example.cn>");
        let recipient = self.say("RCPT TO:<wang@example.cn>");
        if !recipient.starts_with("250") {
            return recipient;
        }
        assert!(self.say("DATA").starts_with("354"));
        self.say(&format!("Subject: bill\r\n of November\r\n\r\n{body}\r\n."))
    }
}

#[test]
fn a_message_arrives_with_its_dots_and_headers() {
    let server = SmtpServer::start();
    let mut sender = Sender::connect(&server);
    assert!(sender.send("first\r\n..second").starts_with("250"));
    assert!(sender.say("QUIT").starts_with("221"));
    let mail = server.messages().remove(0);
    assert_eq!((mail.from.as_str(), mail.to.as_slice()), ("fee@example.cn", &["wang@example.cn".to_owned()][..]));
    assert!(mail.text.ends_with("\r\n\r\nfirst\r\n.second\r\n"), "{}", mail.text);
    assert_eq!(mail.header("subject").as_deref(), Some("bill of November"));
    assert_eq!(mail.header("X-None"), None);
}

#[test]
fn refusals_take_nothing_and_the_next_message_is_normal_again() {
    let server = SmtpServer::start();
    server.next(Behaviour::RefuseRecipient(550));
    server.next(Behaviour::RefuseText(451));
    let mut sender = Sender::connect(&server);
    assert!(sender.send("a").starts_with("550"));
    assert!(sender.send("b").starts_with("451"));
    assert!(server.messages().is_empty());
    assert!(sender.send("c").starts_with("250"));
    assert_eq!(server.messages().len(), 1);
}

#[test]
fn hanging_up_before_the_answer_may_or_may_not_have_taken_the_message() {
    let server = SmtpServer::start();
    server.next(Behaviour::HangUpUntaken);
    server.next(Behaviour::HangUpTaken);
    assert_eq!(Sender::connect(&server).send("a"), "");
    assert_eq!(server.messages().len(), 0);
    assert_eq!(Sender::connect(&server).send("b"), "");
    assert_eq!(server.messages().len(), 1);
    assert_eq!(server.connections(), 2);
}

#[test]
fn a_late_answer_is_late() {
    let server = SmtpServer::start();
    server.always(Behaviour::AcceptAfter(Duration::from_millis(150)));
    let begin = Instant::now();
    assert!(Sender::connect(&server).send("a").starts_with("250"));
    assert!(begin.elapsed() >= Duration::from_millis(150));
}

#[test]
fn without_the_login_nothing_is_taken() {
    let server = SmtpServer::start_with_login("fee", "secret");
    let mut sender = Sender::connect(&server);
    assert!(sender.say("MAIL FROM:<fee@example.cn>").starts_with("530"));
    assert!(sender.say("AUTH PLAIN AGZlZQB3cm9uZw==").starts_with("535"));
    assert!(sender.say("AUTH PLAIN AGZlZQBzZWNyZXQ=").starts_with("235"));
    assert!(sender.send("a").starts_with("250"));
}

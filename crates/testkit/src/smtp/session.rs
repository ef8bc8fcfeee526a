//! One connection: greeting, EHLO, AUTH, MAIL, RCPT, DATA, RSET, NOOP, QUIT (RFC 5321), as far as a sender needs them.
//!
//! The behaviour of a message is fetched at its MAIL command, so that a refusal can come at any step of it.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{Shutdown, TcpStream};
use std::thread;
use std::time::Duration;

use super::{Behaviour, Mail, Shared};

/// A client that says nothing for so long has forgotten the connection.
const PATIENCE: Duration = Duration::from_secs(60);

/// Whether the connection goes on after an answer.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Then {
    GoOn,
    HangUp,
}

struct Session<'a> {
    reader: BufReader<&'a TcpStream>,
    writer: &'a TcpStream,
    shared: &'a Shared,
    behaviour: Behaviour,
    envelope: Mail,
    logged_in: bool,
}

/// Talks until QUIT, hang-up or a broken line.
pub fn serve(stream: &TcpStream, shared: &Shared) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    let mut session = Session {
        reader: BufReader::new(stream),
        writer: stream,
        shared,
        behaviour: Behaviour::Accept,
        envelope: empty_mail(),
        logged_in: shared.login.is_none(),
    };
    session.say("220 testkit ESMTP")?;
    while let Some(line) = session.hear()? {
        if session.answer(&line)? == Then::HangUp {
            break;
        }
    }
    // Already closed by the other side is as good.
    stream.shutdown(Shutdown::Both).or(Ok(()))
}

impl Session<'_> {
    fn say(&mut self, line: &str) -> io::Result<()> {
        self.writer.write_all(format!("{line}\r\n").as_bytes())
    }

    fn say_and_go_on(&mut self, line: &str) -> io::Result<Then> {
        self.say(line).map(|()| Then::GoOn)
    }

    /// The next line without its end; none when the client hung up.
    fn hear(&mut self) -> io::Result<Option<String>> {
        let mut bytes = Vec::new();
        let read = self.reader.read_until(b'\n', &mut bytes)?;
        let line = String::from_utf8_lossy(&bytes).trim_end_matches(['\r', '\n']).to_owned();
        Ok((read > 0).then_some(line))
    }

    fn answer(&mut self, line: &str) -> io::Result<Then> {
        let verb = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
        match verb.as_str() {
            "EHLO" => self.greet(),
            "HELO" | "NOOP" => self.say_and_go_on("250 testkit"),
            "RSET" => {
                self.envelope = empty_mail();
                self.say_and_go_on("250 forgotten")
            }
            "AUTH" => self.log_in(line),
            "QUIT" => self.say("221 goodbye").map(|()| Then::HangUp),
            "MAIL" | "RCPT" | "DATA" if !self.logged_in => self.say_and_go_on("530 log in first"),
            "MAIL" => self.sender(line),
            "RCPT" => self.recipient(line),
            "DATA" => self.text(),
            _ => self.say_and_go_on("502 not known here"),
        }
    }

    fn greet(&mut self) -> io::Result<Then> {
        let auth = if self.shared.login.is_some() { "250-AUTH PLAIN\r\n" } else { "" };
        self.say_and_go_on(&format!("250-testkit\r\n{auth}250-SMTPUTF8\r\n250 8BITMIME"))
    }

    fn log_in(&mut self, line: &str) -> io::Result<Then> {
        let secret = match line.split(' ').nth(2) {
            Some(secret) => secret.to_owned(),
            None => {
                self.say("334 ")?;
                self.hear()?.unwrap_or_default()
            }
        };
        self.logged_in = self.shared.login.as_deref() == Some(secret.trim());
        self.say_and_go_on(if self.logged_in { "235 welcome" } else { "535 wrong user or password" })
    }

    fn sender(&mut self, line: &str) -> io::Result<Then> {
        self.behaviour = self.shared.behaviour();
        self.envelope = Mail { from: address(line), ..empty_mail() };
        match self.behaviour {
            Behaviour::RefuseSender(code) => self.say_and_go_on(&format!("{code} sender refused by the test")),
            _ => self.say_and_go_on("250 sender ok"),
        }
    }

    fn recipient(&mut self, line: &str) -> io::Result<Then> {
        if let Behaviour::RefuseRecipient(code) = self.behaviour {
            return self.say_and_go_on(&format!("{code} mailbox refused by the test"));
        }
        self.envelope.to.push(address(line));
        self.say_and_go_on("250 recipient ok")
    }

    fn text(&mut self) -> io::Result<Then> {
        if self.envelope.to.is_empty() {
            return self.say_and_go_on("503 recipients first");
        }
        self.say("354 end with a single dot")?;
        let Some(text) = self.hear_text()? else { return Ok(Then::HangUp) };
        let mail = Mail { text, ..std::mem::replace(&mut self.envelope, empty_mail()) };
        self.conclude(mail)
    }

    /// Up to the single dot; none when the client hung up before it, which means nothing was handed over.
    fn hear_text(&mut self) -> io::Result<Option<String>> {
        let mut text = String::new();
        while let Some(line) = self.hear()? {
            if line == "." {
                return Ok(Some(text));
            }
            text.push_str(line.strip_prefix('.').unwrap_or(&line));
            text.push_str("\r\n");
        }
        Ok(None)
    }

    fn conclude(&mut self, mail: Mail) -> io::Result<Then> {
        match self.behaviour {
            Behaviour::RefuseText(code) => self.say_and_go_on(&format!("{code} text refused by the test")),
            Behaviour::HangUpUntaken => Ok(Then::HangUp),
            Behaviour::HangUpTaken => {
                self.take(mail);
                Ok(Then::HangUp)
            }
            Behaviour::AcceptAndHangUp => {
                self.take(mail);
                self.say("250 taken").map(|()| Then::HangUp)
            }
            Behaviour::AcceptAfter(delay) => {
                self.take(mail);
                thread::sleep(delay);
                self.say_and_go_on("250 taken")
            }
            Behaviour::Accept | Behaviour::RefuseRecipient(_) | Behaviour::RefuseSender(_) => {
                self.take(mail);
                self.say_and_go_on("250 taken")
            }
        }
    }

    fn take(&self, mail: Mail) {
        self.shared.state().mails.push(mail);
    }
}

fn empty_mail() -> Mail {
    Mail { from: String::new(), to: Vec::new(), text: String::new() }
}

/// What stands between the angle brackets of MAIL and RCPT.
fn address(line: &str) -> String {
    let inner = line.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    inner.map_or("", |(address, _)| address).to_owned()
}

/// Standard base64 with padding: what AUTH PLAIN carries.
pub fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let word = (0..3).fold(0_u32, |word, i| (word << 8) | u32::from(chunk.get(i).copied().unwrap_or(0)));
        for place in 0..4 {
            let letter = ALPHABET[((word >> (18 - 6 * place)) & 63) as usize];
            text.push(if place <= chunk.len() { char::from(letter) } else { '=' });
        }
    }
    text
}

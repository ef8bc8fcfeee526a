//! An SMTP server on the loopback that a test owns: it holds the real dialogue, keeps what it took, and misbehaves on request.
//!
//! What it can do wrong is what providers do wrong: refuse for good (550) or for now (450), hang up without having taken the
//! message, hang up *after* taking it but before saying so (the sender cannot know), or answer late. A [`Behaviour`] given by
//! [`SmtpServer::next`] holds for one message and then the next in line; by [`SmtpServer::always`] for all others.

mod session;

use std::collections::VecDeque;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

/// What the server does with a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Behaviour {
    /// Takes it and says 250.
    Accept,
    /// Refuses the recipient with this code (550 for good, 450 for now).
    RefuseRecipient(u16),
    /// Refuses the sender's address with this code.
    RefuseSender(u16),
    /// Lets the text come and then refuses it with this code (554 for good, 451 for now). Not taken.
    RefuseText(u16),
    /// Hangs up when the text has come, without taking it and without a word.
    HangUpUntaken,
    /// Takes the message and hangs up before saying so: it will be delivered, and the sender cannot know.
    HangUpTaken,
    /// Takes it, says 250 and hangs up at once, without waiting for QUIT.
    AcceptAndHangUp,
    /// Takes it at once, and says 250 after this time.
    AcceptAfter(Duration),
}

/// A message the server took: it stands for one delivered e-mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// The envelope sender, without angle brackets.
    pub from: String,
    /// The envelope recipients, without angle brackets.
    pub to: Vec<String>,
    /// Headers and body as transferred (CRLF line ends, dots unstuffed), decoded leniently as UTF-8.
    pub text: String,
}

impl Mail {
    /// The value of a header, as transferred; folded lines are joined. None when there is no such header.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<String> {
        let head = self.text.split("\r\n\r\n").next().unwrap_or_default();
        let mut lines = head.split("\r\n").skip_while(|line| !is_header(line, name));
        let first = lines.next()?.split_once(':')?.1.trim().to_owned();
        let folded = lines.take_while(|line| line.starts_with([' ', '\t']));
        Some(folded.fold(first, |value, line| format!("{value} {}", line.trim())))
    }
}

fn is_header(line: &str, name: &str) -> bool {
    line.split_once(':').is_some_and(|(key, _)| key.eq_ignore_ascii_case(name))
}

/// The running server; it stops when dropped.
pub struct SmtpServer {
    address: SocketAddr,
    shared: Arc<Shared>,
}

/// What the sessions and the test share.
struct Shared {
    state: Mutex<State>,
    stopping: AtomicBool,
    login: Option<String>,
}

#[derive(Default)]
struct State {
    mails: Vec<Mail>,
    next: VecDeque<Behaviour>,
    always: Option<Behaviour>,
    connections: usize,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn behaviour(&self) -> Behaviour {
        let mut state = self.state();
        state.next.pop_front().or(state.always).unwrap_or(Behaviour::Accept)
    }
}

impl SmtpServer {
    /// Listens on a free port of the loopback, without login and without TLS.
    ///
    /// # Panics
    /// When the loopback cannot be listened on.
    #[must_use]
    pub fn start() -> Self {
        Self::listen(None)
    }

    /// As [`SmtpServer::start`], and takes mail only after `AUTH PLAIN` with this user and password.
    ///
    /// # Panics
    /// As [`SmtpServer::start`].
    #[must_use]
    pub fn start_with_login(user: &str, password: &str) -> Self {
        Self::listen(Some(session::base64(format!("\0{user}\0{password}").as_bytes())))
    }

    fn listen(login: Option<String>) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("the loopback has a free port");
        let address = listener.local_addr().expect("a bound listener has an address");
        let shared = Arc::new(Shared { state: Mutex::default(), stopping: AtomicBool::new(false), login });
        let for_sessions = Arc::clone(&shared);
        thread::spawn(move || accept(&listener, &for_sessions));
        Self { address, shared }
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What it took so far, oldest first.
    #[must_use]
    pub fn messages(&self) -> Vec<Mail> {
        self.shared.state().mails.clone()
    }

    /// How many connections it saw.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.shared.state().connections
    }

    /// How it treats the next message that has no behaviour yet; call it again for the one after.
    pub fn next(&self, behaviour: Behaviour) {
        self.shared.state().next.push_back(behaviour);
    }

    /// How it treats every message from now on, after those of [`SmtpServer::next`].
    pub fn always(&self, behaviour: Behaviour) {
        self.shared.state().always = Some(behaviour);
    }
}

impl Drop for SmtpServer {
    fn drop(&mut self) {
        self.shared.stopping.store(true, Ordering::SeqCst);
        // The listener waits in accept; a connection wakes it. When that fails, it is already gone.
        drop(TcpStream::connect(self.address));
    }
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    for stream in listener.incoming() {
        if shared.stopping.load(Ordering::SeqCst) {
            return;
        }
        let Ok(stream) = stream else { continue };
        shared.state().connections += 1;
        let shared = Arc::clone(shared);
        thread::spawn(move || ended(session::serve(&stream, &shared)));
    }
}

/// A client that hangs up in the middle is nothing to report: tests do it on purpose.
fn ended(session: io::Result<()>) {
    if let Err(error) = session {
        eprintln!("smtp session ended: {error}");
    }
}

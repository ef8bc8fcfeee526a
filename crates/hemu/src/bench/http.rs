//! 32 clients that ask over connections they keep open, as browsers do.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use hemu_app::Refusal;

/// Clients at once.
const CLIENTS: usize = 32;
/// How long they ask.
const SECONDS: Duration = Duration::from_secs(2);
/// A client that waits longer has been forgotten by the server.
const PATIENCE: Duration = Duration::from_secs(30);

/// What the clients saw.
pub struct Seen {
    /// How long each answer took.
    pub answers: Vec<Duration>,
    /// How long they asked.
    pub elapsed: Duration,
}

/// Lets the clients ask, each its own requests in turn, which must all be answered with 200.
///
/// # Errors
/// The first answer that was another.
pub fn ask(address: SocketAddr, requests: &[String]) -> Result<Seen, Refusal> {
    let begun = Instant::now();
    let seen: Vec<Result<Vec<Duration>, String>> = thread::scope(|scope| {
        let client = |first: usize| scope.spawn(move || ask_in_turn(address, requests, first, begun));
        let clients: Vec<_> = (0..CLIENTS).map(client).collect();
        clients.into_iter().map(|one| one.join().unwrap_or_else(|_| Err("a client died".to_owned()))).collect()
    });
    let elapsed = begun.elapsed();
    let answers = seen.into_iter().collect::<Result<Vec<_>, _>>().map_err(Refusal::Internal)?;
    Ok(Seen { answers: answers.concat(), elapsed })
}

fn ask_in_turn(
    address: SocketAddr,
    requests: &[String],
    first: usize,
    begun: Instant,
) -> Result<Vec<Duration>, String> {
    let mut connection = Connection::open(address)?;
    let mut times = Vec::new();
    for request in requests.iter().cycle().skip(first) {
        let asked = Instant::now();
        connection.ask(request)?;
        times.push(asked.elapsed());
        if begun.elapsed() > SECONDS {
            break;
        }
    }
    Ok(times)
}

/// A connection that is kept open.
pub struct Connection {
    reader: BufReader<TcpStream>,
}

impl Connection {
    /// Opens it.
    ///
    /// # Errors
    /// When nobody listens.
    pub fn open(address: SocketAddr) -> Result<Self, String> {
        let stream = TcpStream::connect(address).map_err(|error| error.to_string())?;
        let ready = stream.set_nodelay(true).and_then(|()| stream.set_read_timeout(Some(PATIENCE)));
        ready.map_err(|error| error.to_string())?;
        Ok(Self { reader: BufReader::new(stream) })
    }

    /// Asks and reads the answer to its end.
    ///
    /// # Errors
    /// When the answer is none, or not 200.
    pub fn ask(&mut self, request: &str) -> Result<(), String> {
        let status = self.exchange(request)?;
        if status.split(' ').nth(1) == Some("200") { Ok(()) } else { Err(status) }
    }

    /// Asks and reads the answer, whatever it is, to its end; returns its status line.
    ///
    /// # Errors
    /// When there is none.
    pub fn exchange(&mut self, request: &str) -> Result<String, String> {
        let text = |error: std::io::Error| error.to_string();
        self.reader.get_mut().write_all(request.as_bytes()).map_err(text)?;
        let status = self.line()?;
        let mut length = 0;
        loop {
            let header = self.line()?.to_ascii_lowercase();
            if header.is_empty() {
                break;
            }
            if let Some(bytes) = header.strip_prefix("content-length:") {
                length = bytes.trim().parse().map_err(|_| format!("a length that is none: {bytes}"))?;
            }
        }
        let mut body = vec![0; length];
        self.reader.read_exact(&mut body).map_err(text)?;
        Ok(status)
    }

    fn line(&mut self) -> Result<String, String> {
        let mut line = String::new();
        self.reader.read_line(&mut line).map_err(|error| error.to_string())?;
        if line.is_empty() { Err("the server hung up".to_owned()) } else { Ok(line.trim_end().to_owned()) }
    }
}

/// A GET by who has that token; without one, by nobody.
pub fn get(path: &str, token: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{}\r\n", authorization(token))
}

/// A JSON document sent by who has that token.
pub fn post(path: &str, token: &str, body: &serde_json::Value) -> String {
    let body = body.to_string();
    format!(
        "POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{}Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        authorization(token),
        body.len()
    )
}

fn authorization(token: &str) -> String {
    if token.is_empty() { String::new() } else { format!("Authorization: Bearer {token}\r\n") }
}

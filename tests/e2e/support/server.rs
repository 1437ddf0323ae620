//! A server over plain sockets that answers with whatever bytes a test gives it.

use std::collections::BTreeMap;
use std::io::{self, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

/// What a connection is read from and written to.
pub(crate) trait Stream: Read + Write + Send {}

impl<T: Read + Write + Send> Stream for T {}

/// A request as it came over the wire.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) target: String,
    /// Names as they were written.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    /// Its number among all requests, from 1.
    pub(crate) number: usize,
}

impl Request {
    /// The first value of a header field.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(other, _)| other.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// The target without its query.
    pub(crate) fn path(&self) -> &str {
        self.target.split('?').next().unwrap()
    }
}

type Script = dyn FnOnce(&mut dyn Write) -> io::Result<()> + Send;

/// What a server does with a request.
pub(crate) enum Reply {
    /// Writes these bytes and waits for the next request, if the client wants to send one.
    Whole(Vec<u8>),
    /// Writes these bytes and closes the connection.
    Last(Vec<u8>),
    /// Writes what it likes for as long as it likes; the connection is closed behind it.
    Stream(Box<Script>),
    /// Writes these bytes and closes its end without having said so; what is on its way already is read, and seen.
    Farewell(Vec<u8>),
    /// Answers nothing, and resets the connection.
    Reset,
    /// Writes these bytes and closes the listener and every connection: the server is gone.
    GoAway(Vec<u8>),
}

impl Reply {
    pub(crate) fn stream(write: impl FnOnce(&mut dyn Write) -> io::Result<()> + Send + 'static) -> Self {
        Self::Stream(Box::new(write))
    }

    /// No answer for so long, and then the end of the connection.
    pub(crate) fn silence(lasts: Duration) -> Self {
        Self::stream(move |_| {
            pause(lasts);
            Ok(())
        })
    }
}

/// Does nothing for so long. A thread that is parked may be woken by anybody, and by nobody.
pub(crate) fn pause(lasts: Duration) {
    let ends = Instant::now() + lasts;
    while let Some(left) = ends.checked_duration_since(Instant::now()).filter(|left| !left.is_zero()) {
        thread::park_timeout(left);
    }
}

/// The head of an answer, whose body the test writes itself.
pub(crate) fn head(status: u16, headers: &str) -> Vec<u8> {
    format!("HTTP/1.1 {status} Reason\r\n{headers}\r\n").into_bytes()
}

/// A whole answer.
pub(crate) fn answer(status: u16, headers: &str, body: &[u8]) -> Vec<u8> {
    let mut answer = head(status, &format!("{headers}Content-Length: {}\r\n", body.len()));
    answer.extend_from_slice(body);
    answer
}

/// What a server has seen.
struct Seen {
    address: SocketAddr,
    connections: AtomicUsize,
    requests: Mutex<Vec<Request>>,
    arrived: Condvar,
    closed: AtomicBool,
    open: Mutex<BTreeMap<usize, TcpStream>>,
}

/// A server on a port of its own; it ends when it is dropped.
pub(crate) struct Server {
    scheme: &'static str,
    seen: Arc<Seen>,
}

/// What serves a request.
type Answer = dyn Fn(&Request) -> Reply + Send + Sync;
type Wrap = dyn Fn(TcpStream) -> io::Result<Box<dyn Stream>> + Send + Sync;
type Serve = dyn Fn(Box<dyn Stream>, &Seen, usize) -> io::Result<()> + Send + Sync;

impl Server {
    /// A server that answers requests.
    pub(crate) fn http(answer: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Self {
        Self::start(
            "http",
            Box::new(plain),
            Box::new(move |stream, seen, own| converse(stream, (seen, own), &answer)),
        )
    }

    /// The same behind TLS, or whatever else `wrap` puts before it.
    pub(crate) fn https(
        wrap: impl Fn(TcpStream) -> io::Result<Box<dyn Stream>> + Send + Sync + 'static,
        answer: impl Fn(&Request) -> Reply + Send + Sync + 'static,
    ) -> Self {
        Self::start(
            "https",
            Box::new(wrap),
            Box::new(move |stream, seen, own| converse(stream, (seen, own), &answer)),
        )
    }

    /// A server that does what it likes with a connection.
    pub(crate) fn tcp(serve: impl Fn(Box<dyn Stream>) -> io::Result<()> + Send + Sync + 'static) -> Self {
        Self::start("http", Box::new(plain), Box::new(move |stream, _, _| serve(stream)))
    }

    fn start(scheme: &'static str, wrap: Box<Wrap>, serve: Box<Serve>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Seen {
            address,
            connections: AtomicUsize::new(0),
            requests: Mutex::default(),
            arrived: Condvar::new(),
            closed: AtomicBool::new(false),
            open: Mutex::default(),
        });
        let (shared, work) = (Arc::clone(&seen), Arc::new((wrap, serve)));
        thread::spawn(move || {
            for stream in listener.incoming() {
                if shared.closed.load(Ordering::SeqCst) {
                    break;
                }
                let Ok(stream) = stream else { continue };
                let number = shared.connections.fetch_add(1, Ordering::SeqCst);
                let (seen, work) = (Arc::clone(&shared), Arc::clone(&work));
                thread::spawn(move || {
                    stream.set_nodelay(true).ok();
                    // Whoever reads too slowly is not waited for: a test would hang on it.
                    stream.set_write_timeout(Some(Duration::from_secs(30))).ok();
                    seen.open.lock().unwrap().insert(number, stream.try_clone().unwrap());
                    // A client that goes away in the middle is what many tests are about.
                    let done = (work.0)(stream).and_then(|stream| (work.1)(stream, &seen, number));
                    let last = seen.open.lock().unwrap().remove(&number);
                    if let (Err(io::ErrorKind::ConnectionAborted), Some(last)) =
                        (done.map_err(|error| error.kind()), last)
                    {
                        reset(last);
                    }
                });
            }
        });
        Self { scheme, seen }
    }

    pub(crate) fn url(&self) -> String {
        format!("{}://{}", self.scheme, self.seen.address)
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.seen.address
    }

    /// How many connections were accepted.
    pub(crate) fn connections(&self) -> usize {
        self.seen.connections.load(Ordering::SeqCst)
    }

    /// The requests that were read.
    pub(crate) fn requests(&self) -> Vec<Request> {
        self.seen.requests.lock().unwrap().clone()
    }

    /// Waits until so many requests were read.
    pub(crate) fn await_requests(&self, count: usize) {
        let requests = self.seen.requests.lock().unwrap();
        let few = |requests: &mut Vec<Request>| requests.len() < count;
        let bound = Duration::from_secs(30);
        let (_guard, waited) = self.seen.arrived.wait_timeout_while(requests, bound, few).unwrap();
        assert!(!waited.timed_out(), "the requests never came");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.seen.go_away();
    }
}

impl Seen {
    fn go_away(&self) {
        self.closed.store(true, Ordering::SeqCst);
        // Wakes the listener, which then sees that it is closed.
        TcpStream::connect(self.address).ok();
        for stream in self.open.lock().unwrap().values() {
            stream.shutdown(Shutdown::Both).ok();
        }
    }

    fn note(&self, mut request: Request) -> Request {
        let mut requests = self.requests.lock().unwrap();
        request.number = requests.len() + 1;
        requests.push(request.clone());
        self.arrived.notify_all();
        request
    }
}

#[expect(clippy::unnecessary_wraps, reason = "whatever else stands before a server may fail")]
fn plain(stream: TcpStream) -> io::Result<Box<dyn Stream>> {
    Ok(Box::new(stream))
}

fn converse(stream: Box<dyn Stream>, (seen, own): (&Seen, usize), answer: &Answer) -> io::Result<()> {
    let mut stream = BufReader::new(stream);
    while let Some(request) = read_request(&mut stream)? {
        let request = seen.note(request);
        let to = stream.get_mut();
        match answer(&request) {
            Reply::Whole(bytes) => {
                to.write_all(&bytes).and_then(|()| to.flush())?;
                if request.header("connection").is_some_and(|word| word.eq_ignore_ascii_case("close")) {
                    return Ok(());
                }
            }
            Reply::Last(bytes) => return to.write_all(&bytes).and_then(|()| to.flush()),
            Reply::Stream(write) => return write(to).and_then(|()| to.flush()),
            Reply::Farewell(bytes) => {
                to.write_all(&bytes).and_then(|()| to.flush())?;
                if let Some(stream) = seen.open.lock().unwrap().get(&own) {
                    stream.shutdown(Shutdown::Write)?;
                }
                while let Some(request) = read_request(&mut stream)? {
                    seen.note(request);
                }
                return Ok(());
            }
            Reply::Reset => return Err(io::ErrorKind::ConnectionAborted.into()),
            Reply::GoAway(bytes) => {
                to.write_all(&bytes).and_then(|()| to.flush())?;
                seen.go_away();
                return Ok(());
            }
        }
    }
    Ok(())
}

/// Closes a connection with a reset, by a wish that only the runtime's sockets know.
fn reset(stream: TcpStream) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build().unwrap();
    let _within = runtime.enter();
    stream.set_nonblocking(true).unwrap();
    tokio::net::TcpStream::from_std(stream).unwrap().set_zero_linger().unwrap();
}

/// The next request, or nothing where the client has no more.
fn read_request(stream: &mut impl io::BufRead) -> io::Result<Option<Request>> {
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line)? == 0 {
            return Ok(None);
        }
        match line.trim_end_matches(['\r', '\n']) {
            "" => break,
            line => lines.push(line.to_owned()),
        }
    }
    let mut words = lines.remove(0).split(' ').map(str::to_owned).collect::<Vec<_>>().into_iter();
    let split =
        |line: &String| line.split_once(':').map(|(name, value)| (name.to_owned(), value.trim().to_owned()));
    let mut request = Request {
        method: words.next().unwrap_or_default(),
        target: words.next().unwrap_or_default(),
        headers: lines.iter().filter_map(split).collect(),
        body: Vec::new(),
        number: 0,
    };
    let length = request.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    request.body = vec![0; length];
    stream.read_exact(&mut request.body)?;
    Ok(Some(request))
}

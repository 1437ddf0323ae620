//! How fast the generator itself is: the same engine against a server in this process that does nothing.

use std::io::{self, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use indexmap::IndexMap;

use super::collect::{longest_of, run};
use super::format::Model;
use super::honesty::Surroundings;
use super::job::{Class, Job, Sealed, Settings, Target};
use super::number::{real, share};
use super::prepare::Pace;
use super::shard::Shard;
use super::weights::Weights;
use crate::contract::Acceptance;
use crate::judge::{Fast, Requirement};
use crate::outcome::load::Turn;

/// How long is measured.
const SPAN: Duration = Duration::from_secs(2);
/// Connections; each is a thread of the null server.
const CONNECTIONS: usize = 16;
/// A request about as long as those of an API.
const REQUEST: &[u8] =
    b"GET /v1/null HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: lockproof\r\nAccept: */*\r\nX-API-Key: \
                         null_00000000000000000000000000000000\r\n\r\n";
/// An answer about as long as theirs.
const ANSWER: &[u8] =
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 29\r\n\r\n{\"result\":{\"null\":\"nothing\"}}";

/// How fast the generator is on this machine.
#[derive(Clone, Copy, Debug)]
pub struct Calibration {
    /// Requests a second, beside a server that does nothing and runs on the same machine.
    pub rate: f64,
    /// Its time on a processor for each request, in microseconds.
    pub cpu_us: f64,
    /// Its threads.
    pub threads: usize,
}

impl Calibration {
    /// Requests a second that its threads could send if they had a processor each and nothing to wait for.
    pub fn ceiling(&self) -> f64 {
        1e6 / self.cpu_us * real(u64::try_from(self.threads).unwrap_or(1))
    }
}

/// How long that can take at the longest, as far as it can be known before.
pub fn calibration(pace: &Pace) -> Duration {
    longest_of(SPAN, &pace.settings)
}

/// Measures how fast the generator is, with as many threads as a job has; nothing where nothing was answered.
///
/// # Errors
/// When the system gives us no socket or no thread.
pub fn calibrate(job: &Job) -> io::Result<Option<Calibration>> {
    let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
    let address = listener.local_addr()?;
    thread::Builder::new().name("null".to_owned()).spawn(move || accept(&listener))?;
    let Some(null) = null_job(job, address) else { return Ok(None) };
    let threads = null.settings.threads;
    let collected = run(&Arc::new(null), |_| {}, &mut |_| {})?;
    let completed = collected.total().completed();
    let seconds = collected.duration.as_secs_f64();
    Ok(share(collected.cpu, completed).map(|nanos| Calibration {
        rate: real(completed) / seconds,
        cpu_us: nanos / 1000.0,
        threads,
    }))
}

/// A job of one class that asks for nothing.
fn null_job(job: &Job, address: SocketAddr) -> Option<Job> {
    let request = job.classes.iter().find_map(|class| class.variants.get()?.first())?.request.clone();
    let request = crate::wire::Request { method: http::Method::GET, ..request };
    let accepted = Acceptance { status: 200, headers: IndexMap::new(), body: IndexMap::new() };
    let requirement = Requirement::Acceptance;
    let class = Class {
        name: "null".to_owned(),
        entry: "null".to_owned(),
        operation: "null".to_owned(),
        credential: None,
        accepts: true,
        turn: Turn::InTheMix,
        fast: Fast::compile(&requirement, &job.contract, &accepted),
        requirement,
        accepted,
        end: None,
        variants: vec![Sealed { bytes: REQUEST.into(), patches: Box::default(), request }].into(),
    };
    let target = Target {
        environment: "null".to_owned(),
        url: format!("http://{address}"),
        address,
        tls: None,
        authorized: None,
    };
    let whole = Settings { shard: Shard::WHOLE, start: None, ..job.settings };
    Some(Job {
        run: String::new(),
        name: "calibrate".to_owned(),
        title: "How fast the generator is".to_owned(),
        model: Model::Closed,
        schedule: None,
        span: SPAN,
        warm_up: Duration::ZERO,
        classes: vec![class],
        stamp: job.stamp,
        weights: Weights::all_of_one(),
        timeline: None,
        trips: None,
        alone: Duration::ZERO,
        left_out: Vec::new(),
        shed: Vec::new(),
        thresholds: Vec::new(),
        contract: job.contract.clone(),
        redactor: job.redactor.clone(),
        target,
        settings: Settings { connections: CONNECTIONS, requests: u64::MAX, ..whole },
        surroundings: Surroundings::default(),
    })
}

/// The null server: a thread a connection, an answer a request, for as long as the process lives.
fn accept(listener: &TcpListener) {
    for stream in listener.incoming().flatten() {
        thread::spawn(move || answer(stream).ok());
    }
}

fn answer(mut stream: TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut request = [0; 4096];
    // One request is under way at a time, and each comes in one piece.
    while stream.read(&mut request)? > 0 {
        stream.write_all(ANSWER)?;
    }
    Ok(())
}

//! `lockproof prove`: the harness proves itself, on the machine of whoever wants to trust it.

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Instant;

use clap::Args;

use crate::outcome::ExitCode;
use crate::plan::Slow;
use crate::prove::{self, Event, Fixture, Matrix, Pairs, Proof, ProveError, Stopper};

use super::bundle::Bundle;
use super::error::Failure;
use super::output::{self, Output};
use super::progress::Gauge;
use super::reports::{can_be_written, write_atomically};
use super::{Done, signals, suite};

const EXAMPLES: &str = "\
Examples:
  lockproof prove                       the whole proof; the matrix goes to reports/latest
  lockproof prove --seeds 1000          look longer for false alarms on the sound server
  lockproof prove --pairs               also every two defects of a family: do they hide each other?
  lockproof prove --slow                also the slow checks: throttling, overload, time
  lockproof prove --report json=-       the matrix on standard output, and nothing else
  lockproof run --defect ignore-expiry  one defect by itself, with everything that is found

Everything happens on this machine, on loopback. It ends with 0 where every defect is found by the
checks that name it, each with its evidence, and by no other, nothing is raised on the sound server or
on a harmless variant, and the scan finds a key in whatever ships with one, and nothing without; with 1
where any of that does not hold.";

/// Where the matrix goes that nobody asked for by name.
const LATEST: &str = "reports/latest";
/// How often a line is printed where there is no terminal: after every so many servers.
const SERVERS_PER_LINE: usize = 25;

/// Prove the suite: run it on every defect of the reference server, on harmless variants, and on the sound server.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(super) struct ProveArgs {
    /// Seeds with which the sound server is tried, in turn in every stage: plain, TLS, HTTP/2, both, Bearer, JWT, and a
    /// backend in between.
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    seeds: u32,
    /// Also plant every two defects of a family together.
    #[arg(long)]
    pairs: bool,
    /// Also try the slow checks and the defects that only they find, one after the other.
    #[arg(long)]
    slow: bool,
    /// Servers that are tried at once.
    #[arg(long, short, value_name = "N", default_value_t = 16, value_parser = clap::value_parser!(u8).range(1..=64))]
    jobs: u8,
    /// A report to write, as FORMAT or FORMAT=FILE (`-` is standard output); repeatable. Formats: json, markdown.
    /// Without it, both go to reports/latest.
    #[arg(long, value_name = "FORMAT[=FILE]")]
    report: Vec<Wanted>,
}

pub(super) fn run(args: &ProveArgs, output: &Output) -> Done {
    let wanted = if args.report.is_empty() { Wanted::standard() } else { args.report.clone() };
    // Not after minutes.
    can_be_written(&wanted.iter().map(Wanted::named).collect::<Vec<_>>())?;
    let proof = args.proof()?;
    let mut gauge = Gauge::new(output, ("servers", SERVERS_PER_LINE));
    let began = Instant::now();
    let stoppable = |stop: Stopper| signals::tell(move |signal| stop.stop(signal));
    let proved = prove::run(proof, stoppable, &mut |event| match event {
        Event::Started { servers } => gauge.begin(*servers),
        Event::Tried { server } => gauge.step(|| (*server).to_owned()),
    });
    gauge.finish();
    let matrix = match proved {
        Ok(matrix) => matrix,
        // Half a proof proves nothing, so nothing is written.
        Err(ProveError::Interrupted(signal)) => return Ok(signals::exit(signal)),
        Err(error) => return Err(Failure::System(format!("could not {error}"))),
    };
    if !wanted.iter().any(|one| one.place.is_none()) {
        let took =
            humantime::format_duration(std::time::Duration::from_secs(began.elapsed().as_secs().max(1)));
        output::print(format!("{}it took {took}\n", prove::page(&matrix)).as_bytes())?;
    }
    wanted.iter().try_for_each(|one| one.write(&matrix))?;
    Ok(if matrix.holds() { ExitCode::Conformant } else { ExitCode::NonConformant })
}

impl ProveArgs {
    fn proof(&self) -> Result<Proof, Failure> {
        Ok(Proof {
            suite: suite::read(&[])?,
            reference: fixture(Bundle::reference()?)?,
            bearer: fixture(Bundle::bearer()?)?,
            jwt: fixture(Bundle::jwt()?)?,
            seeds: self.seeds,
            pairs: if self.pairs { Pairs::OfAFamily } else { Pairs::None },
            slow: if self.slow { Slow::Included } else { Slow::LeftOut },
            jobs: self.jobs.into(),
        })
    }
}

fn fixture(bundle: Bundle) -> Result<Fixture, Failure> {
    let clients = bundle.clients()?;
    let Bundle { contract, bodies, keyring, .. } = bundle;
    Ok(Fixture { contract, bodies, keyring: keyring.with(&clients) })
}

/// One report: its format, and the file it goes to; without one, standard output.
#[derive(Clone, Debug)]
struct Wanted {
    format: Format,
    place: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug)]
enum Format {
    Json,
    Markdown,
}

impl FromStr for Wanted {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, path) = text.split_once('=').map_or((text, None), |(name, path)| (name, Some(path)));
        let format = match name {
            "json" => Format::Json,
            "markdown" => Format::Markdown,
            _ => return Err(format!("no format of the matrix is called `{name}`; there are json, markdown")),
        };
        match path {
            Some("") => Err(format!("name a file behind `{name}=`, or `-` for standard output")),
            Some("-") => Ok(Self { format, place: None }),
            Some(path) => Ok(Self { format, place: Some(path.into()) }),
            None => Ok(Self::latest(format)),
        }
    }
}

impl Wanted {
    /// What is written where nobody says what.
    fn standard() -> Vec<Self> {
        [Format::Json, Format::Markdown].map(Self::latest).to_vec()
    }

    /// What its format is called, and where it goes.
    fn named(&self) -> (&str, Option<&Path>) {
        let name = match self.format {
            Format::Json => "json",
            Format::Markdown => "markdown",
        };
        (name, self.place.as_deref())
    }

    fn latest(format: Format) -> Self {
        let name = match format {
            Format::Json => "defect-matrix.json",
            Format::Markdown => "defect-matrix.md",
        };
        Self { format, place: Some(Path::new(LATEST).join(name)) }
    }

    fn write(&self, matrix: &Matrix) -> Result<(), Failure> {
        let text = match self.format {
            Format::Markdown => prove::markdown(matrix),
            Format::Json => {
                let json = serde_json::to_string_pretty(matrix);
                json.map_err(|error| Failure::Report(format!("could not write the matrix: {error}")))? + "\n"
            }
        };
        let Some(path) = &self.place else {
            return output::print(text.as_bytes());
        };
        write_atomically(path, text.as_bytes())
            .map_err(|error| Failure::Report(format!("could not write {}: {error}", path.display())))
    }
}

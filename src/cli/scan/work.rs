//! Several files at once, and how far that has come.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, channel, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::cli::error::Failure;
use crate::cli::output::{self, Output, Progress};
use crate::scan::{Event, Place, Tally, Walker, Wanted};

use super::files::{Found, Passed, walk};
use super::history;

/// The most files that are looked into at once: each may need a few dozen megabytes.
const MOST_WORKERS: usize = 4;
/// How many files wait to be looked into.
const WAITING: usize = 256;
/// How often progress is shown, from when on, and how often where there is no terminal.
const TICK: Duration = Duration::from_millis(200);
const FIRST_TICK: u32 = 5;
const TICKS_PER_LINE: u32 = 50;

/// What is to be looked into, and for what.
pub(super) struct Job {
    /// What is looked for.
    pub(super) wanted: Wanted,
    /// Whether somebody wants no more.
    pub(super) stop: Arc<AtomicBool>,
    /// Where.
    pub(super) paths: Vec<PathBuf>,
    /// Whose git histories are looked into too.
    pub(super) histories: Vec<PathBuf>,
}

/// What came of it.
pub(super) struct Done {
    /// What was come upon.
    pub(super) tally: Tally,
    /// What a reader must know.
    pub(super) notices: Vec<String>,
}

impl Job {
    /// Looks into everything.
    pub(super) fn run(&self, output: &Output) -> Result<Done, Failure> {
        let tally = Mutex::new(self.shallow()?);
        let passed = Mutex::new(Passed::default());
        let workers = thread::available_parallelism().map_or(1, usize::from).min(MOST_WORKERS);
        let histories = thread::scope(|scope| {
            let (send, receive) = sync_channel(WAITING);
            let (working, all_done) = channel::<()>();
            let receive = Arc::new(Mutex::new(receive));
            for _ in 0..workers {
                let (receive, working, tally) = (Arc::clone(&receive), working.clone(), &tally);
                scope.spawn(move || {
                    self.work(&receive, tally);
                    drop(working);
                });
            }
            // Only the workers are to hold what they receive from: when they are gone, nobody is sent to.
            drop(receive);
            let histories = scope.spawn({
                let tally = &tally;
                move || {
                    let done = self.walk_histories(tally);
                    drop(working);
                    done
                }
            });
            scope.spawn(|| self.find(&send_to(send, &tally), &passed));
            watch(&all_done, &tally, output);
            histories.join()
        });
        histories.unwrap_or_else(|_| Err(Failure::System("look into the history".to_owned())))?;
        let mut tally = tally.into_inner().unwrap_or_else(PoisonError::into_inner);
        for path in &self.histories {
            history::name_objects(path, &mut tally)?;
        }
        let passed = passed.into_inner().unwrap_or_else(PoisonError::into_inner);
        Ok(Done { tally, notices: self.notices(&passed) })
    }

    fn find(&self, tell: &dyn Fn(Found) -> bool, passed: &Mutex<Passed>) {
        let mut passed = lock(passed);
        for path in &self.paths {
            walk(path, &mut passed, &mut |found| !self.stop.load(Ordering::Relaxed) && tell(found));
        }
    }

    /// What was passed over.
    fn notices(&self, passed: &Passed) -> Vec<String> {
        let mut notices = Vec::new();
        if passed.links > 0 {
            let links = passed.links;
            notices.push(format!(
                "{links} symbolic link(s) were not followed: name what they lead to, if it is shipped"
            ));
        }
        if passed.special > 0 {
            notices.push(format!("{} device(s), pipe(s) or socket(s) were passed over", passed.special));
        }
        let unseen = passed.histories.iter().filter(|_| self.histories.is_empty());
        notices.extend(
            unseen
                .map(|folder| format!("{} has a git history, which --history looks into", folder.display())),
        );
        notices
    }

    /// What is known of the histories before they are looked into.
    fn shallow(&self) -> Result<Tally, Failure> {
        let mut tally = Tally::default();
        for path in &self.histories {
            history::check(path)?.into_iter().for_each(|event| tally.hear(event));
        }
        Ok(tally)
    }

    fn walk_histories(&self, tally: &Mutex<Tally>) -> Result<(), Failure> {
        let mut hear = |event| lock(tally).hear(event);
        let mut walker = Walker::new(&self.wanted, &self.stop, &mut hear);
        self.histories.iter().try_for_each(|path| history::walk(path, &mut walker))
    }

    fn work(&self, files: &Mutex<Receiver<PathBuf>>, tally: &Mutex<Tally>) {
        let mut hear = |event| lock(tally).hear(event);
        let mut walker = Walker::new(&self.wanted, &self.stop, &mut hear);
        loop {
            let next = lock(files).recv();
            let Ok(path) = next else { return };
            // What waits is taken off the hands of those who look for more, even where nobody wants it any more.
            if self.stop.load(Ordering::Relaxed) {
                continue;
            }
            match open(&path) {
                Ok((mut file, length)) => {
                    walker.walk(Place::of_file(path.display().to_string()), length, &mut file);
                    lock(tally).file();
                }
                Err(error) => lock(tally).hear(unread(&path, format!("it cannot be read: {error}"))),
            }
        }
    }
}

/// A file and its length.
fn open(path: &Path) -> std::io::Result<(File, u64)> {
    let file = File::open(path)?;
    let length = file.metadata()?.len();
    Ok((file, length))
}

fn send_to(send: SyncSender<PathBuf>, tally: &Mutex<Tally>) -> impl Fn(Found) -> bool {
    move |found| match found {
        Found::File(path) => send.send(path).is_ok(),
        Found::Unread(path, why) => {
            lock(tally).hear(unread(&path, why));
            true
        }
    }
}

fn unread(path: &Path, why: String) -> Event {
    Event::Unread { place: Place::of_file(path.display().to_string()), why }
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Shows how far it has come until all are done.
fn watch(all_done: &Receiver<()>, tally: &Mutex<Tally>, output: &Output) {
    let bar = ProgressBar::with_draw_target(None, target(output.progress()));
    let style = ProgressStyle::with_template("{spinner} {msg} {elapsed}");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
    let mut ticks = 0_u32;
    while all_done.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
        ticks = ticks.saturating_add(1);
        let (files, bytes, found) = lock(tally).so_far();
        let so_far = format!("{files} files, {} MB, {found} found", bytes / 1_000_000);
        if output.progress() == Progress::Lines && ticks.is_multiple_of(TICKS_PER_LINE) {
            output::say(&format!("{so_far}\n"));
        }
        if ticks >= FIRST_TICK {
            bar.set_message(so_far);
            bar.tick();
        }
    }
    bar.finish_and_clear();
}

fn target(progress: Progress) -> ProgressDrawTarget {
    if progress == Progress::Bar { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() }
}

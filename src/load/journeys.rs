//! Journeys on goose: virtual users that go through several steps with time to think. The only file that names goose.
//!
//! Goose decides who does what when; requests are sent by our own client and judged by our own judge. Left to itself it
//! prints, installs a logger, and takes Ctrl-C for itself: it is run without metrics, behind a logger and a handler of
//! ours, on a runtime that nobody waits for longer than the plan can take.

use std::io;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use goose::config::GooseConfiguration;
use goose::goose::{GooseUser, Scenario, Transaction, TransactionFunction};
use goose::{GooseAttack, GooseError, trigger_killswitch};

use super::collect::{Collected, Event};
use super::diary::Diary;
use super::engine::{Brake, Stop};
use super::interrupter::Interrupter;
use super::job::Job;
use super::trip::{Move, Trip, Trips};
use crate::plan::Dice;
use crate::runner::{Grip, Hands, Objection, Signal, Steering, fresh_captures};
use crate::wire::{Ordinary, seal};

/// How long users may take beyond what the plan can take.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often is looked whether it is to end.
const LOOK: Duration = Duration::from_millis(50);

/// What all users share.
struct Shared {
    job: Arc<Job>,
    steering: Steering,
    diary: Diary,
    brake: Brake,
    /// A client for each user: each has connections of its own.
    clients: Vec<OnceLock<Ordinary>>,
}

/// Sends the journeys of a job and collects what comes of them.
pub(super) fn run(
    job: &Arc<Job>,
    trips: &Trips,
    interrupter: &Interrupter,
    notice: &mut dyn FnMut(&Event<'_>),
) -> io::Result<Collected> {
    tame(interrupter);
    let brake = interrupter.brake();
    let steering = trips.steering.afresh().map_err(io::Error::other)?;
    let clients = (0..trips.users).map(|_| OnceLock::new()).collect();
    let diary = Diary::new(Arc::clone(job));
    let shared = Arc::new(Shared { job: Arc::clone(job), steering, diary, brake: brake.clone(), clients });
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let (tell, told) = channel();
    let attack = attack(&shared, trips).map_err(io::Error::other)?;
    let start = shared.diary.start();
    notice(&Event::Started(trips.users));
    runtime.spawn(async move {
        tell.send(Box::pin(attack.execute()).await.map(drop)).ok();
    });
    let end = Ending { told: &told, start, brake: &brake, interrupter };
    let failures = end.wait((&shared, job), notice);
    // Whatever still hangs is left behind; it ends with the process.
    runtime.shutdown_background();
    let mut collected = shared.diary.close();
    collected.left = trips.steering.take_back();
    collected.failures = failures;
    collected.signal = interrupter.heard();
    collected.duration = start.elapsed();
    Ok(collected)
}

/// Waits for the end, outside the runtime.
struct Ending<'a> {
    told: &'a Receiver<Result<(), GooseError>>,
    start: Instant,
    brake: &'a Brake,
    interrupter: &'a Interrupter,
}

impl Ending<'_> {
    /// Tells how it goes until all users have ended, or nobody waits for them any longer; tells what failed.
    fn wait(&self, (shared, job): (&Shared, &Job), notice: &mut dyn FnMut(&Event<'_>)) -> Vec<String> {
        let longest = job.span + job.settings.grace + job.settings.timeout + PATIENCE;
        let mut informed = false;
        loop {
            if self.start.elapsed() >= job.span {
                self.brake.pull(Stop::Drain);
            }
            if self.brake.stop() != Stop::Never {
                // Again and again: when it begins, goose forgets what it was told before.
                trigger_killswitch("the plan is over");
            }
            if !informed && self.interrupter.heard().is_some() {
                informed = true;
                notice(&Event::Interrupted);
            }
            shared.diary.tell(notice);
            let late = self.start.elapsed() >= longest || self.brake.stop() == Stop::Now;
            match self.told.recv_timeout(LOOK) {
                Ok(Err(error)) => return vec![error.to_string()],
                Err(RecvTimeoutError::Timeout) if !late => {}
                Ok(Ok(())) | Err(RecvTimeoutError::Disconnected | RecvTimeoutError::Timeout) => {
                    return Vec::new();
                }
            }
        }
    }
}

/// What goose would do to the process: log to the terminal, and end it at the second Ctrl-C. Both can be had once, so
/// whoever comes first has them.
fn tame(interrupter: &Interrupter) {
    struct Silence;
    impl log::Log for Silence {
        fn enabled(&self, _: &log::Metadata<'_>) -> bool {
            false
        }
        fn log(&self, _: &log::Record<'_>) {}
        fn flush(&self) {}
    }
    log::set_logger(&Silence).ok();
    let interrupter = interrupter.clone();
    ctrlc::set_handler(move || interrupter.interrupt(Signal::Interrupt)).ok();
}

fn attack(shared: &Arc<Shared>, trips: &Trips) -> Result<GooseAttack, Box<GooseError>> {
    let job = &shared.job;
    let mut configuration = GooseConfiguration::default();
    configuration.host = Some(job.target.url.clone());
    configuration.users = Some(trips.users);
    // All within a twentieth of a second.
    configuration.increase_rate = Some(trips.users.saturating_mul(20).to_string());
    configuration.quiet = 3;
    configuration.no_print_metrics = true;
    configuration.no_error_summary = true;
    configuration.no_metrics = true;
    configuration.no_telnet = true;
    configuration.no_websocket = true;
    let mut attack = GooseAttack::initialize_with_config(configuration)?;
    for trip in &trips.all {
        let weight = usize::try_from(trip.weight).unwrap_or(1);
        let function = function(Arc::clone(shared), Arc::new(trip.clone()));
        let scenario = Scenario::new(&trip.name).set_weight(weight)?;
        attack = attack.register_scenario(scenario.register_transaction(Transaction::new(function)));
    }
    Ok(attack)
}

/// One journey of one user, as goose calls it.
fn function(shared: Arc<Shared>, trip: Arc<Trip>) -> TransactionFunction {
    Arc::new(move |user: &mut GooseUser| {
        let (shared, trip, number) = (Arc::clone(&shared), Arc::clone(&trip), user.weighted_users_index);
        Box::pin(async move {
            let went = shared.brake.stop() == Stop::Never && shared.travel(&trip, number).await;
            if !went {
                // Goose asks again at once, and would never get round to ending it.
                tokio::time::sleep(LOOK).await;
            }
            Ok(())
        })
    })
}

impl Shared {
    /// One journey, and whether it came to its end; whatever it changed is taken back behind it.
    async fn travel(&self, trip: &Trip, user: usize) -> bool {
        let Some(trips) = &self.job.trips else { return false };
        let grip = Grip { keyring: &trips.keyring, steering: &self.steering, redactor: &self.job.redactor };
        let mut hands = Hands::new(grip, &trip.name);
        let captures = fresh_captures();
        let mut dice = Dice::new(self.job.settings.seed, &captures.values().cloned().collect::<String>());
        let mut whole = true;
        for (number, step) in trip.moves.iter().enumerate() {
            if number > 0 {
                self.think(trip, &mut dice).await;
            }
            if self.brake.stop() != Stop::Never {
                whole = false;
                break;
            }
            let done = match step {
                Move::Perform(deed) => {
                    hands.perform(deed).await.map_err(Objection::into_words).map(|()| true)
                }
                Move::Send { class, draft } => {
                    let request = seal(draft, &trips.origin, hands.keyring(), &captures, &mut dice);
                    match request.map_err(|error| format!("could not {error}")) {
                        Ok(request) => self.send((*class, user), request).await,
                        Err(why) => Err(why),
                    }
                }
            };
            match done {
                Ok(true) => {}
                Ok(false) => whole = false,
                Err(why) => {
                    self.diary.problem(format!("{}: {why}", trip.name));
                    whole = false;
                }
            }
            if !whole {
                break;
            }
        }
        for left in hands.take_back().await {
            self.diary.problem(format!("{}: not taken back: {left}", trip.name));
        }
        whole
    }

    /// A while of thinking; none where it is to end.
    async fn think(&self, trip: &Trip, dice: &mut Dice) {
        let Some((from, to)) = trip.think else { return };
        let most = usize::try_from(to.saturating_sub(from).as_millis()).unwrap_or(0);
        let until = Instant::now()
            + from
            + Duration::from_millis(u64::try_from(dice.below(most.saturating_add(1))).unwrap_or(0));
        while self.brake.stop() == Stop::Never {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            tokio::time::sleep(left.min(LOOK)).await;
        }
    }

    /// Sends a request; whether its answer was right.
    async fn send(
        &self,
        (class, user): (usize, usize),
        request: crate::wire::Request,
    ) -> Result<bool, String> {
        let client = self.client(user)?;
        let sent_at = self.diary.sent(class);
        let exchange = client.send(request).await;
        Ok(self.diary.answered(class, sent_at, exchange))
    }

    fn client(&self, user: usize) -> Result<&Ordinary, String> {
        let own = self.clients.get(user).ok_or("there is no such user")?;
        if let Some(client) = own.get() {
            return Ok(client);
        }
        let options = self.job.trips.as_ref().map(|trips| &trips.options).ok_or("there are no journeys")?;
        let client = Ordinary::new(options).map_err(|error| format!("could not {error}"))?;
        Ok(own.get_or_init(|| client))
    }
}

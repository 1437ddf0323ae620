//! A peer that asks of each answer whether its status is right: goose with 64 users that send the same request as soon as
//! the last one is answered. `benches/peers.sh` uses it.
//!
//! `cargo bench --bench goose -- http://127.0.0.1:8080 5` sends for five seconds and prints how many requests were answered.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench that cannot go on ends, and says what it found"
)]

use goose::config::GooseConfiguration;
use goose::prelude::*;

const GOOD: &str = "bench_good_Qm7tR2xVb9LkD4sJw8HfYc3NzPa6Ue1G";

#[tokio::main(flavor = "current_thread")]
async fn main() {
    // Cargo says `--bench` itself.
    let arguments: Vec<String> = std::env::args().skip(1).filter(|one| !one.starts_with('-')).collect();
    let [host, seconds] = arguments.as_slice() else { return };
    let metrics = Box::pin(attack(host, seconds).execute()).await.unwrap();
    let answered = metrics.requests.values().map(|request| request.success_count).sum::<usize>();
    println!("{answered}");
}

fn attack(host: &str, seconds: &str) -> GooseAttack {
    let mut configuration = GooseConfiguration::default();
    configuration.host = Some(host.to_owned());
    configuration.users = Some(64);
    configuration.increase_rate = Some("1000".to_owned());
    configuration.run_time = Some(seconds.to_owned());
    configuration.quiet = 3;
    configuration.no_print_metrics = true;
    configuration.no_error_summary = true;
    configuration.no_telnet = true;
    let scenario = scenario!("null").register_transaction(transaction!(send));
    *Box::new(GooseAttack::initialize_with_config(configuration).unwrap().register_scenario(scenario))
}

async fn send(user: &mut GooseUser) -> TransactionResult {
    let request = user.get_request_builder(&GooseMethod::Get, "/v1/null")?.header("X-API-Key", GOOD);
    let request = GooseRequest::builder().set_request_builder(request).expect_status_code(200).build();
    if let Ok(response) = user.request(request).await?.response {
        response.bytes().await.ok();
    }
    Ok(())
}

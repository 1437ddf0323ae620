//! The implementation on plain sockets: nothing but the standard library stands between the suite and its answers, so
//! that the exact bytes of the suite meet another reader than the reference server's.

use super::{Differences, is_found_by, is_judged_like_the_reference_server, run_at};
use crate::support::{Fault, Outcome, Sockets};

/// Nothing is left out.
const DIFFERENCES: Differences<'_> = &[];

/// Runs the suite against two environments with a fault, or none.
fn run(fault: Option<Fault>) -> Outcome {
    let (sandbox, production) = (Sockets::serve("sandbox", fault), Sockets::serve("production", fault));
    run_at(&sandbox.url(), &production.url(), DIFFERENCES).run()
}

#[test]
fn a_sound_implementation_is_conformant() {
    is_judged_like_the_reference_server(&run(None), DIFFERENCES);
}

#[test]
fn an_expiry_that_nobody_looks_at_is_found() {
    is_found_by(&run(Some(Fault::ExpiryIgnored)), "key-expired");
}

#[test]
fn a_refusal_without_a_challenge_is_found() {
    is_found_by(&run(Some(Fault::NoChallenge)), "www-authenticate-present");
}

#[test]
fn a_body_that_is_asked_for_before_the_key_is_looked_at_is_found() {
    is_found_by(&run(Some(Fault::BodyAskedForFirst)), "order-expect-100");
}

#[test]
fn the_first_of_two_keys_that_decides_is_found() {
    is_found_by(&run(Some(Fault::FirstKeyDecides)), "key-duplicate-valid-first");
}

#[test]
fn keys_that_are_compared_without_regard_to_case_are_found() {
    is_found_by(&run(Some(Fault::LettersOfEitherCase)), "key-value-case");
}

#[test]
fn a_key_that_is_repeated_in_a_refusal_is_found() {
    is_found_by(&run(Some(Fault::KeyRepeated)), "leak-key-in-body");
}

#[test]
fn a_key_that_is_kept_with_the_connection_is_found() {
    is_found_by(&run(Some(Fault::KeyKeptWithConnection)), "keepalive-no-inherit");
}

#[test]
fn a_transfer_coding_that_is_recognised_by_a_part_of_its_name_is_found() {
    is_found_by(&run(Some(Fault::CodingBySubstring)), "smuggle-te-obfuscated");
}

#[test]
fn trailers_that_become_header_fields_are_found() {
    is_found_by(&run(Some(Fault::TrailersMerged)), "key-in-trailer");
}

#[test]
fn a_connection_that_goes_on_behind_its_last_request_is_found() {
    is_found_by(&run(Some(Fault::CloseNotHonoured)), "close-honoured");
}

#[test]
fn a_router_that_reads_a_path_otherwise_than_the_guard_is_found() {
    is_found_by(&run(Some(Fault::SlashesMergedBehindTheGuard)), "path-double-slash");
}

#[test]
fn a_method_that_is_not_guarded_is_found() {
    is_found_by(&run(Some(Fault::HeadUnguarded)), "head-no-key");
}

#[test]
fn a_claim_to_be_at_home_that_opens_the_door_is_found() {
    is_found_by(&run(Some(Fault::ForwardedForTrusted)), "forwarded-for-localhost");
}

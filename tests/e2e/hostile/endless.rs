//! Targets that never come to an end.

use std::io::{self, Write};
use std::thread;
use std::time::Duration;

use super::inconclusive;
use crate::support::{Edge, Outcome, Reply, Server, Small, answer, head};

const TYPE: &str = "Content-Type: application/json\r\n";
const CHALLENGE: &str = "WWW-Authenticate: ApiKey realm=\"items\"\r\n";

/// Writes the same bytes until the client has had enough, with a pause between.
fn forever(to: &mut dyn Write, bytes: &[u8], pause: Duration) -> io::Result<()> {
    loop {
        to.write_all(bytes)?;
        to.flush()?;
        thread::sleep(pause);
    }
}

/// A run with a second for every answer.
fn impatient(server: &Server) -> Outcome {
    Small::at(&server.url()).run().args(&["--timeout", "1s", "--deadline", "20s"]).run()
}

/// A run with time enough to read as much as is ever read.
fn patient(server: &Server) -> Outcome {
    Small::at(&server.url()).run().args(&["--timeout", "8s", "--deadline", "20s"]).run()
}

#[test]
fn a_head_that_drips_costs_one_time_out() {
    let server = Server::http(|_| Reply::stream(|to| forever(to, b"H", Duration::from_secs(1))));
    inconclusive("allow it more time with --timeout")
        .within(Duration::from_secs(5))
        .check_unjudged(&impatient(&server));
}

#[test]
fn a_body_that_drips_costs_one_time_out() {
    let server = Server::http(|_| {
        Reply::stream(|to| {
            to.write_all(&head(200, &format!("{TYPE}Content-Length: 1000\r\n")))?;
            forever(to, b" ", Duration::from_secs(1))
        })
    });
    inconclusive("allow it more time with --timeout")
        .within(Duration::from_secs(5))
        .check_unjudged(&impatient(&server));
}

#[test]
fn a_body_without_an_end_is_read_up_to_a_bound() {
    let server = Server::http(|_| {
        Reply::stream(|to| {
            to.write_all(&head(200, TYPE))?;
            forever(to, &vec![b' '; 65536], Duration::ZERO)
        })
    });
    inconclusive("longer than was read").check_unjudged(&patient(&server));
}

#[test]
fn chunks_without_an_end_are_read_up_to_a_bound() {
    let server = Server::http(|_| {
        Reply::stream(|to| {
            to.write_all(&head(200, &format!("{TYPE}Transfer-Encoding: chunked\r\n")))?;
            forever(to, &b"10\r\n                \r\n".repeat(1024), Duration::ZERO)
        })
    });
    inconclusive("longer than was read").check_unjudged(&patient(&server));
}

#[test]
fn an_endless_body_in_place_of_a_refusal_keeps_the_program_small() {
    let edge = Edge::default();
    let server = Server::http(move |request| {
        let sound = edge.answer(request);
        if request.method == "HEAD" || !sound.starts_with(b"HTTP/1.1 401") {
            return Reply::Whole(sound);
        }
        Reply::stream(|to| {
            to.write_all(&head(401, &format!("{TYPE}{CHALLENGE}")))?;
            forever(to, &vec![b'x'; 65536], Duration::ZERO)
        })
    });
    let run = Small::at(&server.url()).run().args(&["--timeout", "8s", "--deadline", "20s"]);
    inconclusive("nothing that tells it from anybody else's refusal")
        .within(Duration::from_secs(25))
        .check(&run.run());
}

#[test]
fn interim_answers_without_an_end_cannot_outlast_the_deadline() {
    let server = Server::http(|_| {
        Reply::stream(|to| forever(to, &b"HTTP/1.1 100 Continue\r\n\r\n".repeat(2048), Duration::ZERO))
    });
    let run = Small::at(&server.url()).run().args(&["--timeout", "1s", "--deadline", "3s"]);
    inconclusive("").within(Duration::from_secs(9)).check_unjudged(&run.run());
}

#[test]
fn interim_answers_without_an_end_are_given_up_long_before_a_distant_deadline() {
    let server = Server::http(|_| {
        Reply::stream(|to| forever(to, &b"HTTP/1.1 100 Continue\r\n\r\n".repeat(2048), Duration::ZERO))
    });
    let run = Small::at(&server.url()).run().args(&["--timeout", "500ms", "--deadline", "10m"]);
    inconclusive("").within(Duration::from_secs(10)).check_unjudged(&run.run());
}

#[test]
fn interim_answers_in_place_of_refusals_cannot_outlast_the_deadline() {
    let edge = Edge::default();
    let server = Server::http(move |request| {
        let sound = edge.answer(request);
        if request.method == "HEAD" || !sound.starts_with(b"HTTP/1.1 401") {
            return Reply::Whole(sound);
        }
        Reply::stream(|to| forever(to, &b"HTTP/1.1 100 Continue\r\n\r\n".repeat(2048), Duration::ZERO))
    });
    let run = Small::at(&server.url()).run().args(&["--timeout", "1s", "--deadline", "4s"]);
    inconclusive("").within(Duration::from_secs(10)).check(&run.run());
}

#[test]
fn a_header_field_of_ten_megabytes_is_not_taken_in() {
    let server = Server::http(|_| {
        Reply::stream(|to| {
            to.write_all(b"HTTP/1.1 200 OK\r\nX-Long: ")?;
            to.write_all(&vec![b'x'; 10 << 20])?;
            to.write_all(b"\r\nContent-Length: 0\r\n\r\n")
        })
    });
    inconclusive("see why the target sends so many or so long header fields")
        .check_unjudged(&impatient(&server));
}

#[test]
fn a_hundred_thousand_header_lines_are_not_taken_in() {
    let server = Server::http(|_| {
        Reply::stream(|to| {
            to.write_all(b"HTTP/1.1 200 OK\r\n")?;
            (0..100_000).try_for_each(|line| write!(to, "X-{line}: x\r\n"))?;
            to.write_all(b"Content-Length: 0\r\n\r\n")
        })
    });
    inconclusive("see why the target sends so many or so long header fields")
        .check_unjudged(&impatient(&server));
}

#[test]
fn long_heads_in_place_of_refusals_keep_the_program_and_its_reports_small() {
    let edge = Edge::default();
    let server = Server::http(move |request| {
        let sound = edge.answer(request);
        if request.method == "HEAD" || !sound.starts_with(b"HTTP/1.1 401") {
            return Reply::Whole(sound);
        }
        let lines = format!("X-Filler: {}\r\n", "x".repeat(3000)).repeat(100);
        Reply::Whole(answer(401, &format!("{CHALLENGE}{lines}"), b"{}"))
    });
    let outcome = Small::at(&server.url()).run().run();
    inconclusive("").check(&outcome);
    let size = std::fs::metadata(outcome.folder().join("reports/latest/results.json")).unwrap().len();
    assert!(size < 4 << 20, "{size} bytes of results");
}

#[test]
fn a_compressed_bomb_is_not_inflated() {
    // A gzip member that inflates to a gibibyte would look no different from here: nothing looks into it.
    let bomb = [&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3][..], &vec![0; 1 << 16]].concat();
    let server =
        Server::http(move |_| Reply::Whole(answer(200, &format!("{TYPE}Content-Encoding: gzip\r\n"), &bomb)));
    let outcome = impatient(&server);
    inconclusive("correct `accepted` or base_url").check_unjudged(&outcome);
    let received = &outcome.results()["controls"][0]["exchange"]["received"];
    assert_eq!(received["body_bytes"], 65546, "the body is judged as it came");
    let kept = received["headers"].as_array().unwrap();
    assert!(kept.iter().any(|line| line[0] == "content-encoding"), "{kept:?}");
}

//! What goes over the wire, and where to: the key goes to one origin and nowhere else, and nothing is sent twice in
//! silence.

use crate::support::{Authority, Edge, Keys, Lockproof, Outcome, Reply, Request, Server, Small, answer};

/// A sound target.
fn sound() -> Server {
    let edge = Edge::default();
    Server::http(move |request| Reply::Whole(edge.answer(request)))
}

/// The same behind TLS.
fn sound_behind_tls(authority: &Authority, clients: Option<&Authority>) -> Server {
    let edge = Edge::default();
    let wrap = authority.identity("127.0.0.1").wrap(clients);
    Server::https(wrap, move |request| Reply::Whole(edge.answer(request)))
}

fn conformant(outcome: &Outcome) {
    assert_eq!(outcome.code, Some(0), "{outcome}\n{}", outcome.complaints());
}

/// Whether a key stands anywhere in a request.
fn holds(request: &Request, key: &str) -> bool {
    format!("{request:?}{}", String::from_utf8_lossy(&request.body)).contains(key)
}

#[test]
fn the_proxies_of_the_environment_are_never_used() {
    let (target, proxy) = (sound(), sound());
    let mut run = Small::at(&target.url()).run();
    for name in ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
        run = run.env(name, &proxy.url());
    }
    let outcome = run.run();
    conformant(&outcome);
    assert_eq!(proxy.connections(), 0, "the environment's proxy was used");
}

#[test]
fn a_proxy_that_the_operator_names_sees_every_request_and_the_report_says_so() {
    let edge = Edge::default();
    let proxy = Server::http(move |request| {
        let path = request.target.splitn(4, '/').nth(3).unwrap_or_default();
        let forwarded = Request { target: format!("/{path}"), ..request.clone() };
        Reply::Whole(edge.answer(&forwarded))
    });
    let outcome = Small::at("http://target.invalid").run().args(&["--proxy", &proxy.url()]).run();
    conformant(&outcome);
    assert!(proxy.requests().iter().all(|request| request.target.starts_with("http://target.invalid/")));
    assert!(outcome.says(&format!("requests go through the proxy {}", proxy.url())), "{outcome}");
}

#[test]
fn requests_carry_what_they_should_and_nothing_that_tells_more() {
    // Checks of syntax send keys, cookies and tokens where they do not belong: that is what they are for.
    let target = sound();
    conformant(
        &Small::at(&target.url())
            .run()
            .args(&["--tag", "core", "--tag", "shape", "--tag", "order", "--tag", "leak"])
            .run(),
    );
    let requests = target.requests();
    assert!(!requests.is_empty());
    for request in &requests {
        let user_agent = concat!("lockproof/", env!("CARGO_PKG_VERSION"));
        assert_eq!(request.header("user-agent"), Some(user_agent), "{request:?}");
        // One check writes a path of its own behind the host.
        let host = request.header("host").map(|host| host.trim_end_matches("/healthz?x="));
        assert_eq!(host, Some(target.address().to_string().as_str()), "{request:?}");
        for unwanted in ["referer", "accept-encoding", "cookie", "authorization", "proxy-authorization"] {
            assert_eq!(request.header(unwanted), None, "{request:?}");
        }
    }
}

#[test]
fn every_request_that_a_target_sees_is_accounted_for() {
    let target = sound();
    // Checks of one step: their cases are one request each, or three where they fail.
    let run = Small::at(&target.url()).run().args(&["--only", "key-*", "--only", "valid-key-baseline"]);
    let outcome = run.run();
    conformant(&outcome);
    let (sent, controls) = (outcome.count("pass"), outcome.results()["controls"].as_array().unwrap().len());
    assert_eq!(target.requests().len(), usize::try_from(sent).unwrap() + controls);
}

#[test]
fn a_failure_is_looked_at_three_times_and_no_more() {
    let (edge, keys) = (Edge::default(), Keys::default());
    let target = Server::http(move |request| {
        let mut open = request.clone();
        if request.header("x-api-key") == Some(&keys.expired) {
            open.headers = vec![("x-api-key".to_owned(), keys.full.clone())];
        }
        Reply::Whole(edge.answer(&open))
    });
    let outcome = Small::at(&target.url()).run().args(&["--only", "key-expired"]).run();
    assert_eq!((outcome.code, outcome.count("fail")), (Some(1), 1), "{outcome}");
    let expired = target.requests().iter().filter(|one| holds(one, &Keys::default().expired)).count();
    assert_eq!(expired, 3);
}

#[test]
fn a_key_is_sent_only_in_its_carrier() {
    // Checks of syntax send keys, cookies and tokens where they do not belong: that is what they are for.
    let target = sound();
    conformant(
        &Small::at(&target.url())
            .run()
            .args(&["--tag", "core", "--tag", "shape", "--tag", "order", "--tag", "leak"])
            .run(),
    );
    let keys = Keys::default();
    for mut request in target.requests() {
        request.headers.retain(|(name, _)| !name.eq_ignore_ascii_case("x-api-key"));
        for key in [&keys.full, &keys.narrow, &keys.expired] {
            assert!(!holds(&request, key), "{request:?}");
        }
    }
}

#[test]
fn an_authority_of_the_command_line_or_of_the_contract_is_trusted() {
    let authority = Authority::new();
    let target = sound_behind_tls(&authority, None);
    let small = Small::at(&target.url());
    conformant(&small.run().file("ca.pem", &authority.pem).args(&["--ca", "ca.pem"]).run());
    let declared = small.environment("tls: { ca: trust/ca.pem }");
    conformant(&declared.run().file("trust/ca.pem", &authority.pem).run());
}

#[test]
fn a_target_that_wants_a_client_certificate_gets_ours() {
    let (authority, clients) = (Authority::new(), Authority::new());
    let target = sound_behind_tls(&authority, Some(&clients));
    let run = || {
        let run = Small::at(&target.url()).run().file("ca.pem", &authority.pem).args(&["--ca", "ca.pem"]);
        run.file("client.pem", clients.identity("lockproof").pem())
    };
    conformant(&run().args(&["--client-identity", "client.pem"]).run());
    let without = run().run();
    assert_eq!(without.code, Some(3), "{without}");
    assert!(without.says("--client-identity"), "{without}");
}

#[test]
fn a_target_that_is_not_verified_is_said_so_in_every_report() {
    let target = sound_behind_tls(&Authority::new(), None);
    let run = Small::at(&target.url()).run().args(&["--insecure", "--report", "terminal=page.txt"]);
    let outcome = run.args(&["--report", "json=results.json", "--report", "junit=junit.xml"]).run();
    assert_eq!(outcome.code, Some(0), "{outcome}");
    for report in ["page.txt", "results.json", "junit.xml"] {
        let text = std::fs::read_to_string(outcome.folder().join(report)).unwrap();
        assert!(text.contains("TLS is not verified (--insecure)"), "{report}: {text}");
    }
    assert!(outcome.says("TLS is not verified (--insecure)"), "{outcome}");
}

#[test]
fn a_certificate_that_cannot_be_read_is_wrong_usage() {
    let run = |arguments: &[&str]| {
        Small::at("https://127.0.0.1:1").run().file("wrong.pem", "not a certificate").args(arguments).run()
    };
    for arguments in [["--ca", "wrong.pem"], ["--client-identity", "wrong.pem"], ["--ca", "missing.pem"]] {
        let outcome = run(&arguments);
        assert_eq!(outcome.code, Some(2), "{arguments:?}: {outcome}");
        assert!(!outcome.stderr.is_empty(), "{arguments:?}");
    }
}

#[test]
fn cookies_of_an_answer_never_come_back() {
    // Checks of syntax send keys, cookies and tokens where they do not belong: that is what they are for.
    let edge = Edge::default();
    let target = Server::http(move |request| {
        let mut bytes = edge.answer(request);
        let end = bytes.windows(2).position(|pair| pair == b"\r\n").unwrap() + 2;
        bytes.splice(end..end, b"Set-Cookie: session=1\r\nAlt-Svc: h2=\":1\"\r\n".iter().copied());
        Reply::Whole(bytes)
    });
    let outcome = Small::at(&target.url())
        .run()
        .args(&["--tag", "core", "--tag", "shape", "--tag", "order", "--tag", "leak"])
        .run();
    assert!(outcome.checks("warn").contains("error-no-set-cookie"), "{outcome}");
    assert!(target.requests().iter().all(|request| request.header("cookie").is_none()));
}

#[test]
fn http_2_is_spoken_where_it_is_asked_for_and_never_else() {
    let target = Server::http(|_| Reply::Last(answer(200, "", b"")));
    let outcome = Small::at(&target.url()).run().args(&["--http", "2"]).run();
    assert_eq!(outcome.code, Some(3), "{outcome}");
    let first = target.requests();
    assert!(first.iter().all(|request| request.method == "PRI"), "{first:?}");
}

#[test]
fn a_base_url_that_holds_a_password_is_refused_and_not_repeated() {
    let target = sound();
    let with_password = target.url().replace("http://", "http://me:hunter2secret@");
    let outcome = Small::at(&target.url()).run().args(&["--target", &with_password]).run();
    assert_eq!(outcome.code, Some(2), "{outcome}");
    assert!(!outcome.says("hunter2secret"), "{outcome}");
    assert_eq!(target.connections(), 0);
}

#[test]
fn another_target_can_be_named_on_the_command_line() {
    let target = sound();
    let program: Lockproof = Small::at("http://127.0.0.1:1").run();
    conformant(&program.args(&["--target", &target.url()]).run());
    assert!(!target.requests().is_empty());
}

#[test]
fn a_password_of_a_proxy_is_in_no_report_and_what_is_no_proxy_is_refused() {
    let proxy = sound();
    let url = proxy.url().replace("http://", "http://alice:S3cretProxyPw@");
    let outcome = Small::at("http://target.invalid").run().args(&["--proxy", &url]).run();
    assert!(
        outcome.says(&format!("requests go through the proxy {}", url.replace("alice:S3cretProxyPw", "...")))
    );
    for file in outcome.files() {
        let text = String::from_utf8_lossy(&std::fs::read(&file).unwrap()).into_owned();
        assert!(!text.contains("S3cret") && !text.contains("alice"), "{}", file.display());
    }
    assert!(!format!("{outcome}").contains("S3cret"), "{outcome}");
    for wrong in ["htpp://alice:S3cret@127.0.0.1:1", "ftp://127.0.0.1:1", "foo"] {
        let target = sound();
        let outcome = Small::at(&target.url()).run().args(&["--proxy", wrong]).run();
        assert_eq!(outcome.code, Some(2), "{outcome}");
        assert!(outcome.says("write http://HOST:PORT"), "{outcome}");
        assert!(!format!("{outcome}").contains("S3cret"), "{outcome}");
        assert_eq!(target.connections(), 0, "nothing is sent past the proxy");
    }
}

//! Targets that give keys away, in every form and every place of an answer.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use super::search::{escaped, hex};
use super::{is_clean, random_key, random_keys, run};
use crate::support::{Edge, Identity, Keys, Reply, Server, Small, answer, head, json};

type Form = fn(&str) -> String;

/// The forms in which a target may write a key.
const FORMS: [(&str, Form); 12] = [
    ("raw", str::to_owned),
    ("upper case", str::to_uppercase),
    ("base64", |key| STANDARD.encode(key)),
    ("base64 behind a user", |key| STANDARD.encode(format!("me:{key}"))),
    ("base64url", |key| URL_SAFE_NO_PAD.encode(format!("?{key}"))),
    ("hexadecimal", hex),
    ("percent", |key| escaped(key, "%", "")),
    ("percent twice", |key| escaped(key, "%25", "")),
    ("reversed", |key| key.chars().rev().collect()),
    ("a part", |key| format!("...{}...", &key[5..25])),
    ("JSON escapes", |key| escaped(key, "\\u00", "")),
    ("HTML escapes", |key| escaped(key, "&#x", ";")),
];

/// Every form of every key, one beside the other.
fn everything(keys: &Keys) -> String {
    let forms = FORMS.iter().flat_map(|(name, form)| {
        [&keys.full, &keys.narrow, &keys.expired].map(|key| format!("{name} = {}; ", form(key)))
    });
    forms.collect()
}

/// Runs against a target whose every refusal is made of the keys' texts; acceptances are sound.
fn leaky(keys: &Keys, leak: impl Fn(&str) -> Reply + Send + Sync + 'static) {
    let (edge, text) = (Edge::new(keys), everything(keys));
    let server = Server::http(move |request| match edge.answer(request) {
        sound if sound.starts_with(b"HTTP/1.1 200") => Reply::Whole(sound),
        _ => leak(&text),
    });
    let outcome = run(&server.url(), keys).run();
    assert!([Some(1), Some(3)].contains(&outcome.code), "{outcome}");
    assert!(outcome.folder().join("reports/junit.xml").exists(), "{outcome}");
    is_clean(&outcome, keys);
}

#[test]
fn a_key_in_any_form_is_found_and_the_report_does_not_hold_it() {
    for (name, form) in FORMS {
        let keys = random_keys();
        let (edge, leaked) = (Edge::new(&keys), form(&keys.expired));
        let server = Server::http(move |request| match edge.answer(request) {
            sound if sound.starts_with(b"HTTP/1.1 401") => {
                let kind = "Content-Type: application/json\r\nWWW-Authenticate: ApiKey\r\n";
                let body = format!(r#"{{"code":"invalid_api_key","detail":"{leaked}"}}"#);
                Reply::Whole(answer(401, kind, body.as_bytes()))
            }
            sound => Reply::Whole(sound),
        });
        let outcome = run(&server.url(), &keys).args(&["--only", "leak-key-in-body"]).run();
        assert_eq!(outcome.code, Some(1), "{name}: {outcome}");
        assert!(outcome.says("holds the key of `expired`"), "{name}: {outcome}");
        is_clean(&outcome, &keys);
    }
}

#[test]
fn keys_in_a_json_body_stay_out_of_the_reports() {
    leaky(&random_keys(), |text| {
        Reply::Whole(json(401, &format!(r#"{{"code":"invalid_api_key","detail":"{text}"}}"#)))
    });
}

#[test]
fn keys_in_a_page_stay_out_of_the_reports() {
    leaky(&random_keys(), |text| {
        let page = format!("<html><title>{text}</title><!-- {text} --></html>");
        Reply::Whole(answer(401, "Content-Type: text/html\r\n", page.as_bytes()))
    });
}

#[test]
fn keys_in_header_fields_stay_out_of_the_reports() {
    for name in
        ["X-Debug", "Location", "Set-Cookie", "WWW-Authenticate", "Retry-After", "Server", "Content-Type"]
    {
        leaky(&random_keys(), move |text| Reply::Whole(answer(302, &format!("{name}: {text}\r\n"), b"{}")));
    }
}

#[test]
fn a_key_in_the_name_of_a_header_field_or_in_the_reason_stays_out_of_the_reports() {
    let keys = random_keys();
    let names = format!("X-{}: 1\r\n{}: 2\r\n", keys.full, keys.narrow);
    let reason = keys.expired.clone();
    leaky(&keys, move |_| {
        let bytes = answer(401, &names, b"{}");
        let text = String::from_utf8(bytes).unwrap().replacen("Reason", &reason, 1);
        Reply::Whole(text.into_bytes())
    });
}

#[test]
fn a_key_that_is_split_over_chunks_stays_out_of_the_reports() {
    leaky(&random_keys(), |text| {
        let text = text.to_owned();
        Reply::stream(move |to| {
            to.write_all(&head(401, "Content-Type: text/plain\r\nTransfer-Encoding: chunked\r\n"))?;
            for chunk in text.as_bytes().chunks(7) {
                write!(to, "{:x}\r\n", chunk.len())?;
                to.write_all(chunk)?;
                to.write_all(b"\r\n")?;
                to.flush()?;
            }
            to.write_all(b"0\r\n\r\n")
        })
    });
}

#[test]
fn a_key_behind_the_end_of_what_a_report_keeps_is_not_cut_in_two() {
    let keys = random_keys();
    for padding in [4096 - 20, 64 * 1024 - 20, 512 * 1024 - 20] {
        let key = keys.full.clone();
        leaky(&keys, move |_| {
            let body = format!("{}{key}{key}", ".".repeat(padding));
            Reply::Whole(answer(401, "Content-Type: text/plain\r\n", body.as_bytes()))
        });
    }
}

#[test]
fn a_key_in_an_answer_that_breaks_off_stays_out_of_the_reports() {
    leaky(&random_keys(), |text| {
        let head = head(401, &format!("X-Debug: {text}\r\nContent-Length: 9999999\r\n"));
        Reply::Last([&head, text.as_bytes()].concat())
    });
}

#[test]
fn a_key_in_what_is_not_http_stays_out_of_the_reports() {
    let keys = random_keys();
    for garbage in
        [format!("{} {}\r\n\r\n", keys.full, keys.narrow), format!("HTTP/1.1 {} x\r\n\r\n", keys.full)]
    {
        let server = Server::http(move |_| Reply::Last(garbage.clone().into_bytes()));
        let outcome = run(&server.url(), &keys).run();
        assert_eq!(outcome.code, Some(3), "{outcome}");
        is_clean(&outcome, &keys);
    }
}

#[test]
fn a_key_that_every_answer_holds_stays_out_of_the_controls() {
    let keys = random_keys();
    let text = everything(&keys);
    let location = format!("Location: http://127.0.0.1:1/{}\r\n", keys.full);
    let server = Server::http(move |_| Reply::Whole(answer(302, &location, text.as_bytes())));
    let outcome = run(&server.url(), &keys).run();
    assert_eq!(outcome.code, Some(3), "{outcome}");
    is_clean(&outcome, &keys);
}

#[test]
fn a_certificate_that_is_named_after_a_key_does_not_bring_it_into_a_report() {
    let keys = random_keys();
    let identity = Identity::self_signed(&keys.full);
    let server = Server::https(identity.wrap(None), |_| Reply::Whole(Vec::new()));
    let run = run(&server.url(), &keys).file("ca.pem", identity.pem()).args(&["--ca", "ca.pem"]);
    // The certificate itself is our input, and holds the name.
    let outcome = run.run();
    std::fs::remove_file(outcome.folder().join("ca.pem")).unwrap();
    assert_eq!(outcome.code, Some(3), "{outcome}");
    is_clean(&outcome, &keys);
}

#[test]
fn a_key_with_a_public_prefix_stays_out_but_for_its_prefix() {
    let mut keys = random_keys();
    keys.full = format!("sk_live_{}", random_key());
    let text = everything(&keys);
    let secret = Keys { full: keys.full.trim_start_matches("sk_live_").to_owned(), ..keys.clone() };
    let server = Server::http(move |_| Reply::Whole(answer(401, "", text.as_bytes())));
    let outcome = run(&server.url(), &keys).run();
    is_clean(&outcome, &secret);
}

#[test]
fn keys_that_are_carried_elsewhere_stay_out_of_the_reports() {
    let carriers = ["{ query: api_key }", "{ cookie: session }", "{ header: Authorization, scheme: Bearer }"];
    for carrier in carriers {
        let keys = random_keys();
        let leak = everything(&keys);
        let server = Server::http(move |request| {
            let location = format!("Location: {}\r\nX-Echo: {:?}\r\n", request.target, request.headers);
            Reply::Whole(answer(301, &location, leak.as_bytes()))
        });
        let contract = Small::at(&server.url()).text().replace("{ header: X-API-Key }", carrier);
        let outcome = run(&server.url(), &keys).file("lockproof.yaml", contract).run();
        assert_eq!(outcome.code, Some(3), "{carrier}: {outcome}");
        is_clean(&outcome, &keys);
    }
}

//! TLS and HTTP/2: the same edge over other frames.

use std::sync::Arc;
use std::time::{Duration, Instant};

use lockproof::mock::{self, Config, Http2, Running, TlsMode};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::support::client::{Client, once, request};
use crate::support::{FULL, body, config, reference};

const USAGE: &str = "/v1/ekyc/usage";

async fn over_tls(tls: TlsMode) -> Running {
    mock::start(Config { tls: Some(tls), ..config(reference()) }).await.unwrap()
}

/// Whether a client proves who it is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Identity {
    None,
    Shown,
}

/// A connection to the sandbox that trusts the server's own authority.
async fn connect(
    server: &Running,
    protocol: &str,
    identity: Identity,
) -> std::io::Result<TlsStream<TcpStream>> {
    let certificates = server.certificates.as_ref().unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(certificates.ca_pem.as_bytes()).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder =
        ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let builder = builder.with_root_certificates(roots);
    let pem = certificates.client_identity_pem.as_bytes();
    let mut tls = if identity == Identity::Shown {
        let chain = vec![CertificateDer::from_pem_slice(pem).unwrap()];
        builder.with_client_auth_cert(chain, PrivateKeyDer::from_pem_slice(pem).unwrap()).unwrap()
    } else {
        builder.with_no_client_auth()
    };
    tls.alpn_protocols = vec![protocol.as_bytes().to_vec()];
    let address = server.url("sandbox").unwrap().strip_prefix("https://").unwrap();
    let stream = TcpStream::connect(address).await.unwrap();
    TlsConnector::from(Arc::new(tls)).connect(ServerName::try_from("127.0.0.1").unwrap(), stream).await
}

/// An ordinary client, which speaks HTTP/2 where it can.
fn ordinary(server: &Running) -> reqwest::Client {
    let certificates = server.certificates.as_ref().unwrap();
    let ca = reqwest::Certificate::from_pem(certificates.ca_pem.as_bytes()).unwrap();
    #[expect(clippy::disallowed_methods, reason = "the product's own client is not what is tested here")]
    reqwest::Client::builder().tls_certs_only([ca]).no_proxy().build().unwrap()
}

#[tokio::test]
async fn http_1_over_tls_is_the_same_edge() {
    let server = over_tls(TlsMode::Server).await;
    let mut client = Client::over(connect(&server, "http/1.1", Identity::None).await.unwrap());
    assert_eq!(client.ask(request("GET", USAGE, "", "")).await.code(), "missing_api_key");
    assert_eq!(client.ask(request("GET", USAGE, FULL, "")).await.status, 200);
}

#[tokio::test]
async fn http_2_over_tls_is_the_same_edge() {
    let server = over_tls(TlsMode::Server).await;
    let client = ordinary(&server);
    let url = |path: &str| format!("{}{path}", server.url("sandbox").unwrap());
    let refused = client.post(url("/v1/ekyc/ocr")).body("{").send().await.unwrap();
    assert_eq!((refused.version(), refused.status().as_u16()), (reqwest::Version::HTTP_2, 401));
    assert_eq!(refused.headers()["www-authenticate"], "ApiKey realm=\"EKYC Solutions platform (reference)\"");
    assert_eq!(refused.headers()["content-type"], "application/problem+json");
    let accepted =
        client.post(url("/v1/ekyc/ocr")).header("X-API-Key", FULL).header("Content-Type", "application/json");
    let accepted = accepted.body(body("ocr")).send().await.unwrap();
    assert_eq!(accepted.status().as_u16(), 200);
    assert!(accepted.text().await.unwrap().contains("document_number"));
    let head = client.head(url(USAGE)).send().await.unwrap();
    assert_eq!((head.status().as_u16(), head.bytes().await.unwrap().len()), (401, 0));
    let large =
        client.post(url("/v1/ekyc/ocr")).header("X-API-Key", FULL).header("Content-Type", "application/json");
    assert_eq!(large.body("a".repeat(3_000_000)).send().await.unwrap().status().as_u16(), 413);
    let other_host = client.get(url(USAGE)).header("Host", "elsewhere").header("X-API-Key", FULL);
    assert_eq!(other_host.send().await.unwrap().status().as_u16(), 400);
}

#[tokio::test]
async fn where_both_sides_prove_themselves_a_client_without_a_certificate_is_not_heard() {
    let server = over_tls(TlsMode::Mutual).await;
    let mut known = Client::over(connect(&server, "http/1.1", Identity::Shown).await.unwrap());
    assert_eq!(known.ask(request("GET", USAGE, FULL, "")).await.status, 200);
    // In TLS 1.3 the client believes that it is connected until it reads.
    if let Ok(stream) = connect(&server, "http/1.1", Identity::None).await {
        assert!(Client::over(stream).ended().await);
    }
}

#[tokio::test]
async fn no_key_counts_in_the_clear_beside_tls() {
    let server = over_tls(TlsMode::Server).await;
    let plain = server.endpoints[0].plaintext_url.as_deref().unwrap();
    let right = once(plain, "GET", USAGE, FULL, "").await;
    let wrong = once(plain, "GET", USAGE, "lp_any_00000000000000000000000000000000", "").await;
    assert_eq!((right.status, right.code()), (401, "missing_api_key".to_owned()));
    assert_eq!((right.status, right.code()), (wrong.status, wrong.code()));
}

#[tokio::test]
async fn a_plain_port_speaks_http_2_to_those_who_begin_with_it_where_that_is_wanted() {
    let http2 = Http2::PriorKnowledge;
    let server = mock::start(Config { http2, ..config(reference()) }).await.unwrap();
    let url = server.url("sandbox").unwrap();
    #[expect(clippy::disallowed_methods, reason = "the product's own client is not what is tested here")]
    let client = reqwest::Client::builder().http2_prior_knowledge().no_proxy().build().unwrap();
    let answer = client.get(format!("{url}{USAGE}")).send().await.unwrap();
    assert_eq!((answer.version(), answer.status().as_u16()), (reqwest::Version::HTTP_2, 401));
    assert_eq!(once(url, "GET", USAGE, FULL, "").await.status, 200);
}

#[tokio::test]
async fn whoever_says_nothing_does_not_hold_the_end_up() {
    let plain = Config { http2: Http2::PriorKnowledge, ..config(reference()) };
    for server in [mock::start(plain).await.unwrap(), over_tls(TlsMode::Server).await] {
        let (_, address) = server.url("sandbox").unwrap().split_once("://").unwrap();
        let silent = TcpStream::connect(address).await.unwrap();
        tokio::time::sleep(Duration::from_millis(100)).await;
        let begun = Instant::now();
        server.shutdown().await;
        assert!(begun.elapsed() < Duration::from_secs(3));
        drop(silent);
    }
}

#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]
#![expect(missing_docs, reason = "a test")]
use lockproof::document::*;
#[test]
fn scratch() {
    let text = std::fs::read_to_string("/tmp/p1-c.yaml").unwrap();
    let e = lockproof::contract::load(Source { name: "lockproof.yaml".into(), text }, &|_| None);
    println!("{}", e.unwrap_err().render(Colour::Off, 120));
    let s = std::fs::read_to_string("fixtures/reference/lockproof.yaml").unwrap();
    lockproof::contract::load(Source { name: "lockproof.yaml".into(), text: s }, &|_| None)
        .map_err(|e| println!("{}", e.render(Colour::Off, 120)))
        .unwrap();
}

use super::*;

// Only there is all of 127.0.0.0/8 this machine's own.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn the_stranger_listens_where_whoever_reaches_the_platform_reaches_it_too() {
    let platform = Origin::new("http://127.0.0.1:9").unwrap();
    let upstream = Upstream::open("127.0.0.2:0".parse().unwrap(), &platform).await.unwrap();
    assert!(upstream.url().starts_with("http://127.0.0.2:"), "{}", upstream.url());
    assert!(upstream.stranger().starts_with("127.0.0.2:"), "{}", upstream.stranger());
}

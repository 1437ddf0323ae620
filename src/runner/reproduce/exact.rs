//! A command that says what a script says, in its order and with its pauses.

use std::time::Duration;

use super::keys::Keys;
use super::shell;
use crate::wire::{Act, Request, Script};

/// How long an answer may take that the script waits for.
const ANSWER: Duration = Duration::from_secs(1);
/// The longest pause: whoever waits without a bound stops here.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);
/// How long to listen for more once all is said, in seconds.
const PATIENCE: u64 = 3;
/// More bytes than that are not said one by one.
const MOST_TRICKLED: usize = 32;

/// Where it goes.
#[derive(Clone, Copy)]
pub(super) struct Peer<'a> {
    scheme: &'a str,
    host: &'a str,
    port: u16,
}

impl<'a> Peer<'a> {
    /// Where a request goes.
    pub(super) fn of(request: &'a Request) -> Self {
        let (scheme, host) = (request.url.scheme(), request.url.host_str().unwrap_or_default());
        Self { scheme, host, port: request.url.port_or_known_default().unwrap_or(80) }
    }
}

/// The command; nothing where a shell cannot say it.
pub(super) fn command(script: &Script, peer: &Peer<'_>, keys: &Keys) -> Option<String> {
    let mut said = Said::default();
    for act in &script.acts {
        match act {
            Act::Send { bytes, .. } => said.bytes.extend_from_slice(bytes),
            // No shell compresses fields or answers settings, and none knows how the target is steered meanwhile.
            Act::Frame(_) | Act::Pass(_) => return None,
            Act::Repeat { bytes, times, .. } => said.repeat(bytes, *times, keys),
            Act::Trickle { bytes, .. } if bytes.len() > MOST_TRICKLED => return None,
            Act::Trickle { bytes, every } => {
                for byte in bytes {
                    said.pause(*every, keys);
                    said.bytes.push(*byte);
                }
            }
            Act::Hold(time) if *time > LONGEST_PAUSE => said.pause(ANSWER, keys),
            Act::Hold(time) => said.pause(*time, keys),
            Act::Await => said.pause(ANSWER, keys),
            Act::EndSending => {
                said.ends = true;
                break;
            }
            Act::Leave => break,
        }
    }
    Some(said.through(peer, keys))
}

/// What was said so far.
#[derive(Default)]
struct Said {
    commands: Vec<String>,
    /// What is to be said next.
    bytes: Vec<u8>,
    /// The longest pause.
    longest: Duration,
    /// Whether the other side is told that nothing more comes.
    ends: bool,
}

impl Said {
    fn flush(&mut self, keys: &Keys) {
        self.commands.extend(shell::commands(&std::mem::take(&mut self.bytes), keys));
    }

    fn pause(&mut self, time: Duration, keys: &Keys) {
        self.flush(keys);
        self.longest = self.longest.max(time);
        self.commands.push(format!("sleep {}", time.as_secs_f64()));
    }

    fn repeat(&mut self, bytes: &[u8], times: u64, keys: &Keys) {
        self.flush(keys);
        if let [byte] = bytes {
            return self.commands.push(shell::repeated(*byte, times));
        }
        let once = shell::commands(bytes, keys).join("; ");
        self.commands.push(format!("i=0; while [ $i -lt {times} ]; do {once}; i=$((i+1)); done"));
    }

    /// All of it, to where it goes.
    fn through(mut self, peer: &Peer<'_>, keys: &Keys) -> String {
        self.flush(keys);
        let Peer { scheme, host, port } = peer;
        if *scheme == "https" {
            // It listens for no longer than there is something to be said.
            self.commands.push(format!("sleep {PATIENCE}"));
            let said = shell::together(&self.commands);
            let tls = "openssl s_client -quiet -no_ign_eof -alpn http/1.1 -connect";
            return format!("{said} | {tls} {} 2>/dev/null", shell::single(&format!("{host}:{port}")));
        }
        let said = shell::together(&self.commands);
        let wait = PATIENCE + self.longest.as_secs();
        let ends = if self.ends { "-N " } else { "" };
        let host = shell::single(host.trim_matches(['[', ']']));
        format!("{said} | nc {ends}-w {wait} {host} {port}")
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    const PLAIN: Peer<'_> = Peer { scheme: "http", host: "h", port: 81 };

    fn said(peer: Peer<'_>, acts: Vec<Act>) -> Option<String> {
        let keys = Keys::sample(&[("a-long-key", "KEY")]);
        command(&Script { acts, ..Script::default() }, &peer, &keys)
    }

    fn send(text: &'static str) -> Act {
        Act::Send { bytes: Bytes::from_static(text.as_bytes()), begins: None }
    }

    #[test]
    fn what_is_said_at_once_is_one_command() {
        let line = said(PLAIN, vec![send("GET / HTTP/1.1\r\nX: "), send("a-long-key\r\n\r\n")]);
        let wanted = r#"printf 'GET / HTTP/1.1\r\nX: %s\r\n\r\n' "$KEY" | nc -w 3 'h' 81"#;
        assert_eq!(line.unwrap(), wanted);
    }

    #[test]
    fn pauses_are_kept_and_so_is_what_is_said_over_and_over() {
        let acts = vec![
            send("a"),
            Act::Await,
            Act::Trickle { bytes: Bytes::from_static(b"bc"), every: Duration::from_millis(700) },
            Act::Repeat { bytes: Bytes::from_static(b"x"), times: 9, within: ANSWER },
            Act::Repeat { bytes: Bytes::from_static(b"yz"), times: 9, within: ANSWER },
            Act::Hold(Duration::from_secs(5)),
            Act::EndSending,
            send("never"),
        ];
        let wanted = r"{ printf 'a'; sleep 1; sleep 0.7; printf 'b'; sleep 0.7; printf 'c'; head -c 9 /dev/zero | tr '\000' '\170'; i=0; while [ $i -lt 9 ]; do printf 'yz'; i=$((i+1)); done; sleep 5; } | nc -N -w 8 '::1' 81";
        assert_eq!(said(Peer { host: "[::1]", ..PLAIN }, acts).unwrap(), wanted);
    }

    #[test]
    fn over_tls_it_goes_through_openssl() {
        let wanted = "{ printf 'a'; sleep 3; } | openssl s_client -quiet -no_ign_eof -alpn http/1.1 -connect 'h:443' 2>/dev/null";
        assert_eq!(
            said(Peer { scheme: "https", port: 443, ..PLAIN }, vec![send("a"), Act::Leave, send("b")])
                .unwrap(),
            wanted
        );
    }

    #[test]
    fn what_is_trickled_for_long_is_left_to_the_program_itself() {
        let bytes = Bytes::from_static(&[b' '; MOST_TRICKLED + 1]);
        assert!(said(PLAIN, vec![Act::Trickle { bytes, every: ANSWER }]).is_none());
    }
}

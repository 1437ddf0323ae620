//! Where keys really come from: the environment, files, standard input.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::Path;

use crate::contract::KeySupply;

/// Bytes of standard input that are read for keys.
const LONGEST_INPUT: u64 = 64 * 1024;

/// The outside world, as far as keys are concerned.
#[derive(Debug, Default)]
pub(super) struct World {
    stdin: OnceCell<BTreeMap<String, String>>,
}

impl KeySupply for World {
    fn variable(&self, name: &str) -> Option<String> {
        variable(name)
    }

    fn file(&self, path: &Path) -> Result<String, String> {
        let shown = path.display();
        let metadata = std::fs::metadata(path).map_err(|error| format!("read {shown}: {error}"))?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            if metadata.permissions().mode() & 0o077 != 0 {
                return Err(format!("others may read {shown}; take that away with `chmod 600 {shown}`"));
            }
        }
        if metadata.len() > LONGEST_INPUT {
            return Err(format!("{shown} is too long to be a key"));
        }
        std::fs::read_to_string(path).map_err(|error| format!("read {shown}: {error}"))
    }

    fn stdin(&self, label: &str) -> Option<String> {
        self.stdin.get_or_init(read_stdin).get(label).cloned()
    }
}

/// The value of an environment variable.
#[expect(clippy::disallowed_methods, reason = "cli is where the environment is read")]
pub(super) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Lines of `label=key`.
fn read_stdin() -> BTreeMap<String, String> {
    let mut text = String::new();
    std::io::stdin().lock().take(LONGEST_INPUT).read_to_string(&mut text).ok();
    let pairs = text.lines().filter_map(|line| line.split_once('='));
    pairs.map(|(label, key)| (label.trim().to_owned(), key.to_owned())).collect()
}

//! Names of snapshots, which are names of files: none leaves its folder, and none is another's on any system.

use std::fmt;

/// The longest name.
const LONGEST: usize = 64;
/// Names that some systems keep for devices.
const RESERVED: [&str; 4] = ["aux", "con", "nul", "prn"];

/// The name of a snapshot.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SnapName(String);

impl SnapName {
    /// Reads a name.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let sound = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_');
        if text.is_empty() || text.len() > LONGEST || !text.chars().all(sound) {
            return Err("the name of a snapshot is 1 to 64 of a-z, 0-9, `-` and `_`".to_owned());
        }
        let device = text.strip_prefix("com").or_else(|| text.strip_prefix("lpt"));
        let numbered = device.is_some_and(|rest| rest.len() == 1 && rest.chars().all(|c| c.is_ascii_digit()));
        if numbered || RESERVED.contains(&text) {
            return Err("some systems keep this name for a device".to_owned());
        }
        Ok(Self(text.to_owned()))
    }

    /// A name for a refusal that has none yet: its status, what it is about, where that is taken the check that first met
    /// it as well, and at last a number.
    pub(super) fn fresh(status: u16, [topic, check]: [&str; 2], is_taken: &dyn Fn(&Self) -> bool) -> Self {
        let sound = |c: char| if c.is_ascii_lowercase() || c.is_ascii_digit() { c } else { '-' };
        let plain = |text: String| -> String {
            text.to_ascii_lowercase().chars().map(sound).take(LONGEST - 5).collect()
        };
        let [short, long] = [plain(format!("{status}-{topic}")), plain(format!("{status}-{topic}-{check}"))];
        let numbered = (2..).map(|number: u32| Self(format!("{long}-{number}")));
        let names = [Self(short), Self(long.clone())].into_iter().chain(numbered);
        names.into_iter().find(|name| !is_taken(name)).unwrap_or(Self(long.clone()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SnapName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_name_stays_in_its_folder_and_is_a_file_on_every_system() {
        for name in ["401-key-missing", "a", "_", "con-1", "com10", &"x".repeat(64)] {
            assert!(SnapName::parse(name).is_ok(), "{name}");
        }
        let unsound = [
            "", ".", "..", "../x", "a/b", "a\\b", "A", "é", "a b", "a.b", "con", "nul", "com1", "lpt9", "a\0",
        ];
        for name in unsound {
            assert!(SnapName::parse(name).is_err(), "{name}");
        }
        assert!(SnapName::parse(&"x".repeat(65)).is_err());
    }

    proptest! {
        #[test]
        fn whatever_a_check_is_called_its_snapshot_has_a_sound_name(check in ".{0,99}", taken in 0_usize..3) {
            let mut names: Vec<SnapName> = Vec::new();
            for _ in 0..=taken {
                let name = SnapName::fresh(401, [&check, "a-check"], &|name| names.contains(name));
                prop_assert_eq!(SnapName::parse(name.as_str()), Ok(name.clone()));
                prop_assert!(!names.contains(&name));
                names.push(name);
            }
        }
    }
}

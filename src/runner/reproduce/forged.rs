//! How a shell makes a changed key of a real one.

use super::shell::single;
use crate::scenario::Transform;

/// Whether all that is done to a key is to put something before it or behind it: it can be seen in there.
pub(super) fn is_around(changes: &[Transform]) -> bool {
    changes.iter().all(|change| matches!(change, Transform::Append(_) | Transform::Prepend(_)))
}

/// The word that stands for the changed key of a variable.
pub(super) fn expression(variable: &str, changes: &[Transform]) -> String {
    changes.iter().fold(format!("\"${variable}\""), |key, change| changed(&key, change))
}

fn changed(key: &str, change: &Transform) -> String {
    let through = |command: &str| format!("\"$(printf %s {key} | {command})\"");
    match change {
        Transform::Append(text) => format!("{key}{}", single(text)),
        Transform::Prepend(text) => format!("{}{key}", single(text)),
        Transform::Insert(text) => {
            let before = through("awk '{print substr($0,1,int(length($0)/2))}'");
            let behind = through("awk '{print substr($0,int(length($0)/2)+1)}'");
            format!("{before}{}{behind}", single(text))
        }
        Transform::Truncate(count) => through(&format!("awk '{{print substr($0,1,length($0)-{count})}}'")),
        Transform::Keep(count) => through(&format!("head -c {count}")),
        Transform::Skip(count) => through(&format!("tail -c +{}", count + 1)),
        Transform::Prefix(true) => through("sed 's/[^_-]*$//'"),
        Transform::Repeat(times) => through(&format!("awk '{{for(i=0;i<{times};i++)printf \"%s\",$0}}'")),
        Transform::Stretch(length) => {
            through(&format!("awk '{{while(length(s)<{length})s=s $0;print substr(s,1,{length})}}'"))
        }
        Transform::FullWidth(true) => through(FULL_WIDTH),
        Transform::SwapCase(true) => through("tr a-zA-Z A-Za-z"),
        Transform::PercentEncode(true) => through(PERCENT_ENCODE),
        Transform::Sha256(true) => through("sha256sum | cut -c1-64"),
        Transform::Base64(true) => through(r"base64 | tr -d '\n'"),
        Transform::Prefix(false)
        | Transform::FullWidth(false)
        | Transform::SwapCase(false)
        | Transform::PercentEncode(false)
        | Transform::Sha256(false)
        | Transform::Base64(false) => key.to_owned(),
    }
}

/// Each graphic character of ASCII in its form of U+FF01 to U+FF5E, as the three bytes that it has in UTF-8.
const FULL_WIDTH: &str = "LC_ALL=C awk 'BEGIN{for(i=33;i<127;i++)\
    w[sprintf(\"%c\",i)]=sprintf(\"%c%c%c\",239,188+(i>95),128+(i-32)%64)}\
    {for(i=1;i<=length($0);i++)printf \"%s\",w[substr($0,i,1)]}'";

/// The first letter as a percent escape.
const PERCENT_ENCODE: &str = "awk '{i=match($0,/[A-Za-z]/);\
    for(c=65;sprintf(\"%c\",c)!=substr($0,i,1);c++);\
    printf \"%s%%%02X%s\",substr($0,1,i-1),c,substr($0,i+1)}'";

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;
    use crate::plan::{Dice, Public, forge};
    use crate::scenario::KeyTwist;

    const KEY: &str = "bk_7Qm7tR2xVb9LkD4sJw8HfYc3Nz";

    #[test]
    fn a_shell_makes_the_same_of_a_key_as_we_do() {
        let text = |text: &str| text.to_owned();
        for changes in [
            vec![Transform::Append(text("it's")), Transform::Prepend(text("\"%s\\"))],
            vec![Transform::Insert(text(" x "))],
            vec![Transform::Truncate(1), Transform::Append(text("x"))],
            vec![Transform::Keep(4)],
            vec![Transform::Skip(3)],
            vec![Transform::Prefix(true)],
            vec![Transform::Repeat(2)],
            vec![Transform::Stretch(100)],
            vec![Transform::FullWidth(true)],
            vec![Transform::SwapCase(true)],
            vec![Transform::PercentEncode(true)],
            vec![Transform::Sha256(true)],
            vec![Transform::Append(text(":")), Transform::Base64(true), Transform::Prepend(text("Basic "))],
            vec![Transform::SwapCase(false)],
        ] {
            let script = format!("printf %s {}", expression("KEY", &changes));
            let shell = Command::new("sh").args(["-c", &script]).env("KEY", KEY).output().unwrap();
            let ours = forge(KEY, Public::default(), &KeyTwist::Transform(changes), &mut Dice::new(0, ""));
            assert_eq!(String::from_utf8_lossy(&shell.stdout), ours, "{script}");
        }
    }

    #[test]
    fn a_key_with_something_around_it_can_be_seen_in_there() {
        let append = || Transform::Append("x".to_owned());
        assert!(is_around(&[append(), Transform::Prepend("y".to_owned())]));
        assert!(!is_around(&[append(), Transform::Repeat(2)]));
    }
}

//! An action that is a program.

use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, Command};

use super::{Arguments, Plane, PlaneError, Told, fill};
use crate::contract::Call;

/// How much of what a program writes about its failure is told.
const KEPT: usize = 500;

/// Runs it.
pub(super) async fn run(plane: &Plane, call: &Call, arguments: &Arguments) -> Result<Told, PlaneError> {
    let (program, rest) =
        call.command.iter().flatten().next().zip(call.command.as_ref()).ok_or(PlaneError::Undeclared)?;
    let mut command = Command::new(found(&fill::text(program, arguments)?, &plane.folder));
    for argument in rest.iter().skip(1) {
        command.arg(fill::text(argument, arguments)?);
    }
    for name in &plane.hidden {
        command.env_remove(name);
    }
    for (name, value) in &call.env {
        command.env(name, fill::text(value, arguments)?);
    }
    if !plane.folder.as_os_str().is_empty() {
        command.current_dir(&plane.folder);
    }
    let input = call.stdin.as_ref().map(|text| fill::text(text, arguments)).transpose()?;
    command.stdin(if input.is_some() { Stdio::piped() } else { Stdio::null() });
    // In a group of its own: Ctrl-C is for us, and ours is what has to be taken back.
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0).kill_on_drop(true);
    let mut child = command.spawn().map_err(|error| PlaneError::Start(error.kind().to_string()))?;
    let group = Group(child.id());
    let limit = plane.options.limits;
    let talking = talk(&mut child, input, limit.body_bytes);
    let Ok(done) = tokio::time::timeout(limit.total, talking).await else { return Err(PlaneError::Late) };
    let (status, told, trouble) = done.map_err(|error| PlaneError::Start(error.kind().to_string()))?;
    group.has_ended();
    if status.success() {
        return Ok(told);
    }
    let why = status.code().map_or_else(|| "a signal".to_owned(), |code| format!("exit code {code}"));
    // Where the target makes the key, what went wrong may hold one that nobody knows to hide.
    let said = if call.is_made_by_target() { String::new() } else { said(&trouble) };
    Err(PlaneError::Ended(format!("{why}{said}")))
}

/// A program beside the contract is found there; any other where programs are.
fn found(program: &str, folder: &Path) -> PathBuf {
    let path = Path::new(program);
    if program.contains('/') && path.is_relative() { folder.join(path) } else { path.to_owned() }
}

/// Tells the program what it is to read, and hears what it writes.
async fn talk(
    child: &mut Child,
    input: Option<String>,
    most: usize,
) -> std::io::Result<(ExitStatus, Told, Told)> {
    let (mut to, out, err) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let telling = async {
        if let (Some(to), Some(input)) = (&mut to, &input) {
            // A program that does not read is not wrong for that.
            to.write_all(input.as_bytes()).await.ok();
        }
        drop(to.take());
    };
    let ((), told, trouble, status) = tokio::join!(telling, hear(out, most), hear(err, most), child.wait());
    Ok((status?, told, trouble))
}

/// Reads to the end; keeps the last part where there is more than is kept.
async fn hear(from: Option<impl AsyncRead + Unpin>, most: usize) -> Told {
    let mut told = Told { text: Vec::new(), truncated: false };
    let Some(mut from) = from else { return told };
    let mut piece = vec![0; 8192];
    while let Ok(count @ 1..) = from.read(&mut piece).await {
        told.text.extend_from_slice(piece.get(..count).unwrap_or_default());
        if told.text.len() > 2 * most {
            told.text.drain(..told.text.len() - most);
            told.truncated = true;
        }
    }
    if told.text.len() > most {
        told.text.drain(..told.text.len() - most);
        told.truncated = true;
    }
    told
}

fn said(trouble: &Told) -> String {
    let text = String::from_utf8_lossy(&trouble.text);
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let kept: String = words.chars().take(KEPT).collect();
    if kept.is_empty() { kept } else { format!(": {kept}") }
}

/// A program and all that it started: what is left of it ends with this.
struct Group(Option<u32>);

impl Group {
    fn has_ended(mut self) {
        self.0 = None;
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        let id = self.0.and_then(|id| i32::try_from(id).ok()).and_then(rustix::process::Pid::from_raw);
        if let Some(id) = id {
            rustix::process::kill_process_group(id, rustix::process::Signal::KILL).ok();
        }
    }
}

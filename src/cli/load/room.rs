//! Whether the system has room for a load, and what it did to us meanwhile.

use std::fs;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::cli::error::Failure;
use crate::load::Surroundings;

/// Files that are open beside the connections.
const OTHER_FILES: u64 = 64;
/// Where the system says which ports it gives to connections that ask for none.
const PORTS: &str = "/proc/sys/net/ipv4/ip_local_port_range";

/// Sees to it that there are files and ports enough for the connections, as far as the system lets us.
pub(super) fn room_for(connections: usize) -> Result<(), Failure> {
    let wanted = u64::try_from(connections).unwrap_or(u64::MAX);
    files_for(wanted)?;
    let ports = fs::read_to_string(PORTS).ok().and_then(|range| ports(&range));
    match ports {
        Some(ports) if ports < wanted => Err(Failure::Void(format!(
            "the load would be void: {wanted} connections to one address need as many ports, and the system has {ports} \
             (ip_local_port_range); widen that range, use fewer connections, or more machines with --shard"
        ))),
        Some(_) | None => Ok(()),
    }
}

fn files_for(connections: u64) -> Result<(), Failure> {
    let needed = connections.saturating_add(OTHER_FILES);
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    if current.is_none_or(|current| current >= needed) {
        return Ok(());
    }
    let raised = Rlimit { current: Some(maximum.map_or(needed, |maximum| maximum.min(needed))), maximum };
    setrlimit(Resource::Nofile, raised).ok();
    match getrlimit(Resource::Nofile).current {
        Some(current) if current < needed => Err(Failure::Void(format!(
            "the load would be void: {connections} connections need {needed} open files, and the system gives this \
             process {current}; raise the limit (ulimit -n), or use fewer connections"
        ))),
        _ => Ok(()),
    }
}

/// How many ports there are in a range, both ends included.
fn ports(range: &str) -> Option<u64> {
    let mut ends = range.split_whitespace().map(str::parse::<u64>);
    let (first, last) = (ends.next()?.ok()?, ends.next()?.ok()?);
    (last + 1).checked_sub(first)
}

/// What the system has done to our control group until now; nothing that it does not tell.
pub(super) fn surroundings() -> Surroundings {
    let groups = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
    let files = groups.lines().flat_map(stat_files);
    let mut told = files.filter_map(|file| fs::read_to_string(file).ok());
    told.find_map(|stat| Surroundings::parse(&stat)).unwrap_or_default()
}

/// Where a control group tells of its processor time: where it is, and, as a container sees it, at the root.
fn stat_files(group: &str) -> Vec<String> {
    let mut parts = group.splitn(3, ':').skip(1);
    let (Some(controllers), Some(path)) = (parts.next(), parts.next()) else { return Vec::new() };
    let root = match controllers {
        "" => "/sys/fs/cgroup".to_owned(),
        controllers if controllers.split(',').any(|one| one == "cpu") => {
            format!("/sys/fs/cgroup/{controllers}")
        }
        _ => return Vec::new(),
    };
    let path = path.trim_end_matches('/');
    vec![format!("{root}{path}/cpu.stat"), format!("{root}/cpu.stat")]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_counted_with_both_ends() {
        assert_eq!(ports("32768\t60999\n"), Some(28_232));
        assert_eq!(ports("32768 32768"), Some(1));
        assert_eq!((ports(""), ports("9 1"), ports("a b")), (None, None, None));
    }

    #[test]
    fn a_control_group_of_either_version_is_found() {
        assert_eq!(stat_files("0::/a/b")[0], "/sys/fs/cgroup/a/b/cpu.stat");
        assert_eq!(stat_files("0::/"), ["/sys/fs/cgroup/cpu.stat", "/sys/fs/cgroup/cpu.stat"]);
        assert_eq!(stat_files("4:cpu,cpuacct:/a")[0], "/sys/fs/cgroup/cpu,cpuacct/a/cpu.stat");
        assert!(stat_files("5:memory:/a").is_empty() && stat_files("").is_empty());
    }
}

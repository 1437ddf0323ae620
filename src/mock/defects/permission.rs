//! Defects of permission: what a key that works may do.

use std::sync::Arc;

use super::{Defect, defect};
use crate::contract::Grant;
use crate::mock::edge::{Access, Edge, Key, Routed, Routes};

/// The family.
pub(super) const FAMILY: &[Defect] = &[
    defect("authn-only-no-authz", "Lets every key that works do everything.", authn_only_no_authz),
    defect("product-not-checked", "Lets a key for one service use the others.", product_not_checked),
    defect(
        "scope-prefix-match",
        "Takes a permission for every operation whose name begins like it.",
        scope_prefix_match,
    ),
    defect(
        "scope-checked-by-path-only",
        "Takes a permission on one method of a path for all of them.",
        scope_checked_by_path_only,
    ),
    defect(
        "inner-call-trusted",
        "Does what the calls within a batch ask, whoever may make the batch.",
        inner_call_trusted,
    ),
    defect("environment-not-checked", "Accepts keys of other environments.", environment_not_checked),
    defect(
        "admin-route-uses-app-guard",
        "Lets any application's key do the operator's work.",
        admin_route_uses_app_guard,
    ),
    defect(
        "object-owner-not-checked",
        "Shows and deletes what belongs to another application.",
        object_owner_not_checked,
    ),
    defect("deny-one-operation", "Lets no key use one operation.", deny_one_operation),
    defect("deny-all", "Lets no key do anything.", deny_all),
];

/// Whoever is authenticated is authorised. The operator's own operations have a guard of their own.
fn authn_only_no_authz(edge: &mut Edge) {
    edge.permission = Arc::new(|_, _, _| true);
}

/// Permissions are compared by the operation's name, and the service that it belongs to is not part of it.
fn product_not_checked(edge: &mut Edge) {
    let any_service = |key: &Key, wanted: &Routed, _: &Routes| {
        key.allows.iter().any(|grant| match grant.parts() {
            (_, None) => true,
            (_, Some(operation)) => operation == wanted.id.name(),
        })
    };
    edge.permission = Arc::new(any_service);
}

/// `operation.starts_with(permission)`.
fn scope_prefix_match(edge: &mut Edge) {
    let begins = |key: &Key, wanted: &Routed, _: &Routes| {
        key.allows.iter().any(|Grant(granted)| wanted.id.as_str().starts_with(granted))
    };
    edge.permission = Arc::new(begins);
}

/// Permissions are attached to paths, and a path has more than one method.
fn scope_checked_by_path_only(edge: &mut Edge) {
    let sound = Arc::clone(&edge.permission);
    edge.permission = Arc::new(move |key, wanted, routes| {
        let mut same_path = routes.all().iter().filter(|routed| routed.template == wanted.template);
        same_path.any(|routed| routed.access != Access::Operator && sound(key, routed, routes))
    });
}

/// Calls within a batch come from the edge itself, and the edge may make every call.
fn inner_call_trusted(edge: &mut Edge) {
    edge.carried = Arc::new(|_, _, _| true);
}

/// All environments share one table of keys, and the column that tells them apart is only for show.
fn environment_not_checked(edge: &mut Edge) {
    edge.environment = Arc::new(|_, _| true);
}

/// The operator's routes were copied together with the applications' guard.
fn admin_route_uses_app_guard(edge: &mut Edge) {
    edge.admin = Arc::new(|_, _, _| true);
}

/// Objects are found by their id, and whoever knows the id may have them.
fn object_owner_not_checked(edge: &mut Edge) {
    edge.owner = Arc::new(|_, _| true);
}

/// Permissions are translated by a table, and one operation is missing there.
fn deny_one_operation(edge: &mut Edge) {
    let sound = Arc::clone(&edge.permission);
    edge.permission = Arc::new(move |key, wanted, routes| {
        let left_out = left_out(routes).is_some_and(|left_out| left_out.id == wanted.id);
        !left_out && sound(key, wanted, routes)
    });
}

/// The operation that is missing: an ordinary one that is not its service's first, so that the others are as they were.
fn left_out(routes: &Routes) -> Option<&Routed> {
    let of_applications = || routes.all().iter().filter(|routed| routed.access == Access::Applications);
    let follows = |routed: &&Routed| {
        of_applications().find(|other| other.id.service() == routed.id.service()).map(|first| &first.id)
            != Some(&routed.id)
    };
    of_applications().find(follows)
}

/// The permissions were not migrated.
fn deny_all(edge: &mut Edge) {
    edge.permission = Arc::new(|_, _, _| false);
    edge.admin = Arc::new(|_, _, _| false);
}

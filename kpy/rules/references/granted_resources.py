"""What roles grant: resources that exist, in the groups that they belong to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from kpy.checking.hints import near_word
from kpy.checking.object_set import Member, Objects, SetCheck, rule_on_all, topic_within
from kpy.paths import ROOT, Path

__all__: list[str] = []

_RBAC: Final = "rbac.authorization.k8s.io"
_SOURCE: Final = "https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-resources"
#: Resources that are not kinds: for impersonation and for signing.
_VIRTUAL: Final[Mapping[str, frozenset[str]]] = {
    "": frozenset({"users", "groups", "uids", "userextras", "bindings", "componentstatuses"}),
    "authentication.k8s.io": frozenset({"users", "groups", "uids", "userextras", "serviceaccounts"}),
    "certificates.k8s.io": frozenset({"signers"}),
    "admissionregistration.k8s.io": frozenset(),
    "policy": frozenset({"podsecuritypolicies"}),
}


@rule_on_all("granted-resource-unknown", source=_SOURCE, kinds=("Role", "ClusterRole"))
def granted_resource_unknown(objects: Objects, check: SetCheck) -> None:
    """A role grants the use of a resource that no group it names has: singular, a kind, or of another group.

    Resources are plurals in small letters (`pods`), groups have no version (`apps`); the core group is `""`. Of groups
    that are not built in, only a word is judged that is another one for a resource defined here, such as its kind: who
    defines some resources of a group need not define all.
    """
    roles = [*objects.of(_RBAC, "Role", "ClusterRole")]
    resources = _resources(objects) if roles else {}
    for member in roles:
        for number, rule in enumerate(member.tree.get("rules") or ()):
            groups: list[str] = rule.get("apiGroups") or []
            at = ROOT + "rules" + number
            for index, group in enumerate(groups):
                _check_group(check, member, group, at + "apiGroups" + index)
            if not member.is_clear(*(at + "apiGroups").steps):
                continue
            if groups and all(group in resources for group in groups):
                custom = [resources[group] for group in groups if group not in objects.api.groups]
                for index, resource in enumerate(rule.get("resources") or ()):
                    if custom and not any(_says_otherwise(resource, known) for known in custom):
                        continue
                    _check_resource(check, member, resource, groups, resources, at + "resources" + index)


def _check_group(check: SetCheck, member: Member, group: str, at: Path) -> None:
    if group == "v1" or "/" in group:
        right = "" if group == "v1" else group.partition("/")[0]
        check.report(member, at, f'"{group}" has a version, and groups have none', fix=f'write "{right}"')


def _check_resource(
    check: SetCheck,
    member: Member,
    resource: str,
    groups: list[str],
    resources: Mapping[str, Mapping[str, str]],
    at: Path,
) -> None:
    base = resource.partition("/")[0]
    if base == "*" or any(base in resources[group] for group in groups):
        return
    listed = ", ".join(f'"{group}"' for group in groups)
    check.report(
        member,
        at,
        f'there is no resource "{base}" in {"group" if len(groups) == 1 else "any of the groups"} {listed}',
        fix=_fix(base, groups, resources),
        topic=topic_within(member, ("granted", base, tuple(groups))),
    )


def _fix(base: str, groups: list[str], by_group: Mapping[str, Mapping[str, str]]) -> str:
    within = {word: plural for group in groups for word, plural in _words(by_group[group])}
    meant = within.get(base.lower())
    if meant is not None:
        return f'write "{meant}"'
    elsewhere = [group for group, resources in by_group.items() if base in resources]
    if elsewhere:
        return f'"{base}" is in the group "{elsewhere[0]}": name that'
    near = near_word(base, within)
    return f'did you mean "{within[near]}"?' if near else ""


def _says_otherwise(resource: str, known: Mapping[str, str]) -> bool:
    """Return whether a word is another one for a resource that is defined here."""
    base = resource.partition("/")[0].lower()
    return any(base == word for word, _ in _words(known))


def _words(resources: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield what people may write for a resource: the plural, and the kind in small letters."""
    for plural, kind in resources.items():
        yield plural, plural
        yield kind.lower(), plural


def _resources(objects: Objects) -> dict[str, dict[str, str]]:
    """Return the resources by group: plural to kind. Groups of custom resources count when they are defined here."""
    from kpy.schema.pool import pool

    resources: dict[str, dict[str, str]] = {}
    for name, facts in pool().kinds.items():
        api_version, _, kind = name.partition(" ")
        resources.setdefault(api_version.rpartition("/")[0], {})[facts[1]] = kind
    for group, extra in _VIRTUAL.items():
        resources.setdefault(group, {}).update((name, name) for name in extra)
    for member in objects.of("apiextensions.k8s.io", "CustomResourceDefinition"):
        names: Mapping[str, Any] = member.spec.get("names") or {}
        group = member.spec.get("group") or ""
        if group in objects.api.groups or not _is_owned(objects, group):
            continue
        resources.setdefault(group, {})[names.get("plural") or ""] = names.get("kind") or ""
    return resources


def _is_owned(objects: Objects, group: str) -> bool:
    """Return whether the documents define so much of a group that its other resources would be here too."""
    return bool(group) and objects.setting.is_app

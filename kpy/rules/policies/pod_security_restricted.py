"""The Pod Security Standard "restricted": what pods must say beyond "baseline", to have as few rights as they can."""

from __future__ import annotations

from typing import Final

from kpy.checking.check import Check
from kpy.objects import Tree
from kpy.paths import Path
from kpy.rules.policies.pod_security_baseline import check_capabilities, check_proc_mount
from kpy.rules.policies.standards import containers_of, contexts_of, once, standard, with_user_namespace

__all__: list[str] = []

_VOLUMES: Final = frozenset(
    {
        "configMap",
        "csi",
        "downwardAPI",
        "emptyDir",
        "ephemeral",
        "image",
        "persistentVolumeClaim",
        "projected",
        "secret",
    }
)
_MAY_ADD: Final = frozenset({"NET_BIND_SERVICE"})


def _own(pod: Tree) -> Tree:
    """Return the security context of the pod itself."""
    context: Tree = (pod.get("spec") or {}).get("securityContext") or {}
    return context


@standard("pod-security-volume-types", "restricted")
def volume_types(pod: Tree, at: Path, check: Check) -> None:
    """A volume is of a type that leads to the node, or to storage without a claim.

    Why: By claims a cluster decides who may use which storage; other types go past that.
    """
    volumes: list[Tree] = (pod.get("spec") or {}).get("volumes") or []
    for index, volume in enumerate(volumes):
        sources = [field for field, value in volume.items() if field != "name" and value is not None]
        if sources and not _VOLUMES.intersection(sources):
            place = at + "spec" + "volumes" + index + sources[0]
            message = f'volume "{volume.get("name")}" is of type {sources[0]}'
            check.report(place, message, fix="use a claim", topic=once(place))


@standard("pod-security-privilege-escalation", "restricted", linux_only=True)
def privilege_escalation(pod: Tree, at: Path, check: Check) -> None:
    """A container may gain rights: it does not say `allowPrivilegeEscalation: false`.

    Why: A program with the setuid bit, such as `sudo`, makes a plain user root.
    """
    for container, place in containers_of(pod, at):
        if (container.get("securityContext") or {}).get("allowPrivilegeEscalation") is not False:
            check.report(
                place + "securityContext" + "allowPrivilegeEscalation",
                f'container "{container.get("name")}" may gain more rights than it starts with',
                fix="set `allowPrivilegeEscalation: false`",
            )


@standard("pod-security-run-as-non-root", "restricted")
def run_as_non_root(pod: Tree, at: Path, check: Check) -> None:
    """A container may run as root: neither the pod nor the container says `runAsNonRoot: true`, or one says false.

    Since 1.35 pods with users of their own (`hostUsers: false`) may.

    Why: Root of a container is root of the node as soon as a fault in the kernel or the runtime lets it out.
    """
    if with_user_namespace(pod, check):
        return
    fix = "set `runAsNonRoot: true`"
    own = _own(pod).get("runAsNonRoot")
    if own is False:
        check.report(at + "spec" + "securityContext" + "runAsNonRoot", "the pod may run as root", fix=fix)
    for container, place in containers_of(pod, at):
        flag = (container.get("securityContext") or {}).get("runAsNonRoot")
        if flag is False or (flag is None and own is None):
            message = f'container "{container.get("name")}" may run as root'
            check.report(place + "securityContext" + "runAsNonRoot", message, fix=fix)


@standard("pod-security-run-as-root", "restricted", since="1.23")
def run_as_root(pod: Tree, at: Path, check: Check) -> None:
    """The user of a container is 0, which is root. Since 1.35 pods with users of their own (`hostUsers: false`) may.

    Why: Root of a container is root of the node as soon as a fault in the kernel or the runtime lets it out.
    """
    if with_user_namespace(pod, check):
        return
    for context, place in contexts_of(pod, at):
        if context.get("runAsUser") == 0:
            check.report(place + "runAsUser", "the user is 0, which is root", fix="use another user")


@standard("pod-security-seccomp", "restricted", since="1.19", linux_only=True)
def seccomp(pod: Tree, at: Path, check: Check) -> None:
    """Neither the pod nor the container has a seccomp profile: `RuntimeDefault` or `Localhost`.

    Why: Without a profile all calls to the kernel are open, those that attacks on it need among them.
    """
    profile = _own(pod).get("seccompProfile")
    own = profile is not None and profile.get("type") in ("RuntimeDefault", "Localhost")
    for context, place in contexts_of(pod, at):
        given = context.get("seccompProfile")
        if given is not None and given.get("type") not in ("RuntimeDefault", "Localhost"):
            there = place + "seccompProfile" + "type"
            message = f"the seccomp profile is {given.get('type')}"
            check.report(there, message, fix="use RuntimeDefault", topic=once(there))
    if own or profile is not None:
        return
    for container, place in containers_of(pod, at):
        if (container.get("securityContext") or {}).get("seccompProfile") is None:
            message = f'container "{container.get("name")}" has no seccomp profile'
            check.report(
                place + "securityContext" + "seccompProfile",
                message,
                fix="set `seccompProfile: {type: RuntimeDefault}`",
            )


@standard("pod-security-capabilities-restricted", "restricted", since="1.22", linux_only=True)
def capabilities_restricted(pod: Tree, at: Path, check: Check) -> None:
    """A container does not drop all capabilities, or adds others than `NET_BIND_SERVICE`.

    Why: Most programs need none of them, and each one helps whoever gets in.
    """
    for container, place in containers_of(pod, at):
        dropped = ((container.get("securityContext") or {}).get("capabilities") or {}).get("drop") or ()
        if "ALL" not in dropped:
            check.report(
                place + "securityContext" + "capabilities" + "drop",
                f'container "{container.get("name")}" keeps its default capabilities',
                fix="set `capabilities: {drop: [ALL]}`",
            )
    check_capabilities(pod, at, check, _MAY_ADD)


@standard("pod-security-proc-mount-restricted", "restricted")
def proc_mount_restricted(pod: Tree, at: Path, check: Check) -> None:
    """A container sees an unmasked `/proc`, whatever its users are.

    Why: An unmasked `/proc` shows settings of the node's kernel, and lets root change them.
    """
    check_proc_mount(pod, at, check)

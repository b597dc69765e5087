"""The Pod Security Standard "baseline": what pods must not have, since it leads out of the container."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from kpy.checking.check import Check
from kpy.objects import Tree
from kpy.paths import Path
from kpy.rules.policies.standards import containers_of, contexts_of, once, standard, with_user_namespace

__all__ = ["check_capabilities", "check_proc_mount"]

_DEFAULT_CAPABILITIES: Final = frozenset(
    {
        "AUDIT_WRITE",
        "CHOWN",
        "DAC_OVERRIDE",
        "FOWNER",
        "FSETID",
        "KILL",
        "MKNOD",
        "NET_BIND_SERVICE",
        "SETFCAP",
        "SETGID",
        "SETPCAP",
        "SETUID",
        "SYS_CHROOT",
    }
)
#: The release from which on sysctls are safe.
_SAFE_SYSCTLS: Final[Mapping[str, str]] = {
    "kernel.shm_rmid_forced": "1.0",
    "net.ipv4.ip_local_port_range": "1.0",
    "net.ipv4.tcp_syncookies": "1.0",
    "net.ipv4.ping_group_range": "1.0",
    "net.ipv4.ip_unprivileged_port_start": "1.0",
    "net.ipv4.ip_local_reserved_ports": "1.27",
    "net.ipv4.tcp_keepalive_time": "1.29",
    "net.ipv4.tcp_fin_timeout": "1.29",
    "net.ipv4.tcp_keepalive_intvl": "1.29",
    "net.ipv4.tcp_keepalive_probes": "1.29",
    "net.ipv4.tcp_rmem": "1.32",
    "net.ipv4.tcp_wmem": "1.32",
    "net.ipv4.tcp_slow_start_after_idle": "1.37",
    "net.ipv4.tcp_notsent_lowat": "1.37",
}
_SELINUX_TYPES: Final = frozenset({"", "container_t", "container_init_t", "container_kvm_t"})
#: What a pod shares with its node by a field.
_SHARED: Final = {"hostNetwork": "the network", "hostPID": "the processes", "hostIPC": "the memory"}
_APP_ARMOR: Final = "container.apparmor.security.beta.kubernetes.io/"
_BOTH: Final = ("baseline", "restricted")


@standard("pod-security-privileged", *_BOTH)
def privileged(pod: Tree, at: Path, check: Check) -> None:
    """A container is privileged.

    Why: It has nearly all rights of its node: who gets into it owns the node.
    """
    for container, place in containers_of(pod, at):
        if (container.get("securityContext") or {}).get("privileged") is True:
            check.report(place + "securityContext" + "privileged", "the container is privileged", fix="leave it out")


@standard("pod-security-host-namespaces", *_BOTH)
def host_namespaces(pod: Tree, at: Path, check: Check) -> None:
    """A pod shares the network, the processes or the memory of its node.

    Why: It can listen to the traffic of the node and speak in its name, or look into the processes of all other pods.
    """
    for field in _SHARED:
        if (pod.get("spec") or {}).get(field) is True:
            check.report(at + "spec" + field, f"the pod shares {_SHARED[field]} of its node", fix="leave it out")


@standard("pod-security-host-ports", *_BOTH)
def host_ports(pod: Tree, at: Path, check: Check) -> None:
    """A container takes a port of its node.

    Why: It can be reached past Services and network policies, and only one such pod fits on a node.
    """
    for container, place in containers_of(pod, at):
        taken = [
            (index, port["hostPort"]) for index, port in enumerate(container.get("ports") or ()) if port.get("hostPort")
        ]
        if taken:
            numbers = ", ".join(str(number) for _, number in taken)
            message = f"the container takes port{'s' if len(taken) > 1 else ''} {numbers} of the node"
            check.report(place + "ports" + taken[0][0] + "hostPort", message, fix="use a Service")


@standard("pod-security-host-path", "baseline")
def host_path(pod: Tree, at: Path, check: Check) -> None:
    """A pod mounts a file or folder of its node.

    The restricted standard says the same by `pod-security-volume-types`.

    Why: What is written there outlives the pod and may change what runs on the node; what is read there may belong to
    others.
    """
    for index, volume in enumerate((pod.get("spec") or {}).get("volumes") or ()):
        if volume.get("hostPath") is not None:
            place = at + "spec" + "volumes" + index + "hostPath"
            message = f'volume "{volume.get("name")}" is a file or folder of the node'
            check.report(place, message, topic=once(place))


@standard("pod-security-capabilities", "baseline")
def capabilities(pod: Tree, at: Path, check: Check) -> None:
    """A container adds capabilities beyond those that containers have by default.

    Why: Some of them, such as SYS_ADMIN, lead out of the container; others reach into the network of the node.
    """
    check_capabilities(pod, at, check, _DEFAULT_CAPABILITIES)


def check_capabilities(pod: Tree, at: Path, check: Check, allowed: frozenset[str]) -> None:
    """Report the capabilities that containers add and must not."""
    for container, place in containers_of(pod, at):
        added = ((container.get("securityContext") or {}).get("capabilities") or {}).get("add") or ()
        extra = [index for index, name in enumerate(added) if name not in allowed]
        if extra:
            names = ", ".join(added[index] for index in extra)
            there = place + "securityContext" + "capabilities" + "add" + extra[0]
            word = "capability" if len(extra) == 1 else "capabilities"
            message = f"the container adds the {word} {names}"
            check.report(there, message, fix=f"leave out {names}", topic=once(there))


@standard("pod-security-proc-mount", "baseline")
def proc_mount(pod: Tree, at: Path, check: Check) -> None:
    """A container sees an unmasked `/proc`. Since 1.35 pods with users of their own (`hostUsers: false`) may.

    Why: An unmasked `/proc` shows settings of the node's kernel, and lets root change them.
    """
    if not with_user_namespace(pod, check):
        check_proc_mount(pod, at, check)


def check_proc_mount(pod: Tree, at: Path, check: Check) -> None:
    """Report the containers that see more of `/proc` than by default."""
    for container, place in containers_of(pod, at):
        proc_mount = (container.get("securityContext") or {}).get("procMount")
        if proc_mount is not None and proc_mount != "Default":
            there = place + "securityContext" + "procMount"
            check.report(there, f"`procMount` is {proc_mount}", fix="leave it out", topic=once(there))


@standard("pod-security-selinux", *_BOTH)
def selinux(pod: Tree, at: Path, check: Check) -> None:
    """The SELinux type of a container is none for containers, or its SELinux user or role is set.

    Why: Another type takes away the wall that SELinux has between containers and the node.
    """
    allowed = _SELINUX_TYPES | ({"container_engine_t"} if check.at_least("1.31") else set())
    for context, place in contexts_of(pod, at):
        options = context.get("seLinuxOptions") or {}
        if (options.get("type") or "") not in allowed:
            check.report(place + "seLinuxOptions" + "type", f"the SELinux type is {options['type']}")
        for field in ("user", "role"):
            if options.get(field):
                check.report(place + "seLinuxOptions" + field, f"the SELinux {field} is set", fix="leave it out")


@standard("pod-security-seccomp-unconfined", "baseline")
def seccomp_unconfined(pod: Tree, at: Path, check: Check) -> None:
    """A seccomp profile is `Unconfined`.

    Why: All calls to the kernel are open, those that attacks on it need among them.
    """
    for context, place in contexts_of(pod, at):
        profile = context.get("seccompProfile")
        if profile is not None and profile.get("type") not in ("RuntimeDefault", "Localhost"):
            there = place + "seccompProfile" + "type"
            message = f"the seccomp profile is {profile.get('type')}"
            check.report(there, message, fix="use RuntimeDefault", topic=once(there))


@standard("pod-security-app-armor", *_BOTH)
def app_armor(pod: Tree, at: Path, check: Check) -> None:
    """An AppArmor profile is `Unconfined`, by its field or by annotation.

    Why: The container may do to files and devices what the profile of the runtime keeps it from.
    """
    for context, place in contexts_of(pod, at):
        profile = context.get("appArmorProfile")
        if profile is not None and profile.get("type") not in ("RuntimeDefault", "Localhost"):
            message = f"the AppArmor profile is {profile.get('type')}"
            check.report(place + "appArmorProfile" + "type", message, fix="use RuntimeDefault")
    for key, value in ((pod.get("metadata") or {}).get("annotations") or {}).items():
        is_sound = not value or value == "runtime/default" or value.startswith("localhost/")
        if key.startswith(_APP_ARMOR) and not is_sound:
            check.report((at + "metadata" + "annotations").key(key), f"the AppArmor profile is {value}")


@standard("pod-security-sysctls", *_BOTH)
def sysctls(pod: Tree, at: Path, check: Check) -> None:
    """A pod sets kernel parameters (sysctls) that do not stay within the pod.

    Why: They change the kernel for all pods of the node.
    """
    context = (pod.get("spec") or {}).get("securityContext") or {}
    for index, sysctl in enumerate(context.get("sysctls") or ()):
        since = _SAFE_SYSCTLS.get(sysctl.get("name") or "")
        if since is None or not check.at_least(since):
            place = at + "spec" + "securityContext" + "sysctls" + index + "name"
            check.report(place, f"the sysctl {sysctl.get('name')} reaches beyond the pod")


@standard("pod-security-host-process", *_BOTH)
def host_process(pod: Tree, at: Path, check: Check) -> None:
    """A container of Windows runs as a process of its node.

    Why: It has the rights of the node's own users, the files and the network of the node.
    """
    for context, place in contexts_of(pod, at):
        if (context.get("windowsOptions") or {}).get("hostProcess") is True:
            check.report(place + "windowsOptions" + "hostProcess", "the container runs as a process of the node")


@standard("pod-security-host-probes", *_BOTH, since="1.34")
def host_probes(pod: Tree, at: Path, check: Check) -> None:
    """A probe or hook calls another host than the pod.

    Why: The kubelet makes the call, from the node: so one can look around in networks that pods cannot reach.
    """
    for container, place in containers_of(pod, at):
        for action, there in _calls(container, place):
            if action.get("host"):
                check.report(
                    there + "host", f"the probe or hook calls another host: {action['host']}", fix="leave it out"
                )


def _calls(container: Tree, at: Path) -> Iterator[tuple[Tree, Path]]:
    """Yield the calls of probes and hooks."""
    hooks = container.get("lifecycle") or {}
    handlers = [
        *((container.get(name), at + name) for name in ("livenessProbe", "readinessProbe", "startupProbe")),
        *((hooks.get(name), at + "lifecycle" + name) for name in ("postStart", "preStop")),
    ]
    for handler, place in handlers:
        for name in ("httpGet", "tcpSocket"):
            if handler and handler.get(name):
                yield handler[name], place + name

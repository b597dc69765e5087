"""The Pod Security Standard "baseline": what pods must not have, since it leads out of the container."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from kpy.checking.check import Check
from kpy.objects import Tree
from kpy.paths import Path
from kpy.rules.policies.standards import containers_of, contexts_of, standard, with_user_namespace

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
_APP_ARMOR: Final = "container.apparmor.security.beta.kubernetes.io/"
_BOTH: Final = ("baseline", "restricted")


@standard("pod-security-privileged", *_BOTH)
def privileged(pod: Tree, at: Path, check: Check) -> None:
    """A privileged container has nearly all rights of the node."""
    for container, place in containers_of(pod, at):
        if (container.get("securityContext") or {}).get("privileged") is True:
            check.report(place + "securityContext" + "privileged", "the container is privileged", fix="leave it out")


@standard("pod-security-host-namespaces", *_BOTH)
def host_namespaces(pod: Tree, at: Path, check: Check) -> None:
    """Pods do not share the network, the processes or the memory of the node."""
    for field in ("hostNetwork", "hostPID", "hostIPC"):
        if (pod.get("spec") or {}).get(field) is True:
            check.report(at + "spec" + field, f"the pod shares a namespace of the node: `{field}`", fix="leave it out")


@standard("pod-security-host-ports", *_BOTH)
def host_ports(pod: Tree, at: Path, check: Check) -> None:
    """Containers do not take ports of the node."""
    for container, place in containers_of(pod, at):
        for index, port in enumerate(container.get("ports") or ()):
            if port.get("hostPort"):
                message = f"the container takes port {port['hostPort']} of the node"
                check.report(place + "ports" + index + "hostPort", message, fix="use a Service")


@standard("pod-security-host-path", "baseline")
def host_path(pod: Tree, at: Path, check: Check) -> None:
    """Pods do not mount folders of the node; the restricted standard says the same by `pod-security-volume-types`."""
    for index, volume in enumerate((pod.get("spec") or {}).get("volumes") or ()):
        if volume.get("hostPath") is not None:
            check.report(at + "spec" + "volumes" + index + "hostPath", f'volume "{volume.get("name")}" is of the node')


@standard("pod-security-capabilities", "baseline")
def capabilities(pod: Tree, at: Path, check: Check) -> None:
    """Containers add no capabilities beyond those that they have by default."""
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
            check.report(there, f"the container adds the {word} {names}", fix=f"leave out {names}")


@standard("pod-security-proc-mount", "baseline")
def proc_mount(pod: Tree, at: Path, check: Check) -> None:
    """Containers see the masked `/proc`; since 1.35 pods with users of their own are free."""
    if not with_user_namespace(pod, check):
        check_proc_mount(pod, at, check)


def check_proc_mount(pod: Tree, at: Path, check: Check) -> None:
    """Report the containers that see more of `/proc` than by default."""
    for container, place in containers_of(pod, at):
        proc_mount = (container.get("securityContext") or {}).get("procMount")
        if proc_mount is not None and proc_mount != "Default":
            check.report(place + "securityContext" + "procMount", f"`procMount` is {proc_mount}", fix="leave it out")


@standard("pod-security-selinux", *_BOTH)
def selinux(pod: Tree, at: Path, check: Check) -> None:
    """The SELinux type is one for containers, and neither user nor role is set."""
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
    """No seccomp profile is `Unconfined`."""
    for context, place in contexts_of(pod, at):
        profile = context.get("seccompProfile")
        if profile is not None and profile.get("type") not in ("RuntimeDefault", "Localhost"):
            message = f"the seccomp profile is {profile.get('type')}"
            check.report(place + "seccompProfile" + "type", message, fix="use RuntimeDefault")


@standard("pod-security-app-armor", *_BOTH)
def app_armor(pod: Tree, at: Path, check: Check) -> None:
    """No AppArmor profile is `Unconfined`, neither by field nor by annotation."""
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
    """Pods set only the sysctls that stay within a pod."""
    context = (pod.get("spec") or {}).get("securityContext") or {}
    for index, sysctl in enumerate(context.get("sysctls") or ()):
        since = _SAFE_SYSCTLS.get(sysctl.get("name") or "")
        if since is None or not check.at_least(since):
            place = at + "spec" + "securityContext" + "sysctls" + index + "name"
            check.report(place, f"sysctl {sysctl.get('name')} is not one of the safe ones")


@standard("pod-security-host-process", *_BOTH)
def host_process(pod: Tree, at: Path, check: Check) -> None:
    """Containers of Windows are not processes of the node."""
    for context, place in contexts_of(pod, at):
        if (context.get("windowsOptions") or {}).get("hostProcess") is True:
            check.report(place + "windowsOptions" + "hostProcess", "it runs as a process of the node")


@standard("pod-security-host-probes", *_BOTH, since="1.34")
def host_probes(pod: Tree, at: Path, check: Check) -> None:
    """Probes and hooks call the pod and no other host."""
    for container, place in containers_of(pod, at):
        for action, there in _calls(container, place):
            if action.get("host"):
                check.report(there + "host", f"it calls the host {action['host']}", fix="leave it out")


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

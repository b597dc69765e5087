"""Security contexts: users, privileges, seccomp, AppArmor, sysctls and user namespaces."""

from __future__ import annotations

import re

from kpy.checking.check import Check
from kpy.checking.type_rules import rule
from kpy.objects import Tree
from kpy.paths import Path
from kpy.rules.pods.parts import BLANKS, POD_SPEC, containers, has_host_users, path_fault, quoted, spec_around

_CONTAINER = "core/v1 SecurityContext"
_POD = "core/v1 PodSecurityContext"
_SECCOMP = "core/v1 SeccompProfile"
_APP_ARMOR = "core/v1 AppArmorProfile"

_PAGE = "https://kubernetes.io/docs/tasks/configure-pod-container/security-context/"
_SECCOMP_PAGE = "https://kubernetes.io/docs/tutorials/security/seccomp/"
_APP_ARMOR_PAGE = "https://kubernetes.io/docs/tutorials/security/apparmor/"
_SYSCTLS = "https://kubernetes.io/docs/tasks/administer-cluster/sysctl-cluster/"
_USERS = "https://kubernetes.io/docs/concepts/workloads/pods/user-namespaces/"
_PROCESSES = "https://kubernetes.io/docs/tasks/configure-pod-container/share-process-namespace/"

_SYSCTL = re.compile(r"([a-z0-9]([-_a-z0-9]*[a-z0-9])?[./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?")
_IPC_SYSCTLS = {
    f"kernel.{name}"
    for name in ("sem", "shm", "shmall", "shmmax", "shmmni", "shm_rmid_forced", "msg", "msgmax", "msgmnb", "msgmni")
}


@rule("selinux-change-policy-unsupported", on=_POD, source=_PAGE, needs="seLinuxChangePolicy")
def selinux_change_policy_unsupported(context: Tree, at: Path, check: Check) -> None:
    """Labels for SELinux are changed file by file, Recursive; up to 1.36 a server must be set up for MountOption."""
    value = context["seLinuxChangePolicy"]
    allowed = ("Recursive", "MountOption") if check.at_least("1.37") else ("Recursive",)
    if value not in allowed and check.at_least("1.33"):
        message = f'`seLinuxChangePolicy` is "{value}"; it must be {quoted(allowed)}'
        check.report(at + "seLinuxChangePolicy", message, fix="remove it")


@rule("privilege-escalation-conflict", on=_CONTAINER, source=_PAGE, needs="allowPrivilegeEscalation")
def privilege_escalation_conflict(context: Tree, at: Path, check: Check) -> None:
    """A container that is privileged, or adds CAP_SYS_ADMIN by that name, can always raise its privileges."""
    if context.get("allowPrivilegeEscalation", True):
        return
    reasons = {
        "`privileged` is true": context.get("privileged"),
        "CAP_SYS_ADMIN is added": "CAP_SYS_ADMIN" in context.get("capabilities", {}).get("add", ()),
    }
    for reason, holds in reasons.items():
        if holds:
            message = f"`allowPrivilegeEscalation` is false, but {reason}"
            check.report(at, message, fix="remove one of the two")


@rule("proc-mount-host-users", on=_CONTAINER, source=_PAGE, needs="procMount")
def proc_mount_host_users(context: Tree, at: Path, check: Check) -> None:
    """An unmasked /proc is only for pods with users of their own (`hostUsers: false`)."""
    if context["procMount"] == "Unmasked" and check.at_least("1.33") and has_host_users(spec_around(at, check), check):
        message = "`procMount: Unmasked` is for pods with users of their own"
        check.report(at + "procMount", message, fix="set `hostUsers: false`")


@rule("seccomp-file-required", on=_SECCOMP, source=_SECCOMP_PAGE)
def seccomp_file_required(profile: Tree, at: Path, check: Check) -> None:
    """A seccomp profile of type Localhost must name its file."""
    if profile.get("type") == "Localhost" and "localhostProfile" not in profile:
        check.report(at + "localhostProfile", "a profile of type Localhost has no `localhostProfile`")


@rule("seccomp-file-invalid", on=_SECCOMP, source=_SECCOMP_PAGE)
def seccomp_file_invalid(profile: Tree, at: Path, check: Check) -> None:
    """The file of a seccomp profile must stay in the folder for profiles."""
    file = profile.get("localhostProfile", "")
    if profile.get("type") == "Localhost" and (fault := path_fault(file)):
        check.report(at + "localhostProfile", f'`localhostProfile` "{file}" {fault}')


@rule("security-profile-file-unused", on=(_SECCOMP, _APP_ARMOR), source=_SECCOMP_PAGE, needs="localhostProfile")
def security_profile_file_unused(profile: Tree, at: Path, check: Check) -> None:
    """Only a profile of type Localhost names a file."""
    kind = profile.get("type", "")
    checked = kind in ("RuntimeDefault", "Unconfined") if at.field == "appArmorProfile" else kind != "Localhost"
    if checked and "localhostProfile" in profile:
        message = f'a profile of type "{kind}" must not have `localhostProfile`'
        check.report(at + "localhostProfile", message, fix="remove it, or use type Localhost")


@rule("apparmor-name-required", on=_APP_ARMOR, source=_APP_ARMOR_PAGE)
def apparmor_name_required(profile: Tree, at: Path, check: Check) -> None:
    """An AppArmor profile of type Localhost must be named."""
    if profile.get("type") == "Localhost" and not profile.get("localhostProfile"):
        check.report(at + "localhostProfile", "a profile of type Localhost has no `localhostProfile`")


@rule("apparmor-name-invalid", on=_APP_ARMOR, source=_APP_ARMOR_PAGE)
def apparmor_name_invalid(profile: Tree, at: Path, check: Check) -> None:
    """The name of an AppArmor profile has no blanks around it, and at most 4095 characters."""
    name = profile.get("localhostProfile", "")
    if profile.get("type") != "Localhost":
        return
    if name.strip(BLANKS) != name:
        check.report(at + "localhostProfile", f'profile "{name}" begins or ends with a blank')
    elif len(name.encode(errors="surrogatepass")) > 4095:
        check.report(at + "localhostProfile", "the name of a profile must be at most 4095 characters long")


@rule("sysctl-name-invalid", on=_POD, source=_SYSCTLS, needs="sysctls")
def sysctl_name_invalid(context: Tree, at: Path, check: Check) -> None:
    """A kernel parameter must be named, such as `net.core.somaxconn`."""
    for index, sysctl in enumerate(context.get("sysctls", ())):
        name = sysctl.get("name", "")
        if not name:
            check.report(at + "sysctls" + index + "name", "a sysctl has no `name`", fix="set `name`")
        elif len(name) > 253 or not _SYSCTL.fullmatch(name):
            message = f'sysctl "{name}" must be lower-case words with "." or "/" between them'
            check.report(at + "sysctls" + index + "name", message)


@rule("sysctl-of-host", on=POD_SPEC, source=_SYSCTLS, needs="securityContext")
def sysctl_of_host(spec: Tree, at: Path, check: Check) -> None:
    """A pod that shares the node's network or IPC must not set kernel parameters of these."""
    for index, sysctl in enumerate(spec.get("securityContext", {}).get("sysctls", ())):
        name = _normal(sysctl.get("name", "")).partition("*")[0]
        ipc = name in _IPC_SYSCTLS or name.startswith("fs.mqueue.")
        field = "hostIPC" if ipc else "hostNetwork"
        if (ipc or name.startswith("net.")) and spec.get(field):
            message = f'sysctl "{sysctl["name"]}" would be set on the node, for `{field}` is true'
            check.report(at + "securityContext" + "sysctls" + index + "name", message, fix=f"remove `{field}`")


def _normal(name: str) -> str:
    """Return the name with dots between its parts: in `net/ipv4/conf/eth0.1/x` slashes are, and dots are in a part."""
    first = next((character for character in name if character in "./"), ".")
    return name if first == "." else name.translate({ord("."): "/", ord("/"): "."})


@rule("shared-processes-of-host", on=POD_SPEC, source=_PROCESSES, needs="shareProcessNamespace")
def shared_processes_of_host(spec: Tree, at: Path, check: Check) -> None:
    """Containers share either their own processes or those of the node."""
    if spec.get("shareProcessNamespace") and spec.get("hostPID"):
        message = "`shareProcessNamespace` and `hostPID` are both true"
        server_field = at + "securityContext" + "shareProcessNamespace"
        check.report(at + "shareProcessNamespace", message, fix="keep one of them", field=server_field)


@rule("host-users-conflict", on=POD_SPEC, source=_USERS, needs="hostUsers")
def host_users_conflict(spec: Tree, at: Path, check: Check) -> None:
    """A pod with users of its own (`hostUsers: false`) cannot share network, processes or IPC of the node."""
    if has_host_users(spec, check):
        return
    for field in ("hostNetwork", "hostPID", "hostIPC"):
        if spec.get(field):
            check.report(at + field, f"`{field}` is true, but `hostUsers` is false", fix="keep one of them")


@rule("host-users-devices", on=POD_SPEC, source=_USERS, needs="hostUsers")
def host_users_devices(spec: Tree, at: Path, check: Check) -> None:
    """A pod with users of its own (`hostUsers: false`) has no block devices."""
    if has_host_users(spec, check) or not check.at_least("1.35"):
        return
    for field, index, container in containers(spec):
        if container.get("volumeDevices"):
            message = "a container has block devices, but `hostUsers` is false"
            check.report(at + field + index + "volumeDevices", message, fix="remove `volumeDevices` or `hostUsers`")

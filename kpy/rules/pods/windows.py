"""Operating systems: what pods for Linux and Windows may not have, and options for Windows."""

from __future__ import annotations

import re

from kpy.checking.check import Check
from kpy.checking.type_rules import rule
from kpy.objects import Tree
from kpy.paths import Path
from kpy.rules.pods.parts import POD_SPEC, all_containers, containers

_OPTIONS = "core/v1 WindowsSecurityContextOptions"

_OS = "https://kubernetes.io/docs/concepts/workloads/pods/#pod-os"
_WINDOWS = "https://kubernetes.io/docs/concepts/windows/intro/#compatibility-v1-pod-spec-containers-securitycontext"
_GMSA = "https://kubernetes.io/docs/tasks/configure-pod-container/configure-gmsa/"
_USER = "https://kubernetes.io/docs/tasks/configure-pod-container/configure-runasusername/"
_HOST_PROCESS = "https://kubernetes.io/docs/tasks/configure-pod-container/create-hostprocess-pod/"

#: What a pod for Windows must not even mention, and what it must not set to true.
_NOT_IN_SPEC = ("hostUsers", "shareProcessNamespace")
_NOT_TRUE = ("hostPID", "hostIPC")
_NOT_IN_POD = (
    "appArmorProfile",
    "seLinuxOptions",
    "seccompProfile",
    "fsGroup",
    "fsGroupChangePolicy",
    "runAsUser",
    "runAsGroup",
    "supplementalGroups",
    "supplementalGroupsPolicy",
    "seLinuxChangePolicy",
)
_NOT_IN_CONTAINER = (
    "appArmorProfile",
    "seLinuxOptions",
    "seccompProfile",
    "capabilities",
    "readOnlyRootFilesystem",
    "privileged",
    "allowPrivilegeEscalation",
    "procMount",
    "runAsUser",
    "runAsGroup",
)

_LABEL = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_NETBIOS = re.compile(r'[^\\/:*?"<>|.][^\\/:*?"<>|]{0,14}')
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_NOT_IN_USER = re.compile(r'["/\\:;|=,+*?<>@\[\]]')


@rule("os-name-unsupported", on=POD_SPEC, source=_OS, needs="os")
def os_name_unsupported(spec: Tree, at: Path, check: Check) -> None:
    """The operating system of a pod is linux or windows."""
    if "os" not in spec:
        return
    name = spec["os"].get("name")
    if not name:
        check.report(at + "os" + "name", "`os` has no `name`", fix='set it to "linux" or "windows"')
    elif name not in ("linux", "windows"):
        check.report(at + "os", f'`os.name` is "{name}"; it must be "linux" or "windows"')


@rule("windows-options-on-linux", on=POD_SPEC, source=_OS, needs="os")
def windows_options_on_linux(spec: Tree, at: Path, check: Check) -> None:
    """A pod that is for Linux must not have options for Windows."""
    if spec.get("os", {}).get("name") != "linux":
        return
    places = [(at, spec)] + [(at + field + index, container) for field, index, container in containers(spec)]
    for where, value in places:
        if "windowsOptions" in value.get("securityContext", ()):
            message = "there are options for Windows, but `os.name` is linux"
            check.report(where + "securityContext" + "windowsOptions", message, fix="remove them")


@rule("linux-setting-on-windows", on=POD_SPEC, source=_WINDOWS, needs="os")
def linux_setting_on_windows(spec: Tree, at: Path, check: Check) -> None:
    """A pod that is for Windows must not have settings that exist on Linux only."""
    if spec.get("os", {}).get("name") != "windows":
        return
    unknown_yet = () if check.at_least("1.33") else ("hostUsers",)
    places = [at + field for field in _NOT_IN_SPEC if field in spec and field not in unknown_yet]
    places += [at + field for field in _NOT_TRUE if spec.get(field)]
    context = spec.get("securityContext", {})
    places += [at + "securityContext" + field for field in _NOT_IN_POD if field in context]
    if context.get("sysctls"):
        places.append(at + "securityContext" + "sysctls")
    for field, index, container in containers(spec):
        context = container.get("securityContext", {})
        places += [at + field + index + "securityContext" + name for name in _NOT_IN_CONTAINER if name in context]
    for where in places:
        check.report(where, f"`{where.field}` is for Linux, but `os.name` is windows", fix=f"remove `{where.field}`")


@rule("gmsa-spec-size", on=_OPTIONS, source=_GMSA, needs="gmsaCredentialSpec")
def gmsa_spec_size(options: Tree, at: Path, check: Check) -> None:
    """A GMSA credential spec must not be empty, nor longer than 64 KiB."""
    text = options.get("gmsaCredentialSpec")
    if text is not None and not 0 < len(text.encode(errors="surrogatepass")) <= 64 * 1024:
        what = "is empty" if not text else "has more than 64 KiB"
        check.report(at + "gmsaCredentialSpec", f"`gmsaCredentialSpec` {what}")


@rule("windows-user-invalid", on=_OPTIONS, source=_USER, needs="runAsUserName")
def windows_user_invalid(options: Tree, at: Path, check: Check) -> None:
    r"""The user of a Windows container is `user` or `DOMAIN\user`."""
    name = options.get("runAsUserName")
    if name is not None and (fault := _user_fault(name)):
        check.report(at + "runAsUserName", f'user "{name}" {fault}')


def _user_fault(name: str) -> str | None:
    if not name:
        return "is empty"
    if _CONTROL.search(name):
        return "must have no control characters"
    if name.count("\\") > 1:
        return "must have at most one backslash"
    domain, backslash, user = name.rpartition("\\")
    if backslash and (len(domain.encode(errors="surrogatepass")) > 255 or not _is_domain(domain)):
        return "must have a NetBIOS or DNS name before the backslash"
    if not 0 < len(user.encode(errors="surrogatepass")) <= 104:
        return "must have 1 to 104 characters" + (" after the backslash" if backslash else "")
    if not user.strip(". "):
        return "must not be of dots and blanks only"
    return 'must have none of " / : ; | = , + * ? < > @ [ ]' if _NOT_IN_USER.search(user) else None


def _is_domain(text: str) -> bool:
    return bool(_NETBIOS.fullmatch(text) or _DOMAIN.fullmatch(text))


@rule("host-process-contradiction", on=POD_SPEC, source=_HOST_PROCESS, needs="securityContext")
def host_process_contradiction(spec: Tree, at: Path, check: Check) -> None:
    """What pod and container say about being a process of the host must be the same."""
    pod = _host_process(spec)
    if pod is None:
        return
    for field, index, container in containers(spec):
        if _host_process(container) not in (None, pod):
            message = f"`hostProcess` is {str(pod).lower()} for the pod, and {str(not pod).lower()} for the container"
            check.report(at + field + index + "securityContext" + "windowsOptions" + "hostProcess", message)


@rule("host-process-mixed", on=POD_SPEC, source=_HOST_PROCESS)
def host_process_mixed(spec: Tree, at: Path, check: Check) -> None:
    """Either all containers of a pod are processes of the host, or none."""
    if len(check.once(_kinds, spec, at)) > 1:
        check.report(at, "some containers are processes of the host (`hostProcess`), and others are not")


@rule("host-process-network", on=POD_SPEC, source=_HOST_PROCESS)
def host_process_network(spec: Tree, at: Path, check: Check) -> None:
    """Containers that are processes of the host are in its network."""
    if not spec.get("hostNetwork") and True in check.once(_kinds, spec, at):
        message = "a container is a process of the host (`hostProcess`), but `hostNetwork` is not true"
        check.report(at + "hostNetwork", message, fix="set `hostNetwork: true`")


def _kinds(spec: Tree, at: Path, check: Check) -> set[bool]:
    """Return whether the containers of the pod are processes of the host: both answers when some are."""
    together = check.once(all_containers, spec, at)
    if "securityContext" not in spec and not any("securityContext" in container for _, _, container in together):
        return {False}
    whole = _host_process(spec)
    flags = (_host_process(container) for _, _, container in together)
    return {bool(whole if own is None else own) for own in flags}


def _host_process(value: Tree) -> bool | None:
    if "securityContext" not in value:
        return None
    flag = value["securityContext"].get("windowsOptions", {}).get("hostProcess")
    return None if flag is None else bool(flag)

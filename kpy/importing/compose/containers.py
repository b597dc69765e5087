"""A service of compose as a container and what its pod says for it.

https://github.com/compose-spec/compose-spec/blob/main/05-services.md
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from typing import Any, Final

from kpy.importing.compose.amounts import cpu, memory, seconds, words
from kpy.importing.compose.environment import Environment
from kpy.importing.compose.fields import Fields
from kpy.importing.compose.interpolation import UNSET
from kpy.importing.compose.keys import HEALTH
from kpy.importing.compose.secrecy import secrets_in_script

__all__ = ["command", "image", "probe", "resources", "security"]

Tree = dict[str, Any]
_PULL: Final = {"always": "Always", "never": "Never", "missing": "IfNotPresent", "if_not_present": "IfNotPresent"}
_TIMES: Final = (
    ("start_period", "initialDelaySeconds"),
    ("interval", "periodSeconds"),
    ("timeout", "timeoutSeconds"),
)
_TAG_END: Final = re.compile(rf"[:@][^/]*{UNSET}[^/]*$")


def image(service: Fields, name: str, project: str) -> str:
    """Return the image of a service; one that is built has a name that somebody has to push it under."""
    said = service.text("image")
    build = service.take("build")
    if not said:
        said = f"{project}-{name}"
        if build is None:
            raise service.wrong("a service needs `image`, or `build`")
    if UNSET in said:
        service.note("image", "a part of it is in a variable that nobody has set, and is left out")
        said = _TAG_END.sub("", said).replace(UNSET, "").strip("/:@") or f"{project}-{name}"
    if build is not None:
        context = build.get("context", ".") if isinstance(build, Mapping) else build
        text = (
            f"a cluster builds no images: `docker build -t {said} {context}`, and push it to where the cluster finds it"
        )
        service.note("build", text)
    return said


def command(service: Fields, environment: Environment) -> Tree:
    """Return command and arguments."""
    found: Tree = {}
    for key, field in (("entrypoint", "command"), ("command", "args")):
        value = service.take(key)
        if value is None:
            continue
        said = words(value) if isinstance(value, str) else [str(each) for each in value]
        if said:
            found[field] = environment.of_words(said)
    return found


def pull_policy(service: Fields) -> str:
    """Return when the image is pulled; empty where the cluster decides."""
    said = service.text("pull_policy")
    if said and said not in _PULL:
        service.note("pull_policy", f"{said!r} has no counterpart: `imagePullPolicy` is Always, IfNotPresent or Never")
    return _PULL.get(said, "")


def resources(service: Fields, deploy: Fields) -> Tree:
    """Return what a container may use and what it is promised."""
    said = deploy.inner("resources")
    limits = _amounts(said.inner("limits"))
    requests = _amounts(said.inner("reservations"))
    said.rest({})
    for key, kind, convert in (("cpus", "cpu", cpu), ("mem_limit", "memory", memory)):
        if key in service and (amount := convert(service.text(key))):
            limits.setdefault(kind, amount)
    if "mem_reservation" in service and (amount := memory(service.text("mem_reservation"))):
        requests.setdefault("memory", amount)
    return {key: each for key, each in (("limits", limits), ("requests", requests)) if each}


def _amounts(fields: Fields) -> Tree:
    found: Tree = {}
    for key, kind, convert in (("cpus", "cpu", cpu), ("memory", "memory", memory)):
        if key not in fields:
            continue
        text = fields.text(key)
        amount = convert(text)
        if amount is None and UNSET not in text:
            raise fields.wrong(f"expected an amount, such as {'0.5' if kind == 'cpu' else '512M'}, not {text!r}", key)
        if amount is not None:
            found[kind] = amount
    fields.rest(
        {
            "pids": "the kubelet has it for all pods: `podPidsLimit`",
            "devices": "devices come from a device plugin, as a limit such as `nvidia.com/gpu: 1`",
            "generic_resources": "devices come from a device plugin, as a limit such as `nvidia.com/gpu: 1`",
        }
    )
    return found


def probe(service: Fields, environment: Environment) -> Tree | None:
    """Return the health check as a readiness probe: it says when others can begin, and restarts nothing."""
    if "healthcheck" not in service:
        service.take("healthcheck")
        return None
    health = service.inner("healthcheck")
    test = health.take("test")
    is_off = health.flag("disable") or test in (["NONE"], "NONE")
    found: Tree = {}
    for key, field in _TIMES:
        if key in health and (value := seconds(health.text(key))) is not None:
            found[field] = value
    if "retries" in health and health.text("retries").isdecimal():
        found["failureThreshold"] = max(1, int(health.text("retries")))
    health.rest(HEALTH)
    if is_off:
        health.note("", "it is switched off, and Kubernetes does not know that of the image in any case")
        return None
    if not test:
        health.note("", "the test is that of the image, which Kubernetes does not know: write it down")
        return None
    return {"exec": {"command": _test(health, test, environment)}, **found}


def _test(health: Fields, test: Any, environment: Environment) -> list[str]:
    if isinstance(test, str):
        return ["/bin/sh", "-c", environment.of_script(test)]
    match [str(each) for each in test] if isinstance(test, list) else []:
        case ["CMD", *rest] if rest:
            script = shlex.join(rest)
            is_open = UNSET not in script and not secrets_in_script(script)
            return rest if is_open else ["/bin/sh", "-c", environment.of_script(script)]
        case ["CMD-SHELL", *rest] if rest:
            return ["/bin/sh", "-c", environment.of_script(" ".join(rest))]
    raise health.wrong('expected ["CMD", ...], ["CMD-SHELL", ...] or a command as text', "test")


def security(service: Fields) -> Tree:
    """Return the security context of the container."""
    found: Tree = {}
    if service.flag("privileged"):
        found["privileged"] = True
    if service.flag("read_only"):
        found["readOnlyRootFilesystem"] = True
    added, dropped = ([_capability(each) for each in service.strings(key)] for key in ("cap_add", "cap_drop"))
    capabilities = {key: each for key, each in (("add", added), ("drop", dropped)) if each}
    if capabilities:
        found["capabilities"] = capabilities
    _user(service, found)
    for option in service.strings("security_opt"):
        name, _, value = option.replace("=", ":").partition(":")
        if name == "no-new-privileges" and value != "false":
            found["allowPrivilegeEscalation"] = False
        elif name == "seccomp" and value == "unconfined":
            found["seccompProfile"] = {"type": "Unconfined"}
        elif name == "apparmor" and value == "unconfined":
            found["appArmorProfile"] = {"type": "Unconfined"}
        else:
            service.note("security_opt", f"{option} has no counterpart that a container can say")
    if found.get("privileged") and "allowPrivilegeEscalation" in found:
        del found["allowPrivilegeEscalation"]
        service.note("security_opt", "a privileged container may gain privileges in any case")
    return found


def _user(service: Fields, found: Tree) -> None:
    said = service.text("user")
    if not said:
        return
    user, _, group = said.partition(":")
    if user.isdecimal():
        found["runAsUser"] = int(user)
    elif user and user != "root":
        service.note(
            "user", f"Kubernetes takes numbers, and which one {user.replace(UNSET, '...')!r} is, the image says"
        )
    elif user == "root":
        found["runAsUser"] = 0
    if group.isdecimal():
        found["runAsGroup"] = int(group)


def _capability(name: str) -> str:
    return name.upper().removeprefix("CAP_")

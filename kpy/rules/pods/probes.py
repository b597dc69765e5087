"""Probes and lifecycle hooks: what they do, and when."""

from __future__ import annotations

import re

from kpy.checking.check import Check
from kpy.checking.type_rules import rule
from kpy.objects import Tree
from kpy.paths import Path
from kpy.rules.pods.parts import is_bare_pod, is_sidecar, spec_around
from kpy.syntax.ports import port_fault, port_name_fault

_PROBE = "core/v1 Probe"
_HOOK = "core/v1 LifecycleHandler"
_HANDLERS = (_PROBE, _HOOK)
_CONTAINER = "core/v1 Container"
_HTTP = "core/v1 HTTPGetAction"
_WITH_PORT = (_HTTP, "core/v1 TCPSocketAction", "core/v1 GRPCAction")

_PROBES = "https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/"
_SETTINGS = _PROBES + "#configure-probes"
_HOOKS = "https://kubernetes.io/docs/concepts/containers/container-lifecycle-hooks/"

#: In the order in which a server looks for them.
_ACTIONS = ("exec", "httpGet", "tcpSocket", "grpc", "sleep")

_HEADER = re.compile(r"[-A-Za-z0-9]+")

# A server forgets the stop signal as long as that is alpha, whatever it says.


@rule("probe-action-required", on=_HANDLERS, source=_PROBES)
def probe_action_required(handler: Tree, at: Path, check: Check) -> None:
    """A probe or lifecycle hook must do something."""
    if not check.once(_actions, handler, at):
        allowed = _ACTIONS[:-1] if "Probe" in at.field else ("exec", "httpGet", "tcpSocket", "sleep")
        fix = f"set one of {', '.join(f'`{name}`' for name in allowed)}"
        check.report(at, f"`{at.field}` does nothing", fix=fix)


@rule("probe-action-ambiguous", on=_HANDLERS, source=_PROBES)
def probe_action_ambiguous(handler: Tree, at: Path, check: Check) -> None:
    """A probe or lifecycle hook does one thing only."""
    first, *others = check.once(_actions, handler, at) or [""]
    for name in others:
        message = f"`{at.field}` has both `{first}` and `{name}`"
        check.report(at + name, message, fix="keep one of them")


def _actions(handler: Tree, at: Path, check: Check) -> list[str]:
    """Return the names of the actions; a server before 1.30 forgets `sleep`."""
    return [name for name in _ACTIONS if name in handler and (name != "sleep" or check.at_least("1.30"))]


@rule("probe-port-invalid", on=_WITH_PORT, source=_PROBES)
def probe_port_invalid(action: Tree, at: Path, check: Check) -> None:
    """A probe or hook must have a port: a number from 1 to 65535, or the name of a port; "8080" would be a name."""
    port = action.get("port", 0)
    fault = port_name_fault(port) if isinstance(port, str) else port_fault(port)
    if fault is None:
        return
    if "port" not in action:
        check.report(at + "port", f"`{at.field}` has no `port`", fix="set `port`")
    elif isinstance(port, str):
        fix = f"write {port} without quotes for the number" if port.isascii() and port.isdigit() else ""
        check.report(at + "port", f'port name "{port}" {fault}', fix=fix)
    else:
        check.report(at + "port", f"`port` is {port}; it {fault}")


@rule("probe-header-invalid", on=_HTTP, source=_PROBES + "#http-probes", needs="httpHeaders")
def probe_header_invalid(action: Tree, at: Path, check: Check) -> None:
    """The name of an HTTP header has letters, digits and dashes only."""
    for header in action.get("httpHeaders", ()):
        name = header.get("name", "")
        if not _HEADER.fullmatch(name):
            check.report(at + "httpHeaders", f'header name "{name}" must be letters, digits and "-"')


@rule("probe-success-threshold", on=_CONTAINER, source=_SETTINGS, needs=("livenessProbe", "startupProbe"))
def probe_success_threshold(container: Tree, at: Path, check: Check) -> None:
    """A liveness or startup probe succeeds at once: its success threshold must be 1."""
    for name in ("livenessProbe", "startupProbe"):
        count = container.get(name, {}).get("successThreshold", 1)
        if count > 1:
            check.report(at + name + "successThreshold", f"`successThreshold` of `{name}` is {count}; it must be 1")


@rule(
    "readiness-grace-period",
    on=_CONTAINER,
    source=_PROBES + "#probe-level-terminationgraceperiodseconds",
    needs="readinessProbe",
)
def readiness_grace_period(container: Tree, at: Path, check: Check) -> None:
    """A readiness probe ends no container, so it has no time for that."""
    if "terminationGracePeriodSeconds" in container.get("readinessProbe", ()):
        message = "a readiness probe must not have `terminationGracePeriodSeconds`"
        check.report(at + "readinessProbe" + "terminationGracePeriodSeconds", message, fix="remove it")


@rule("hook-sleep-too-long", on=_HOOK, source=_HOOKS, needs="sleep")
def hook_sleep_too_long(hook: Tree, at: Path, check: Check) -> None:
    """A hook must not sleep longer than the pod has to end, by default 30 seconds, nor a negative time."""
    container = at.parent.parent
    has_hooks = container.field == "containers" or is_sidecar(check.value(container) or {})
    most = spec_around(at, check).get("terminationGracePeriodSeconds", 30)
    if not check.at_least("1.30") or not has_hooks or not isinstance(most, int):
        return
    if most < 0 and is_bare_pod(check):
        most = 1
    least = 0 if check.at_least("1.33") else 1
    seconds = hook["sleep"].get("seconds", 0)
    if not least <= seconds <= most:
        message = f"`{at.field}` sleeps {seconds} seconds; it must be from {least} to {most}, the grace period"
        check.report(at + "sleep", message)

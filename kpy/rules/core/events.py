"""Events, old (`v1`) and new (`events.k8s.io/v1`): what happened to an object."""

from __future__ import annotations

from typing import Final

from kpy.checking.check import Check
from kpy.checking.type_rules import rule
from kpy.objects import Tree
from kpy.paths import Path
from kpy.syntax.formats import qualified_name_fault, size_of, subdomain_fault

__all__: list[str] = []

_OLD: Final = "core/v1 Event"
_NEW: Final = "events/v1 Event"
_BOTH: Final = (_OLD, _NEW)
_PAGE: Final = "https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/"
_MOST: Final = {"reportingInstance": 128, "action": 128, "reason": 128, "note": 1024, "message": 1024}


@rule("event-namespace", on=_BOTH, source=_PAGE)
def event_namespace(event: Tree, at: Path, check: Check) -> None:
    """An event is in the namespace of the object that it is about; about a cluster's own objects, in `default`."""
    name = "regarding" if _is_new(check) else "involvedObject"
    namespace = event.get("metadata", {}).get("namespace") or "default"
    about = event.get(name, {}).get("namespace", "")
    if event.get("eventTime"):
        fits = bool(about) or namespace in ("default", "kube-system")
    else:
        fits = namespace == (about or "default")
    if not fits:
        subject = f'the namespace of the object is "{about}"' if about else "the object has no namespace"
        message = f'{subject}, and the event\'s is "{namespace}"'
        check.report(at + name + "namespace", message, field=at + "involvedObject" + "namespace")


@rule("event-namespace-format", on=_BOTH, source=_PAGE)
def event_namespace_format(event: Tree, at: Path, check: Check) -> None:
    """The namespace of an event is a DNS subdomain."""
    namespace = event.get("metadata", {}).get("namespace")
    if namespace and (fault := subdomain_fault(namespace)):
        check.report(at + "metadata" + "namespace", f'namespace "{namespace}" {fault}', field=at + "namespace")


@rule("event-field-missing", on=_BOTH, source=_PAGE, needs="eventTime")
def event_field_missing(event: Tree, at: Path, check: Check) -> None:
    """An event with `eventTime` says who reports it, what was done, and why."""
    if event.get("eventTime"):
        for name in (_reporter(check), "reportingInstance", "action", "reason"):
            if not event.get(name):
                check.report(at + name, f"an event with `eventTime` needs `{name}`")


@rule("event-reporter-format", on=_BOTH, source=_PAGE)
def event_reporter_format(event: Tree, at: Path, check: Check) -> None:
    """Who reports an event is named as a label key is: `kubernetes.io/kubelet`."""
    name = _reporter(check)
    if event.get("eventTime") and (fault := qualified_name_fault(event.get(name, ""))):
        check.report(at + name, f'`{name}` "{event.get(name, "")}" {fault}')


@rule("event-field-too-long", on=_BOTH, source=_PAGE)
def event_field_too_long(event: Tree, at: Path, check: Check) -> None:
    """The texts of an event with `eventTime` are short: 128 bytes, and 1024 for the message."""
    if not event.get("eventTime"):
        return
    for name, most in _MOST.items():
        size = size_of(event.get(name, ""))
        if size > most:
            check.report(at + name, f"`{name}` has {size} bytes; {most} are allowed", field=at + _said(name))


@rule("event-old-field", on=_NEW, source=_PAGE)
def event_old_field(event: Tree, at: Path, check: Check) -> None:
    """The fields of old events are not set in new ones."""
    for name in ("deprecatedFirstTimestamp", "deprecatedLastTimestamp", "deprecatedCount", "deprecatedSource"):
        value = event.get(name)
        if any(value.values()) if isinstance(value, dict) else value:
            check.report(at + name, f"`{name}` is not set in a new event", fix="leave it out", field=at + _said(name))


@rule("event-series", on=_NEW, source=_PAGE)
def event_series(event: Tree, at: Path, check: Check) -> None:
    """A series has at least two events, and says when the last was seen."""
    if "series" not in event:
        return
    series = event["series"]
    if series.get("count", 0) < 2:
        check.report(at + "series" + "count", "a series has at least two events")
    if not series.get("lastObservedTime"):
        check.report(at + "series" + "lastObservedTime", "a series says when its last event was seen")


def _is_new(check: Check) -> bool:
    return check.api_version.startswith("events.k8s.io/")


def _reporter(check: Check) -> str:
    return "reportingController" if _is_new(check) else "reportingComponent"


def _said(name: str) -> str:
    """Return what a server calls a field of a new event: it speaks of the old ones."""
    short = name.removeprefix("deprecated")
    return "message" if name == "note" else short[0].lower() + short[1:]

"""ResourceClaims, their templates, and DeviceClasses."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping

from kpy.checking.check import Check
from kpy.checking.type_rules import rule
from kpy.objects import Tree
from kpy.paths import Path
from kpy.syntax.expressions import expression_fault
from kpy.syntax.formats import label_key_fault, label_value_fault, qualified_name_fault, subdomain_fault

__all__ = ["attribute_name_fault", "driver_name_fault"]

ALLOCATION = "https://kubernetes.io/docs/concepts/scheduling-eviction/dynamic-resource-allocation/"
CLAIMS = ALLOCATION + "#resourceclaims-templates"
CLASSES = ALLOCATION + "#deviceclass"
PRIORITIES = ALLOCATION + "#prioritized-list"
TAINTS = ALLOCATION + "#device-taints-and-tolerations"
EXTENDED = ALLOCATION + "#extended-resource"


_REQUESTS = ("resource/v1 ExactDeviceRequest", "resource/v1 DeviceSubRequest")
_CONFIGURATIONS = ("resource/v1 DeviceClaimConfiguration", "resource/v1 DeviceClassConfiguration")
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_MOST_BYTES = 10 * 1024


def driver_name_fault(name: str) -> str | None:
    """Check the name of a driver: a DNS subdomain of at most 63 characters; upper case counts as lower case."""
    return "must be at most 63 characters long" if len(name) > 63 else subdomain_fault(name.lower())


def attribute_name_fault(name: str, *, domain: bool = False) -> str | None:
    """Check the name of an attribute or capacity: an identifier, perhaps with a domain and a slash before it."""
    before, slash, last = name.rpartition("/")
    if "/" in before:
        return None  # a server looks no further
    if slash and not before:
        return "must have a domain before the slash"
    if slash and (fault := driver_name_fault(before)):
        return f"has a bad domain: it {fault}"
    if len(last) > 32:
        return "must be at most 32 characters long"
    if not _IDENTIFIER.fullmatch(last):
        return "must be an identifier: letters, digits and underscores, no digit first"
    return "must have a domain and a slash before it" if domain and not slash else None


@rule("device-request-name-duplicate", on="resource/v1 DeviceClaim", source=CLAIMS)
def request_name_duplicate(claim: Tree, at: Path, check: Check) -> None:
    """The requests of a claim are named differently, and so are the alternatives of a request."""
    requests = claim.get("requests") or ()
    _check_names(requests, at + "requests", check)
    for index, request in enumerate(requests):
        if not request.get("exactly"):
            _check_names(request.get("firstAvailable") or (), at + "requests" + index + "firstAvailable", check)


def _check_names(requests: Iterable[Tree], at: Path, check: Check) -> None:
    seen = set()
    for index, request in enumerate(requests):
        if (name := request.get("name") or "") in seen:
            check.report(at + index, f"name {name!r} is already used by an earlier request")
        seen.add(name)


@rule("device-request-kind", on="resource/v1 DeviceRequest", source=PRIORITIES)
def request_kind(request: Tree, at: Path, check: Check) -> None:
    """A request says what it wants: `exactly` one thing, or the `firstAvailable` of several."""
    exactly, first = request.get("exactly") is not None, bool(request.get("firstAvailable"))
    if exactly == first:
        check.report(at, f"request has {'both' if first else 'neither'} `exactly` {'and' if first else 'nor'} "
                     "`firstAvailable`")  # fmt: skip


@rule("device-request-count", on=_REQUESTS, source=CLAIMS)
def request_count(request: Tree, at: Path, check: Check) -> None:
    """A request for an exact count is for at least one device; one for all devices has no count."""
    mode, count = request.get("allocationMode") or "ExactCount", request.get("count") or 0
    if mode == "All" and count:
        check.report(at + "count", "request for all devices has a count")
    elif mode == "ExactCount" and count < 0:
        check.report(at + "count", f"count {count} is not positive")


@rule("device-toleration", on="resource/v1 DeviceToleration", source=TAINTS)
def toleration(toleration: Tree, at: Path, check: Check) -> None:
    """A toleration has the key and value of a taint; with the operator Exists it has no value."""
    if not check.at_least("1.34"):
        return
    operator, value = toleration.get("operator") or "Equal", toleration.get("value") or ""
    if (key := toleration.get("key")) and (fault := label_key_fault(key)):
        check.report(at + "key", f"key {key!r} {fault}")
    if not check.at_least("1.36"):
        if toleration.get("effect") == "None":
            check.report(at + "effect", "the effect 'None' is known from Kubernetes 1.36 on", fix="leave `effect` out")
        return
    if operator == "Exists" and value:
        check.report(at + "value", "toleration with the operator Exists has a value")
    elif operator == "Equal" and (fault := label_value_fault(value)):
        check.report(at + "value", f"value {value!r} {fault}")


@rule("device-selector", on="resource/v1 DeviceSelector", source=CLASSES)
def selector(selector: Tree, at: Path, check: Check) -> None:
    """A selector has an expression of CEL about a `device`, true or false, of at most 10 KiB."""
    cel, place = selector.get("cel"), at + "cel" + "expression"
    if cel is None:
        check.report(at + "cel", "selector has no `cel`")
        return
    text = cel.get("expression") or ""
    size = len(text.encode(errors="surrogatepass"))
    if size > _MOST_BYTES:
        check.report(place, f"expression has {size} bytes; at most {_MOST_BYTES} are allowed")
    elif fault := expression_fault(text, ("device",), ("bool",), minor=check.minor - 1):
        check.report(place, f"the expression {fault}")


@rule("device-alternatives-too-many", on="resource/v1 DeviceRequest", source=PRIORITIES)
def alternatives_too_many(request: Tree, at: Path, check: Check) -> None:
    """A request has at most 8 alternatives."""
    if request.get("exactly") is None:
        _check_count(request, "firstAvailable", 8, at, check)


def _check_count(owner: Tree, field: str, most: int, at: Path, check: Check) -> None:
    count = len(owner.get(field) or ())
    if count > most:
        check.report(at + field, f"`{field}` has {count} entries; at most {most} are allowed")


@rule("device-constraint", on="resource/v1 DeviceConstraint", source=CLAIMS)
def constraint(constraint: Tree, at: Path, check: Check) -> None:
    """A constraint names the attribute, with its domain, that devices must share or must not share."""
    distinct = constraint.get("distinctAttribute")
    if distinct is not None and not check.at_least("1.36"):
        return
    for field, name in (("matchAttribute", constraint.get("matchAttribute")), ("distinctAttribute", distinct)):
        if name is not None:
            if fault := attribute_name_fault(name, domain=True):
                check.report(at + field, f"attribute {name!r} {fault}")
            return
    place = at if check.at_least("1.36") else at + "matchAttribute"
    check.report(place, "constraint names no attribute")


@rule("device-request-reference", on="resource/v1 DeviceClaim", source=CLAIMS)
def request_reference(claim: Tree, at: Path, check: Check) -> None:
    """Constraints and configurations are about requests of the claim, `request` or `request/alternative`, each once."""
    names = set()
    for request in claim.get("requests") or ():
        name = request.get("name") or ""
        names.add(name)
        names.update(f"{name}/{subrequest.get('name') or ''}" for subrequest in request.get("firstAvailable") or ())
    for field in ("constraints", "config"):
        owners = claim.get(field) or ()
        for number, owner in enumerate(owners if len(owners) <= 32 else ()):
            _check_references(owner, names, at + field + number, check)


def _check_references(owner: Tree, request_names: set[str], at: Path, check: Check) -> None:
    _check_count(owner, "requests", 32, at, check)
    names = owner.get("requests") or ()
    for index, name in enumerate(names if len(names) <= 32 else ()):
        if name not in request_names:
            check.report(at + "requests" + index, f"the claim has no request {name!r}")
        if name in names[:index]:
            check.report(at + "requests" + index, f"request {name!r} is named twice")


@rule("device-configuration", on=_CONFIGURATIONS, source=CLAIMS)
def configuration(configuration: Tree, at: Path, check: Check) -> None:
    """A configuration names its driver, and has parameters for it: a mapping of at most 10 KiB."""
    opaque = configuration.get("opaque")
    if opaque is None:
        check.report(at + "opaque", "configuration has no `opaque`")
        return
    at = at + "opaque"
    driver, parameters = opaque.get("driver"), opaque.get("parameters")
    if not driver:
        check.report(at + "driver", "configuration has no driver")
    elif fault := driver_name_fault(driver):
        check.report(at + "driver", f"driver {driver!r} {fault}")
    if parameters is None:
        check.report(at + "parameters", "configuration has no parameters")
    elif not isinstance(parameters, Mapping):
        check.report(at + "parameters", "parameters must be a mapping")
    elif _size_of(parameters) > _MOST_BYTES:
        check.report(at + "parameters", f"parameters have more than {_MOST_BYTES} bytes")


@rule("device-class-extended-resource", on="resource/v1 DeviceClassSpec", source=EXTENDED)
def extended_resource(spec: Tree, at: Path, check: Check) -> None:
    """The extendedResourceName of a class has a domain, which is not one of Kubernetes: `example.com/gpu`."""
    name = spec.get("extendedResourceName")
    if name is None or not check.at_least("1.36"):
        return
    native = "/" not in name or "kubernetes.io/" in name
    if native or name.startswith("requests.") or qualified_name_fault(f"requests.{name}"):
        check.report(at + "extendedResourceName", f"{name!r} must be a domain, a slash and a name")


def _size_of(parameters: Mapping[str, object]) -> int:
    """Return the number of bytes of parameters as JSON."""
    text = json.dumps(parameters, ensure_ascii=False, separators=(",", ":"), default=str)
    return len(text.encode(errors="surrogatepass"))

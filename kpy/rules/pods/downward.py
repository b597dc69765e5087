"""The downward API: fields and resources of the pod that its containers get to see."""

from __future__ import annotations

from kpy.checking.check import Check
from kpy.checking.type_rules import rule
from kpy.objects import Tree
from kpy.paths import Path
from kpy.rules.pods.parts import path_fault
from kpy.syntax.formats import qualified_name_fault
from kpy.units import Quantity

_FIELD = "core/v1 ObjectFieldSelector"
_RESOURCE = "core/v1 ResourceFieldSelector"
_FILE = "core/v1 DownwardAPIVolumeFile"

_DOWNWARD = "https://kubernetes.io/docs/concepts/workloads/pods/downward-api/"
_FIELDS = _DOWNWARD + "#available-fields"

_ANYWHERE = ("metadata.name", "metadata.namespace", "metadata.uid")
_IN_FILES = (*_ANYWHERE, "metadata.labels", "metadata.annotations")
_IN_ENV = (
    *_ANYWHERE,
    "spec.nodeName",
    "spec.host",  # the old name of spec.nodeName
    "spec.serviceAccountName",
    "status.hostIP",
    "status.hostIPs",
    "status.podIP",
    "status.podIPs",
)
_RESOURCES = tuple(
    f"{side}.{resource}" for side in ("limits", "requests") for resource in ("cpu", "memory", "ephemeral-storage")
)
_HUGE_PAGES = ("limits.hugepages-", "requests.hugepages-")
_SIZES = ("1", *(f"1{unit}" for unit in ("k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei")))
_CPU_DIVISORS = ("1m", "1")


@rule("field-path-required", on=_FIELD, source=_FIELDS, without="fieldPath")
def field_path_required(reference: Tree, at: Path, check: Check) -> None:
    """A reference to a field of the pod must name it."""
    check.report(
        at + "fieldPath",
        "there is no `fieldPath`",
        fix="name a field, such as `metadata.name`",
        field=_said(at) + "fieldPath",
    )


@rule("field-path-version", on=_FIELD, source=_FIELDS, needs="apiVersion")
def field_path_version(reference: Tree, at: Path, check: Check) -> None:
    """A field of the pod is named as in version v1 of the API."""
    version = reference.get("apiVersion") or "v1"
    if version != "v1" and reference.get("fieldPath"):
        message = f'fields are read by API version "v1" only, not "{version}"'
        _report(at, "fieldPath", message, check, fix="remove `apiVersion`")


@rule("field-path-unknown", on=_FIELD, source=_FIELDS)
def field_path_unknown(reference: Tree, at: Path, check: Check) -> None:
    """A field path must be one that containers may see; environment variables and files have their own sets."""
    path = reference.get("fieldPath")
    if not path or reference.get("apiVersion") not in (None, "", "v1"):
        return
    before, key = _split(path)
    if key is not None:
        if before not in ("metadata.labels", "metadata.annotations"):
            _report(at, "fieldPath", f'`{before}` has no keys: "{path}"', check)
        return
    in_file = at.parent.field == "items"
    allowed = _IN_FILES if in_file else _IN_ENV
    if path not in allowed:
        where = "a file" if in_file else "an environment variable"
        fix = "name one key: `metadata.labels['app']`" if path in _IN_FILES else f"use one of {', '.join(allowed)}"
        _report(at, "fieldPath", f'"{path}" is not a field that {where} can have', check, fix=fix)


@rule("field-path-key-invalid", on=_FIELD, source=_FIELDS)
def field_path_key_invalid(reference: Tree, at: Path, check: Check) -> None:
    """The key in `metadata.labels['key']` or `metadata.annotations['key']` must be one that they can have."""
    before, key = _split(reference.get("fieldPath", ""))
    if key is None or before not in ("metadata.labels", "metadata.annotations"):
        return
    if fault := qualified_name_fault(key.lower() if before.endswith("annotations") else key):
        check.report(at, f'key "{key}" in `fieldPath` {fault}', field=_said(at))


@rule("resource-field-required", on=_RESOURCE, source=_DOWNWARD)
def resource_field_required(reference: Tree, at: Path, check: Check) -> None:
    """A reference to an amount of a resource must name it."""
    if not reference.get("resource") and not _lacks_container(reference, at):
        check.report(
            at + "resource",
            "there is no `resource`",
            fix="name one, such as `limits.memory`",
            field=_said(at) + "resource",
        )


@rule("resource-field-unknown", on=_RESOURCE, source=_DOWNWARD, needs="resource")
def resource_field_unknown(reference: Tree, at: Path, check: Check) -> None:
    """An amount that containers may see is the limit or request of cpu, memory, ephemeral-storage or huge pages."""
    name = reference.get("resource", "")
    if name and name not in _RESOURCES and not name.startswith(_HUGE_PAGES) and not _lacks_container(reference, at):
        fix = f"use one of {', '.join(_RESOURCES)}"
        _report(at, "resource", f'"{name}" is not a resource that a container can see', check, fix=fix)


@rule("resource-field-container-required", on=_RESOURCE, source=_DOWNWARD)
def resource_field_container_required(reference: Tree, at: Path, check: Check) -> None:
    """In a volume a reference to an amount must say of which container."""
    if _lacks_container(reference, at):
        check.report(
            at + "containerName",
            "there is no `containerName`",
            fix="name the container whose amount it is",
            field=_said(at) + "containerName",
        )


@rule("resource-field-divisor", on=_RESOURCE, source=_DOWNWARD, needs="divisor")
def resource_field_divisor(reference: Tree, at: Path, check: Check) -> None:
    """Amounts of cpu are given in units of 1 or 1m, others in 1 or 1 with a suffix from k to Ei."""
    name, divisor = reference.get("resource", ""), reference.get("divisor")
    if divisor is None or not (amount := Quantity(divisor)):
        return
    if name in ("limits.cpu", "requests.cpu"):
        allowed: tuple[str, ...] = _CPU_DIVISORS
    elif name in _RESOURCES or name.startswith(_HUGE_PAGES):
        allowed = _SIZES
    else:
        return
    if str(amount) not in allowed:
        check.report(
            at + "divisor",
            f'`divisor` of `{name}` is "{divisor}"',
            fix=f"use one of {', '.join(allowed)}",
            field=_said(at) + "divisor",
        )


@rule("downward-file-path-required", on=_FILE, source=_DOWNWARD, without="path")
def downward_file_path_required(file: Tree, at: Path, check: Check) -> None:
    """A file of the downward API must have a path."""
    server_field = at.parent.parent + "path"
    check.report(at + "path", "a file of the downward API has no `path`", fix="set `path`", field=server_field)


@rule("downward-file-path-invalid", on=_FILE, source=_DOWNWARD)
def downward_file_path_invalid(file: Tree, at: Path, check: Check) -> None:
    """The path of a file of the downward API must stay in the volume, and not begin with `..`."""
    path = file.get("path", "")
    if fault := path_fault(path) or ('must not begin with ".."' if path.startswith("..") else None):
        check.report(at + "path", f'path "{path}" {fault}', field=at.parent.parent + "path")


@rule("downward-file-source-required", on=_FILE, source=_DOWNWARD)
def downward_file_source_required(file: Tree, at: Path, check: Check) -> None:
    """A file of the downward API must say what is in it."""
    if "fieldRef" not in file and "resourceFieldRef" not in file:
        fix = "set `fieldRef` or `resourceFieldRef`"
        check.report(at, "a file of the downward API has no source", fix=fix, field=at.parent.parent)


@rule("downward-file-source-ambiguous", on=_FILE, source=_DOWNWARD, needs="fieldRef")
def downward_file_source_ambiguous(file: Tree, at: Path, check: Check) -> None:
    """A file of the downward API has one source only."""
    if "fieldRef" in file and "resourceFieldRef" in file:
        fix = "keep one of them"
        check.report(at, "a file of the downward API has two sources", fix=fix, field=at.parent.parent)


def _lacks_container(reference: Tree, at: Path) -> bool:
    return not reference.get("containerName") and at.parent.field == "items"


def _report(at: Path, name: str, message: str, check: Check, fix: str = "") -> None:
    """Report a field of a reference."""
    check.report(at + name, message, fix=fix, field=_said(at) + name)


def _said(at: Path) -> Path:
    """Return the path of a reference in a server's words: without the file of a volume that it is in."""
    return at.parent.parent.parent + at.field if at.parent.field == "items" else at


def _split(path: str) -> tuple[str, str | None]:
    """Return what is before the brackets in `metadata.labels['app']`, and the key in them if there is one."""
    before, bracket, key = path.partition("['")
    return (before, key[:-2]) if bracket and before and path.endswith("']") else (path, None)

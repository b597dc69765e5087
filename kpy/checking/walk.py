"""The check of one document: its kind, its types, and the rules of its types.

check_document({"apiVersion": "v1", "kind": "Pod", ...}, api("1.36")).diagnostics
"""

from __future__ import annotations

from typing import Any, Final

from kpy.checking.check import Check, Written
from kpy.checking.faults import NESTED_TOO_DEEPLY, report_fault, report_keys
from kpy.checking.field_checks import UntidyError
from kpy.checking.internal import internal_error
from kpy.checking.kinds import resolve
from kpy.checking.plans import plan_of
from kpy.checking.registry import BUILT_IN, Registry
from kpy.checking.tidy import tidied
from kpy.diagnostics import Diagnostic
from kpy.objects import Tree
from kpy.paths import ROOT, Path
from kpy.schema import MEASURED, Api, Kind, api

__all__ = ["check_document", "validate_document"]

_OBJECT_META: Final = "meta/v1 ObjectMeta"


def validate_document(document: Tree, release: str = MEASURED) -> list[Diagnostic]:
    """Return the errors of one document: what a server of the release would refuse, nothing if it takes it."""
    return [
        diagnostic
        for diagnostic in check_document(document, api(release)).diagnostics
        if diagnostic.severity == "error"
    ]


def check_document(
    document: Tree,
    known: Api,
    at: Path = ROOT,
    *,
    registry: Registry = BUILT_IN,
    written: Written | None = None,
    text_keys: bool = False,
) -> Check:
    """Check one document by the schema and the rules of its types; `at` is its place in a `List`.

    `written` says how the text of the document has a scalar, where there is a text.

    The result has `diagnostics`, warnings among them, and beside them `paths`. Of custom resources only the metadata
    is checked. Keys that are not text are read as a reader of JSON would, or reported, with `text_keys`.
    """
    check = Check(document, known, at, written, registry)
    try:
        kind = resolve(check)
        if kind is None and not check.is_custom:
            return check
        try:
            _walk(check, kind)
        except UntidyError:
            custom, copy = check.is_custom, _tidied(document, kind, known)
            check = Check(copy, known, at, written, registry)
            check.is_custom, check.tidy = custom, True
            _walk(check, kind)
            if text_keys:
                report_keys(check, document, at)
    except RecursionError:
        report_fault(check, NESTED_TOO_DEEPLY, at, "the document contains itself, or is nested too deeply to be read")
    except Exception as error:
        check.diagnostics.append(internal_error(error))
        check.paths.append(at)
    if check.failures and not any(diagnostic.family == "schema" for diagnostic in check.diagnostics):
        _report_failures(check)  # a rule may stumble where something else is of a wrong type, and only there
    if check.misplaced:
        _forget_what_is_misplaced(check)
    return check


def _report_failures(check: Check) -> None:
    """Report every rule that failed, once for the document."""
    seen: set[str] = set()
    for rule, at, error in check.failures:
        if rule.name not in seen:
            seen.add(rule.name)
            check.diagnostics.append(internal_error(error, rule, str(at)))
            check.paths.append(at)


def _walk(check: Check, kind: Kind | None) -> None:
    root, at = check.root, check.at
    metadata = plan_of(check.registry, check.release, _OBJECT_META)
    if kind is None:
        metadata.walk(root.get("metadata", {}), at + "metadata", check)
    elif plan_of(check.registry, check.release, kind.type).walk(root, at, check) and "metadata" not in root:
        metadata.walk({}, at + "metadata", check)


def _forget_what_is_misplaced(check: Check) -> None:
    """Drop what rules say about fields that stand under a wrong parent: they are misplaced, and not missing."""
    kept = [
        index
        for index, (diagnostic, path) in enumerate(zip(check.diagnostics, check.paths, strict=True))
        if diagnostic.family == "schema" or check.misplaced.isdisjoint(path.steps)
    ]
    check.diagnostics[:] = [check.diagnostics[index] for index in kept]
    check.paths[:] = [check.paths[index] for index in kept]


def _tidied(document: Tree, kind: Kind | None, api: Api) -> Any:
    if kind is not None:
        return tidied(document, kind.type, api)
    metadata = document.get("metadata")
    return {**document, "metadata": {} if metadata is None else tidied(metadata, _OBJECT_META, api)}

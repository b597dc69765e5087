"""The check of any number of documents: each by itself, then all together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from kpy.diagnostics import Diagnostic, Report
from kpy.rules.check import ROOT, Path, Written
from kpy.rules.decode import describe
from kpy.rules.load import load_rules_on
from kpy.rules.registry import Rule, declare
from kpy.rules.walk import check_document
from kpy.rules.whole import Finding, Member, Objects, SetCheck, rules_on_all, title
from kpy.schema import Api, api

__all__ = ["find_faults", "validate"]

_OBJECTS: Final = "https://kubernetes.io/docs/concepts/overview/working-with-objects/#required-fields"
_CUSTOM: Final = "https://kubernetes.io/docs/concepts/extend-kubernetes/api-extension/custom-resources/"
_DEEPEST: Final = 20

NOT_A_MAPPING = declare("not-a-mapping", "Refuse a document that is not a mapping.", source=_OBJECTS)
CUSTOM_RESOURCE = declare(
    "custom-resource",
    "Say that a kind is not one of Kubernetes itself, so that only the metadata of its objects was checked.",
    source=_CUSTOM,
    severity="note",
)


def validate(documents: Iterable[Mapping[str, object]], *, kubernetes: str | None = None) -> Report:
    """Return what an API server of this minor release, and kpy's own rules, say about Kubernetes documents.

    Documents are plain JSON trees, such as `yaml.safe_load_all` gives; empty ones (`None`) do not count, and a `List`
    stands for its items. A bad document is reported, never raised. Raises `UsageError` for a release that kpy does not
    know; without one, the newest counts.
    """
    return Report(found.diagnostic for found in find_faults(documents, api(kubernetes)))


def find_faults(documents: Iterable[object], known: Api, written: Sequence[Written] | None = None) -> Iterator[Finding]:
    """Yield everything found in the documents, with the number of the document and the real place in it.

    `written` says for each document how its text has a scalar.
    """
    sound: list[Member] = []
    custom: set[tuple[str, str]] = set()
    for number, document in enumerate(documents):
        for member in _members(document, number, ROOT):
            if not isinstance(member, Member):
                yield member
                continue
            check = check_document(member.tree, known, member.at, written=written[number] if written else None)
            about = title(member.tree) if check.diagnostics else ""
            for diagnostic, at in zip(check.diagnostics, check.paths, strict=True):
                yield Finding(diagnostic._replace(resource=about), number, at.steps)
            if check.is_custom and (check.api_version, check.kind) not in custom:
                custom.add((check.api_version, check.kind))
                yield _custom(member)
            if not any(found.severity == "error" for found in check.diagnostics):
                sound.append(member)
    load_rules_on("")
    together = SetCheck()
    objects = Objects(sound, known)
    for rule, function in rules_on_all():
        together.rule = rule
        function(objects, together)
    yield from together.findings


def _members(document: object, number: int, at: Path, depth: int = 0) -> Iterator[Member | Finding]:
    """Yield the objects of a document: those of a `List` one by one, else the document itself."""
    if document is None and at is ROOT:
        return
    if not isinstance(document, Mapping):
        yield _finding(NOT_A_MAPPING, f"a document must be a mapping, not {describe(document)}", number, at)
        return
    items = document.get("items")
    kind = document.get("kind")
    if isinstance(kind, str) and kind.endswith("List") and isinstance(items, list | tuple) and depth < _DEEPEST:
        for index, item in enumerate(items):
            yield from _members(_typed(item, document), number, at + "items" + index, depth + 1)
    else:
        yield Member(document, number, at)


def _typed(item: object, of: Mapping[str, Any]) -> object:
    """Return an item of a list such as `PodList`, whose items need not say their kind."""
    kind = of["kind"].removesuffix("List")
    if kind and isinstance(item, Mapping) and "kind" not in item and "apiVersion" not in item:
        return {"apiVersion": of.get("apiVersion"), "kind": kind, **item}
    return item


def _custom(member: Member) -> Finding:
    tree = member.tree
    message = f"{tree['kind']} of {tree['apiVersion']} is a custom resource: only its metadata is checked"
    return _finding(CUSTOM_RESOURCE, message, member.number, member.at, title(tree))


def _finding(rule: Rule, message: str, number: int, at: Path, about: str = "") -> Finding:
    return Finding(Diagnostic(rule.name, rule.family, rule.severity, str(at), message, "", about), number, at.steps)

"""The check of any number of documents: each by itself, then all together."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import ModuleType
from typing import Any, Final

from kpy.checking.check import Check, Written
from kpy.checking.choice import EVERYDAY, Choice, check_choice
from kpy.checking.decode import describe
from kpy.checking.levels import Demand, levels_of
from kpy.checking.registry import BUILT_IN
from kpy.checking.rule import declare
from kpy.checking.waivers import settle
from kpy.checking.walk import check_document
from kpy.checking.whole import Finding, Member, Objects, Setting, check_objects, failure, title
from kpy.diagnostics import Diagnostic, Report
from kpy.errors import KpyError
from kpy.paths import ROOT, Path
from kpy.schema import Api, Kind, api

__all__ = ["check_together", "find_faults", "found_in", "validate"]

_OBJECTS: Final = "https://kubernetes.io/docs/concepts/overview/working-with-objects/#required-fields"
_DEEPEST: Final = 20
#: What Helm and its like replace, and what `envsubst` and its like do.
_TEMPLATE: Final = re.compile(r"\{\{.*\}\}|\$\{\w+\b.*\}")

NOT_A_MAPPING = declare("not-a-mapping", "Refuse a document that is not a mapping.", source=_OBJECTS)


def validate(
    documents: Iterable[Mapping[str, object]],
    *,
    kubernetes: str | None = None,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    severities: Mapping[str, str] | None = None,
    external: Sequence[str] = (),
    crds: Sequence[str] = (),
    policies: Sequence[Callable[..., None] | ModuleType] = (),
) -> Report:
    """Return what an API server of this minor release, and kpy's own rules, say about Kubernetes documents.

    Documents are plain JSON trees, such as `yaml.safe_load_all` gives; empty ones (`None`) do not count, and a `List`
    stands for its items. A bad document is reported, never raised. `select` switches policies on, by name or group;
    `ignore` and `severities` are about all rules; `external` says what lives outside (`Secret/db-*`), and `crds` where
    the definitions of custom resources are, beside those among the documents. `policies` are your own, as functions
    or modules, to be selected like all others.

    Raises `UsageError` for a release, a rule or a severity that kpy does not know; without a release, the newest
    counts.
    """
    registry = BUILT_IN.plus(*policies) if policies else BUILT_IN
    registry = registry.with_plug_ins() if select else registry
    choice = Choice(select, ignore, severities or {}, external, crds, registry)
    check_choice(choice)
    return Report(found.diagnostic for found in find_faults(documents, api(kubernetes), choice))


def find_faults(
    documents: Iterable[object],
    known: Api,
    choice: Choice = EVERYDAY,
    *,
    files: Sequence[str] = (),
    written: Sequence[Written] | None = None,
) -> Iterator[Finding]:
    """Yield everything found in the documents, with the number of the document and the real place in it.

    `files` has the file of each document, where there are files; `written` says how its text has a scalar.
    """
    findings: list[Finding] = []
    sound: list[Member] = []
    faulty: list[Member] = []
    for number, document in enumerate(documents):
        for tree, at in _objects(document, number, ROOT, findings):
            check = check_document(
                tree, known, at, registry=choice.registry, written=written[number] if written else None
            )
            member = Member(check.root, number, at, _kind_of(check))
            findings += found_in(check, member)
            if any(found.severity == "error" for found in check.diagnostics):
                faulty.append(member)
            else:
                sound.append(member)
    objects = Objects(sound, known, faulty, Setting(files=files, external=choice.external))
    findings += check_together(objects, choice)
    yield from settle(findings, (*sound, *faulty), choice)


def _kind_of(check: Check) -> Kind | None:
    names = check.api_version, check.kind
    return check.api.kind(*names) if all(isinstance(name, str) for name in names) else None


def found_in(check: Check, member: Member) -> list[Finding]:
    """Return what was found in one object."""
    if not check.diagnostics:
        return []
    about = title(check.root) if check.kind or member.name else ""
    return [
        Finding(_advised(diagnostic, check, at)._replace(resource=about), member.number, at.steps, (), member)
        for diagnostic, at in zip(check.diagnostics, check.paths, strict=True)
    ]


def _advised(diagnostic: Diagnostic, check: Check, at: Path) -> Diagnostic:
    """Return a diagnostic with the advice to render a template, where it is about text that still is one."""
    if diagnostic.fix or diagnostic.severity != "error":
        return diagnostic
    value = check.value(at)
    is_template = isinstance(value, str) and _TEMPLATE.search(value)
    return diagnostic._replace(fix="this is a template: render it first") if is_template else diagnostic


def check_together(objects: Objects, choice: Choice, demands: Mapping[int, Demand] | None = None) -> list[Finding]:
    """Return what is found in objects together: references, custom resources, and the policies that are selected.

    `demands` has the Pod Security Standards of members that were given one, by their identity.
    """
    findings = check_objects(objects, choice.registry)
    if any(member.known is None for member in objects.all):
        from kpy.custom.resources import check_custom

        findings += _netted(check_custom, objects, choice)
    asked = levels_of(objects, demands or {})
    if choice.select or asked:
        from kpy.checking.policy_runs import check_policies

        findings += _netted(check_policies, objects, choice, asked)
    return findings


def _netted(look: Callable[..., Iterable[Finding]], *arguments: object) -> list[Finding]:
    """Return what a function finds; when it fails, that is one of the findings."""
    findings: list[Finding] = []
    try:
        findings += look(*arguments)
    except KpyError:
        raise
    except Exception as error:
        findings.append(failure(error, None))
    return findings


def _objects(
    document: object, number: int, at: Path, findings: list[Finding], depth: int = 0
) -> Iterator[tuple[Mapping[str, Any], Path]]:
    """Yield the objects of a document with their places: those of a `List` one by one, else the document itself."""
    if document is None and at is ROOT:
        return
    if not isinstance(document, Mapping):
        message = f"a document must be a mapping, not {describe(document)}"
        diagnostic = Diagnostic(NOT_A_MAPPING.name, NOT_A_MAPPING.family, "error", str(at), message)
        findings.append(Finding(diagnostic, number, at.steps))
        return
    items = document.get("items")
    kind = document.get("kind")
    if kind == "List" and items is None and "items" in document:
        return  # how Go writes an empty list
    if isinstance(kind, str) and kind.endswith("List") and isinstance(items, list | tuple) and depth < _DEEPEST:
        for index, item in enumerate(items):
            yield from _objects(_typed(item, document), number, at + "items" + index, findings, depth + 1)
    else:
        yield document, at


def _typed(item: object, of: Mapping[str, Any]) -> object:
    """Return an item of a list such as `PodList`, whose items need not say their kind."""
    kind = of["kind"].removesuffix("List")
    if kind and isinstance(item, Mapping) and "kind" not in item and "apiVersion" not in item:
        return {"apiVersion": of.get("apiVersion"), "kind": kind, **item}
    return item

"""The check of any number of documents: each by itself, then all together."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from kpy.checking.bounds import bounded
from kpy.checking.check import Check, Written
from kpy.checking.choice import EVERYDAY, Choice, check_choice
from kpy.checking.decode import shape_of
from kpy.checking.folding import fold
from kpy.checking.hiding import hide_secrets
from kpy.checking.merging import merge_by_container
from kpy.checking.object_set import Finding, Member, Objects, failure, topic_within
from kpy.checking.pod_security import Demand, levels_of
from kpy.checking.registry import BUILT_IN
from kpy.checking.rule import declare
from kpy.checking.set_runs import check_objects
from kpy.checking.setting import Setting
from kpy.checking.waivers import settle
from kpy.checking.walk import check_document
from kpy.diagnostics import Diagnostic, Report
from kpy.errors import KpyError
from kpy.model.calls import checked
from kpy.objects import title
from kpy.paths import ROOT, Path
from kpy.schema import Api, api

if TYPE_CHECKING:
    from kpy.inputs.surroundings import Surroundings

__all__ = ["Subject", "check_all", "find_faults", "validate"]

_OBJECTS: Final = "https://kubernetes.io/docs/concepts/overview/working-with-objects/#required-fields"
_DEEPEST: Final = 20
_ADMISSION: Final = ("ValidatingAdmissionPolicyBinding", "MutatingAdmissionPolicyBinding")
#: What Helm and its like replace, and what `envsubst` and its like do.
_TEMPLATE: Final = re.compile(r"\{\{.*\}\}|\$\{\w+\b.*\}")

NOT_A_MAPPING = declare("not-a-mapping", "Refuse a document that is not a mapping.", source=_OBJECTS)


class Subject(NamedTuple):
    """An object to check, and what is known of it beside its text."""

    tree: Mapping[str, Any]
    #: The number of the document that it is, or that it is in.
    number: int
    #: Its place in the document.
    at: Path = ROOT
    #: How its text has a scalar; nothing where there is no text.
    written: Written | None = None
    #: The rules that are not reported for it, with the reason.
    waive: Mapping[str, str] = {}
    #: The Pod Security Standards that it was given.
    demand: Demand | None = None
    #: Whether Python code made it, and may have made keys that are not text.
    is_made: bool = False
    #: Whether somebody else answers for it, so that it explains others and has no findings itself.
    is_outside: bool = False


@checked
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
    admission: Sequence[str] = (),
    before: Iterable[Mapping[str, object]] = (),
) -> Report:
    """Return what an API server of this minor release, and kpy's own rules, say about Kubernetes documents.

    Documents are plain JSON trees, such as `yaml.safe_load_all` gives; empty ones (`None`) do not count, and a `List`
    stands for its items. A bad document is reported, never raised. `select` switches policies on, by name or group;
    `ignore` and `severities` are about all rules; `external` says what lives outside (`Secret/db-*`), and `crds` where
    the definitions of custom resources are, beside those among the documents. `policies` are your own, as functions
    or modules, to be selected like all others. `admission` are files and folders with admission policies by which all
    objects are judged, beside those among the documents. `before` are the same objects as they stand: with them,
    changes of custom resources are judged, too, and what has not changed is not judged again.

    Raises `UsageError` for a release, a rule or a severity that kpy does not know; without a release, the newest
    counts.
    """
    registry = BUILT_IN.plus(*policies) if policies else BUILT_IN
    named = [*ignore, *(severities or ())]
    if select or named:
        from kpy.checking.plug_ins import with_plug_ins_for

        registry = with_plug_ins_for(registry, select, named)
    choice = Choice(select, ignore, severities or {}, external, crds, registry, admission)
    check_choice(choice)
    found = [*registry.failures]
    found += (each.diagnostic for each in find_faults(documents, api(kubernetes), choice, before=before))
    return Report(found)


def find_faults(
    documents: Iterable[object],
    known: Api,
    choice: Choice = EVERYDAY,
    *,
    files: Sequence[str] = (),
    unread: Iterable[str] = (),
    written: Sequence[Written] | None = None,
    surroundings: Surroundings | None = None,
    before: Iterable[Mapping[str, object]] = (),
) -> Iterator[Finding]:
    """Yield everything found in the documents, with the number of the document and the real place in it.

    `files` has the file of each document, where there are files, and `unread` the files of which something could not
    be read; `written` says how the text of a document has a scalar, and `surroundings` what is known beside them.
    """
    subjects = (
        subject
        for number, document in enumerate(documents)
        for subject in _subjects(document, number, written[number] if written else None)
    )
    setting = Setting(
        files=files,
        unread=frozenset(unread),
        external=choice.external,
        before=tuple(_before(before)),
        asks_for=choice.asks_for,
        surroundings=surroundings,
    )
    return check_all(subjects, known, choice, setting)


def _before(documents: Iterable[object]) -> Iterator[Mapping[str, Any]]:
    """Yield the objects of documents, those of lists too."""
    for document in documents:
        if isinstance(document, Mapping):
            items = document.get("items")
            if document.get("kind") == "List" and isinstance(items, Sequence):
                yield from _before(items)
            else:
                yield document


def check_all(subjects: Iterable[Subject | Finding], known: Api, choice: Choice, setting: Setting) -> Iterator[Finding]:
    """Yield what is found in objects, each by itself and all together; what is no object comes as its finding.

    An object with errors counts for the others as far as it can be read.
    """
    findings: list[Finding] = []
    members: list[Member] = []
    outside: set[int] = set()
    demands: dict[int, Demand] = {}
    for subject in subjects:
        if isinstance(subject, Finding):
            findings.append(subject)
            continue
        check = check_document(
            subject.tree,
            known,
            subject.at,
            registry=choice.registry,
            written=subject.written,
            text_keys=subject.is_made,
        )
        member = _member(check, subject)
        members.append(member)
        if subject.is_outside:
            outside.add(member.number)
            continue
        findings += _found_in(check, member)
        if subject.demand is not None and subject.demand.levels:
            demands[id(member)] = subject.demand
    findings += _check_variants(members, known, choice, setting, demands)
    if outside:
        findings = [found for found in findings if found.number not in outside]
    own = [member for member in members if member.number not in outside]
    settled = fold(settle(bounded(_known(findings, setting)), own, choice))
    yield from hide_secrets(
        merge_by_container(settled) if choice.select or choice.mandatory or demands else settled, members
    )


def _known(findings: list[Finding], setting: Setting) -> list[Finding]:
    """Return the findings that do not rest on what files leave open."""
    if setting.surroundings is None:
        return findings
    return [
        found
        for found in findings
        if not setting.is_unsettled(
            found.diagnostic, found.number, found.steps, (number for number, _ in found.related)
        )
    ]


def _member(check: Check, subject: Subject) -> Member:
    names = check.api_version, check.kind
    kind = check.api.kind(*names) if all(isinstance(name, str) for name in names) else None
    tree, faults = check.root, None
    if any(found.severity == "error" for found in check.diagnostics):
        from kpy.checking.readable import read_object

        tree, kind, faults = read_object(check, kind)
    member = Member(tree, subject.number, subject.at, kind, written=subject.tree, faults=faults)
    member.waive = subject.waive
    return member


def _found_in(check: Check, member: Member) -> Iterator[Finding]:
    """Yield what was found in one object; what is refused gets no warning at the same place."""
    if not check.diagnostics:
        return
    about = title(check.root) if check.kind or member.name else ""
    refused = {at.steps for found, at in zip(check.diagnostics, check.paths, strict=True) if found.severity == "error"}
    for diagnostic, at in zip(check.diagnostics, check.paths, strict=True):
        if diagnostic.severity == "error" or at.steps not in refused:
            found = _advised(diagnostic, check, at)._replace(resource=about)
            yield Finding(found, member.number, at.steps, (), member, topic_within(member, check.topic_of(diagnostic)))


def _advised(diagnostic: Diagnostic, check: Check, at: Path) -> Diagnostic:
    """Return a diagnostic with the advice to render a template, where it is about text that still is one."""
    if diagnostic.fix or diagnostic.severity != "error":
        return diagnostic
    value = check.value(at)
    is_template = isinstance(value, str) and _TEMPLATE.search(value)
    return diagnostic._replace(fix="this is a template: render it first") if is_template else diagnostic


def _check_variants(
    members: list[Member], known: Api, choice: Choice, setting: Setting, demands: Mapping[int, Demand]
) -> list[Finding]:
    """Return what is found in objects together: where files are variants, in each of them without the others."""

    def look(of: list[Member]) -> list[Finding]:
        return _check_together(Objects(of, known, setting), choice, demands)

    objects = Objects(members, known, setting)
    # a custom resource is judged by all definitions of its kind, so that it need not be known which of them is meant
    custom = _netted(_check_custom, objects, choice)
    if not setting.files:
        return [*_check_together(objects, choice, demands), *custom]
    from kpy.checking.variant_runs import check_variants
    from kpy.checking.variants import Variants

    variants = Variants(members, setting.files)
    found = check_variants(variants, look) if variants.choices else _check_together(objects, choice, demands)
    return [*found, *custom]


def _check_custom(objects: Objects, choice: Choice) -> Iterable[Finding]:
    if all(member.known is not None for member in objects):
        return ()
    from kpy.custom.resources import check_custom

    return check_custom(objects, choice)


def _check_together(objects: Objects, choice: Choice, demands: Mapping[int, Demand]) -> list[Finding]:
    """Return what is found in objects together: references, and the policies that are selected.

    `demands` has the Pod Security Standards of members that were given one, by their identity.
    """
    findings = check_objects(objects, choice.registry)
    if choice.admission or any(objects.of("admissionregistration.k8s.io", *_ADMISSION)):
        from kpy.admission.check import check_admission

        findings += _netted(check_admission, objects, choice)
    asked = levels_of(objects, demands)
    if choice.select or choice.mandatory or asked:
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


def _subjects(
    document: object, number: int, written: Written | None, at: Path = ROOT, depth: int = 0
) -> Iterator[Subject | Finding]:
    """Yield the objects of a document with their places: those of a `List` one by one, else the document itself."""
    if document is None and at is ROOT:
        return
    if not isinstance(document, Mapping):
        message = f"a document must be a mapping, not {shape_of(document)}"
        diagnostic = Diagnostic(NOT_A_MAPPING.name, NOT_A_MAPPING.family, "error", str(at), message)
        yield Finding(diagnostic, number, at.steps)
        return
    items = document.get("items")
    kind = document.get("kind")
    if kind == "List" and items is None and "items" in document:
        return  # how Go writes an empty list
    if isinstance(kind, str) and kind.endswith("List") and isinstance(items, list | tuple) and depth < _DEEPEST:
        for index, item in enumerate(items):
            yield from _subjects(_typed(item, document), number, written, at + "items" + index, depth + 1)
    else:
        yield Subject(document, number, at, written)


def _typed(item: object, of: Mapping[str, Any]) -> object:
    """Return an item of a list such as `PodList`, whose items need not say their kind."""
    kind = of["kind"].removesuffix("List")
    if kind and isinstance(item, Mapping) and "kind" not in item and "apiVersion" not in item:
        return {"apiVersion": of.get("apiVersion"), "kind": kind, **item}
    return item

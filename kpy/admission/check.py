"""What the admission policies among the documents say about the objects beside them.

Objects are judged as a server has them in hand: with its defaults, and as mutating policies leave them. Who asks and
what they may do, only a cluster knows: what depends on it is said once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from kpy.admission.completed import completed
from kpy.admission.equivalents import equivalents_of, seen_as
from kpy.admission.expressions import Expressions
from kpy.admission.matching import is_about, resource_met
from kpy.admission.mutating import Shaped, mutated
from kpy.admission.outside import Outside
from kpy.admission.params import params_of
from kpy.admission.places import place_of
from kpy.admission.requests import Request, Resource, unknown_labels
from kpy.admission.validating import Denial, denials
from kpy.checking.check import Check
from kpy.checking.choice import Choice
from kpy.checking.object_set import Finding, Member, Objects, See, SetCheck
from kpy.checking.rule import Rule, declare
from kpy.checking.walk import check_document
from kpy.custom.resources import Definition, definitions_of
from kpy.objects import metadata_of
from kpy.paths import ROOT, Path
from kpy.schema.conversions import converted
from kpy.syntax.cel.errors import CelError, ClusterError, EvaluationError

__all__ = ["check_admission"]

Tree = dict[str, Any]

_GROUP: Final = "admissionregistration.k8s.io"
_PAGES: Final = "https://kubernetes.io/docs/reference/access-authn-authz/"
_VALIDATING: Final = f"{_PAGES}validating-admission-policy/"
_MUTATING: Final = f"{_PAGES}mutating-admission-policy/"

DENIED = declare(
    "admission-denied",
    "Refuse an object that an admission policy denies: one among the documents, or one that `admission` names.",
    source=f"{_VALIDATING}#getting-started-with-validating-admission-policy",
    family="admission",
)
WARNED = declare(
    "admission-warned",
    "Warn of an object that an admission policy among the documents warns of (`validationActions: [Warn]`).",
    source=f"{_VALIDATING}#validation-actions",
    family="admission",
    severity="warning",
)
AUDITED = declare(
    "admission-audited",
    "Name an object that an admission policy among the documents has audited (`validationActions: [Audit]`).",
    source=f"{_VALIDATING}#validation-actions",
    family="admission",
    severity="note",
)
NOT_RUN = declare(
    "admission-not-run",
    "Say that what an admission policy among the documents says depends on a cluster.",
    source=f"{_VALIDATING}#validation-expression",
    family="admission",
    severity="note",
)
SPOILT = declare(
    "admission-spoilt",
    "Refuse an object that is no longer valid once a mutating admission policy has changed it.",
    source=f"{_MUTATING}#about-mutating-admission-policies",
    family="admission",
)


class _Policy(NamedTuple):
    """A policy, with its bindings and its expressions."""

    member: Member
    spec: Mapping[str, Any]
    bindings: list[Member]
    expressions: Expressions


def check_admission(objects: Objects, choice: Choice) -> list[Finding]:
    """Return what admission policies say about all other objects."""
    check = SetCheck()
    outside = list(Outside.read(choice.admission, objects)) if choice.admission else []
    everything = Objects([*objects, *outside], objects.api, objects.setting) if outside else objects
    validating, mutating = (list(_policies(everything, kind)) for kind in ("Validating", "Mutating"))
    if validating or mutating:
        run = _Run(everything, definitions_of(objects, choice), check)
        for member in objects:
            if member.group != _GROUP and member.faults is None and member.kind:
                run.judge(member, validating, mutating)
    return check.findings


def _policies(objects: Objects, word: str) -> Iterator[_Policy]:
    """Yield the sound policies that are bound."""
    bindings: dict[str, list[Member]] = {}
    for member in objects.of(_GROUP, f"{word}AdmissionPolicyBinding"):
        if member.faults is None:
            bindings.setdefault(str(member.spec.get("policyName")), []).append(member)
    for member in objects.of(_GROUP, f"{word}AdmissionPolicy"):
        bound = bindings.get(member.name)
        if bound and member.faults is None:
            try:
                yield _Policy(member, member.spec, bound, Expressions(member.spec, int(objects.api.release[2:])))
            except CelError:
                continue


class _Run:
    """The run of all policies on all objects."""

    def __init__(
        self, objects: Objects, definitions: Mapping[tuple[str, str], list[Definition]], check: SetCheck
    ) -> None:
        self._objects = objects
        self._check = check
        self._definitions = definitions
        self._before = {_identity(tree): tree for tree in objects.setting.before}
        self._spaces = {each.name: each for each in objects.of("", "Namespace") if each.faults is None}
        self._said: set[int] = set()

    def judge(self, member: Member, validating: Iterable[_Policy], mutating: Iterable[_Policy]) -> None:
        """Report what policies say about an object."""
        request = self._request(member)
        if mutating:
            changed = self._mutated(member, request, mutating)
            if changed is None:
                return
            request = changed
        for policy in validating:
            for binding, param, resource in self._bound(member, policy, request):
                try:
                    values = {**self._seen_as(resource, request, member).values(), "params": param}
                    for denial in denials(policy.spec, policy.expressions, values):
                        self._deny(member, policy, binding, denial)
                except ClusterError as error:
                    self._not_run(member, policy, error)

    def _mutated(self, member: Member, request: Request, policies: Iterable[_Policy]) -> Request | None:
        """Return a request as mutating policies leave it; nothing where one refuses or spoils it."""
        shaped = self._shaped(member)
        again: list[tuple[_Policy, Member, Tree | None, Resource]] = []
        bound = [(policy, *pair) for policy in policies for pair in self._bound(member, policy, request)]
        changes: list[tuple[_Policy, Member]] = []
        is_refused = False
        for turn in (bound, again):
            for policy, binding, param, resource in tuple(turn):
                try:
                    seen = self._seen_as(resource, request, member)
                    values = {**seen.values(), "params": param}
                    changed = mutated(policy.spec, policy.expressions, seen.object, values, shaped)
                    found = self._as_asked(changed, request, resource)
                except ClusterError as error:
                    self._not_run(member, policy, error)
                    continue
                except CelError as error:
                    is_refused = True
                    self._refuse(member, policy, binding, str(error))
                    continue
                if turn is bound and policy.spec.get("reinvocationPolicy") == "IfNeeded":
                    again.append((policy, binding, param, resource))
                if found != request.object:
                    changes.append((policy, binding))
                    request = request._replace(object=found)
        if changes and not is_refused:
            is_refused = self._is_spoilt(member, request, *changes[-1])
        return None if is_refused else request

    def _is_spoilt(self, member: Member, request: Request, policy: _Policy, binding: Member) -> bool:
        """Tell, and report, whether an object is no longer valid."""
        found = list(self._faults(member, request.object))
        for at, message in found:
            said = f"MutatingAdmissionPolicy '{policy.member.name}' with binding '{binding.name}' leaves it invalid"
            where = f" at {at}" if str(at) else ""
            at = _existing(at, member.tree)
            self._check.report(member, at, f"{said}{where}: {message}", see_also=_sights(policy, binding), rule=SPOILT)
        return bool(found)

    def _faults(self, member: Member, tree: Tree) -> Iterator[tuple[Path, str]]:
        check: Check = check_document(tree, self._objects.api)
        for found, at in zip(check.diagnostics, check.paths, strict=True):
            if found.severity == "error":
                yield at, found.message
        if definition := self._definition(member):
            for fault in definition.faults(Member(tree, 0), self._objects.api):
                yield fault.at, fault.message

    def _seen_as(self, resource: Resource, request: Request, member: Member) -> Request:
        return seen_as(resource, request, self._objects.api, self._definition(member))

    def _as_asked(self, tree: Tree, request: Request, resource: Resource) -> Tree:
        """Return what a policy made of an object in another version, in its own."""
        if resource == request.resource:
            return tree
        version = request.resource.api_version
        return {**converted(tree, version), "apiVersion": version}

    def _bound(
        self, member: Member, policy: _Policy, request: Request
    ) -> Iterator[tuple[Member, Tree | None, Resource]]:
        """Yield the bindings and parameters that a policy is to be run with, and the resource that it sees."""
        try:
            resource = resource_met(policy.spec.get("matchConstraints"), request)
            if resource is None:
                return
        except ClusterError as error:
            self._not_run(member, policy, error)
            return
        for binding in policy.bindings:
            try:
                if is_about(binding.spec.get("matchResources"), request):
                    for param in params_of(policy.spec, binding.spec, request, self._objects, self._completed):
                        yield binding, param, resource
            except ClusterError as error:
                self._not_run(member, policy, error)
            except EvaluationError as error:
                if policy.spec.get("failurePolicy") != "Ignore":
                    self._refuse(member, policy, binding, f"failed to configure binding: {error}")

    def _deny(self, member: Member, policy: _Policy, binding: Member, denial: Denial) -> None:
        """Report a denial as much as the binding says."""
        named = f"ValidatingAdmissionPolicy '{policy.member.name}' with binding '{binding.name}'"
        actions = binding.spec.get("validationActions") or ()
        rule: Rule
        if "Deny" in actions:
            rule, said = DENIED, f"{named} denied request: {denial.message}"
        elif "Warn" in actions:
            rule, said = WARNED, f"Validation failed for {named}: {denial.message}"
        else:
            rule, said = AUDITED, f"{named} would note: {denial.message}"
        self._check.report(
            member,
            place_of(denial.expression, member.tree, policy.expressions.texts),
            said,
            fix=_fix(policy.member, denial),
            see_also=_sights(policy, binding),
            rule=rule,
        )

    def _refuse(self, member: Member, policy: _Policy, binding: Member, message: str) -> None:
        named = f"{policy.member.kind} '{policy.member.name}' with binding '{binding.name}'"
        said = f"{named} denied request: {message}"
        self._check.report(member, ROOT, said, see_also=_sights(policy, binding), rule=DENIED)

    def _not_run(self, member: Member, policy: _Policy, error: ClusterError) -> None:
        if id(policy.member) not in self._said:
            self._said.add(id(policy.member))
            said = f"what {policy.member.kind} '{policy.member.name}' says is not known here: it {error}"
            about = member if isinstance(policy.member, Outside) else policy.member
            self._check.report(about, ROOT, said, rule=NOT_RUN)

    def _request(self, member: Member) -> Request:
        resource = self._resource(member)
        tree = self._completed(member)
        old = self._before.get(_identity(member.tree))
        before = None if old is None else self._completed(Member(old, 0, known=member.known))
        space = self._space(tree["metadata"].get("namespace") or "default") if resource.namespaced else None
        others = equivalents_of(resource, self._objects.api, self._definition(member))
        return Request(resource, tree, before, space, others)

    def _resource(self, member: Member) -> Resource:
        group, _, version = str(member.tree.get("apiVersion")).rpartition("/")
        if member.known:
            return Resource(group, version, member.kind, member.known.plural, member.known.namespaced)
        if definition := self._definition(member):
            return Resource(group, version, member.kind, definition.plural, definition.namespaced)
        return Resource(group, version, member.kind, f"{member.kind.lower()}s", namespaced=True)

    def _definition(self, member: Member) -> Definition | None:
        found = self._definitions.get((member.group, member.kind)) if member.known is None else None
        return found[0] if found else None

    def _completed(self, member: Member) -> Tree:
        if member.known:
            return completed(member.tree, member.known, self._objects.api)
        definition = self._definition(member)
        schema = definition.schema_of(member.tree) if definition else None
        tree = schema.stored(member.tree) if schema else dict(member.tree)
        metadata = {key: value for key, value in metadata_of(tree).items() if value or value == ""}
        if definition is None or definition.namespaced:
            metadata.setdefault("namespace", "default")
        return {**tree, "metadata": metadata}

    def _shaped(self, member: Member) -> Shaped:
        if member.known:
            return Shaped.of_kind(member.known, self._objects.api)
        definition = self._definition(member)
        schema = definition.schema_of(member.tree) if definition else None
        return Shaped.of_schema(schema.tree if schema else {})

    def _space(self, name: str) -> Tree:
        """Return a namespace; of one that is not here, only the name is known."""
        label = {"kubernetes.io/metadata.name": name}
        member = self._spaces.get(name)
        if member:
            tree = self._completed(member)
            metadata = tree["metadata"]
            return {**tree, "metadata": {**metadata, "labels": {**(metadata.get("labels") or {}), **label}}}
        labels = label if name == "default" else unknown_labels(name)
        return {
            "metadata": {"name": name, "labels": labels},
            "spec": {"finalizers": ["kubernetes"]},
            "status": {"phase": "Active"},
        }


def _fix(policy: Member, denial: Denial) -> str:
    """Return what to meet, and where that is said."""
    file = f" of {policy.file}" if isinstance(policy, Outside) else ""
    shows = denial.expression and denial.expression not in denial.message
    return f"meet `{' '.join(denial.expression.split())}`{file}" if shows else f"see the policy{file}" if file else ""


def _sights(policy: _Policy, binding: Member) -> list[See]:
    """Return the policy and its binding, where they are among the objects."""
    sights = [
        (f"{policy.member.kind} '{policy.member.name}'", policy.member),
        (f"its binding '{binding.name}'", binding),
    ]
    return [See(text, member) for text, member in sights if not isinstance(member, Outside)]


def _existing(at: Path, tree: Mapping[str, Any]) -> Path:
    """Return the part of a place that an object has."""
    found, value = ROOT, tree
    for step in at.steps:
        try:
            value = value[step]  # type: ignore[index]  # a list has numbers
        except (KeyError, IndexError, TypeError):
            break
        found += step
    return found


def _identity(tree: Mapping[str, Any]) -> tuple[str, ...]:
    """Return which object a tree is."""
    metadata = metadata_of(tree)
    group = str(tree.get("apiVersion")).rpartition("/")[0]
    return group, str(tree.get("kind")), str(metadata.get("namespace") or "default"), str(metadata.get("name"))

"""Every field that names an object is looked up by exactly one rule, in documents and in apps."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from kpy import App, Chart, Raw, SynthError
from kpy.diagnostics import Diagnostic
from kpy.schema import RELEASES, Api, Kind, api
from kpy.schema.references import REFERENCES, Naming
from kpy.validation import validate

#: Fields that nobody follows, and why.
NOT_FOLLOWED = {
    "admissionregistration/* NamedRuleWithOperations": "names of any kind, whether they are or not",
    "admissionregistration/* ParamRef": "its kind stands in the policy; most are custom",
    "authentication/* BoundObjectReference": "a request, which no document is",
    "authorization/* ResourceAttributes": "a request, which no document is",
    "certificates/* PodCertificateRequestSpec": "kubelets make it",
    "coordination/* LeaseCandidateSpec": "candidates make it while a cluster runs",
    "core/v1 ClaimSource": "gone before the releases that kpy knows",
    "core/v1 ConfigMapNodeConfigSource": "kubelets report it",
    "core/v1 EndpointAddress": "controllers report it",
    "discovery/* Endpoint": "controllers report it",
    "lifecycle/* EvictionPodReference": "pods come and go",
    "lifecycle/* EvictionRequestPodReference": "pods come and go",
    "meta/v1 ObjectMeta": "`namespace-missing` looks at it where namespaces are declared",
    "meta/v1 OwnerReference": "its owner has a uid, which only a cluster gives",
    "networking/* ParentReference": "controllers report it",
    "rbac/* PolicyRule": "grants are for names of any kind, whether they are or not",
    "storage/* VolumeAttachmentSource": "controllers make it",
    "storage/* VolumeAttachmentSpec": "controllers make it",
    "resource/* BasicDevice": "drivers report it",
    "resource/* Device": "drivers report it",
    "resource/* ResourceSlice": "drivers report it",
    "resource/* ResourceSliceSpec": "drivers report it",
}
#: Kinds whose objects say what happened.
OBSERVED = {"VolumeAttachment", "EndpointSlice", "Endpoints", "Event", "CSINode"}
#: Kinds that live in clusters and seldom in documents.
OUTSIDE = {"Node", "Pod", "Namespace", "Endpoints"}
#: What a field that says the kind beside the name is tried with, by the name of the field.
KINDS = {"scaleTargetRef": ("apps", "Deployment"), "roleRef": ("rbac.authorization.k8s.io", "Role")}
#: Types whose kind is one of a few.
OF_TYPE = {
    "rbac/* Subject": ("", "ServiceAccount"),
    "resource/* ResourceClaimParametersReference": ("", "ConfigMap"),
    "networking/* IngressClassParametersReference": ("", "ConfigMap"),
}


class Use(NamedTuple):
    """A field of the table in a kind of objects."""

    row: str
    field: str
    naming: Naming
    kind: Kind
    #: The way to the struct that has the field, each step with whether a list is there.
    way: tuple[tuple[str, str], ...]
    release: str

    @property
    def target(self) -> tuple[str, str]:
        """Group and kind of what is named."""
        if self.naming.kind:
            return self.naming.group, self.naming.kind
        return KINDS.get(self.way[-1][0], OF_TYPE.get(self.row, ("", "ConfigMap")))

    def tree(self, name: object) -> dict[str, Any]:
        """Return an object that has the name, and nothing more than leads there."""
        group, kind = self.target
        node: dict[str, Any] = {self.field: name}
        if self.naming.kind_field:
            node[self.naming.kind_field] = kind
        if self.naming.group_field == "apiVersion":
            node["apiVersion"] = f"{group}/v1" if group else "v1"
        elif self.naming.group_field:
            node[self.naming.group_field] = group
        if self.naming.namespace_field:
            node[self.naming.namespace_field] = "front"
        inner: Any = node
        for step, container in reversed(self.way):
            held = [inner] if container == "list" else {"a": inner} if container == "map" else inner
            inner = {step: held}
        metadata = {"name": "web", **({"namespace": "front"} if self.kind.namespaced else {})}
        return {"apiVersion": self.kind.api_version, "kind": self.kind.kind, "metadata": metadata, **inner}


def _uses() -> Iterator[Use]:
    for row, fields in REFERENCES.items():
        for field, naming in fields.items():
            if row in NOT_FOLLOWED or naming.kind in OUTSIDE:
                continue
            uses = (_use(row, field, naming, release) for release in reversed(RELEASES))
            if use := next(filter(None, uses), None):
                yield use


def _use(row: str, field: str, naming: Naming, release: str) -> Use | None:
    known = api(release)
    group, _, short = row.partition("/")
    short = short.rpartition(" ")[2]
    for kind in known.kinds:
        way = None if kind.kind in OBSERVED else _way(known, kind.type, f"{group}/", f" {short}", field)
        if way:
            return Use(row, field, naming, kind, way, release)
    return None


def _way(known: Api, root: str, group: str, short: str, wanted: str) -> tuple[tuple[str, str], ...] | None:
    """Return the shortest way from a type to one of the row that has the field."""
    level: list[tuple[str, tuple[tuple[str, str], ...]]] = [(root, ())]
    seen = {root}
    while level:
        deeper = []
        for name, way in level:
            found = known.type(name)
            if found and name.startswith(group) and name.endswith(short) and wanted in found.fields:
                return way
            for field in found.fields.values() if found else ():
                if field.type and field.type not in seen and field.name not in ("status", "metadata"):
                    seen.add(field.type)
                    deeper.append((field.type, (*way, (field.name, field.container))))
        level = deeper
    return None


USES = [pytest.param(use, id=f"{use.row}.{use.field}") for use in _uses()]


def _target(use: Use) -> Kind:
    """Return the kind that is named; alpha kinds that came and went are not kinds any more."""
    found = next((each for each in api(use.release).kinds if (each.group, each.kind) == use.target), None)
    if found is None:
        pytest.skip("no release has the kind that is named")
    return found


def test_nearly_every_row_is_tried() -> None:
    assert len(USES) > 60  # a row without a use would hide a rule that is missing


@pytest.mark.parametrize("use", USES)
def test_absent_object_is_found_once_in_documents(use: Use) -> None:
    found = [each for each in validate([use.tree("dangling")], kubernetes=use.release) if each.family == "reference"]

    assert [each.field.rpartition(".")[2] for each in found] == [use.field]


@pytest.mark.parametrize("use", USES)
def test_object_of_another_namespace_is_found_once_in_an_app(use: Use) -> None:
    target = _target(use)
    if not target.namespaced or not use.kind.namespaced or use.naming.namespace_field:
        pytest.skip("the object has no namespace, or is named with it")
    metadata = {"name": "settings", "namespace": "back"}
    meant = Raw({"apiVersion": target.api_version, "kind": target.kind, "metadata": metadata})

    found = _found(use, meant, Raw(use.tree(meant)))

    assert [each.rule for each in found if each.severity == "error"] == ["other-namespace"]


@pytest.mark.parametrize("use", USES)
def test_misspelled_object_is_found_once_in_an_app(use: Use) -> None:
    target = _target(use)
    metadata = {"name": "settings", **({"namespace": "front"} if target.namespaced else {})}
    there = Raw({"apiVersion": target.api_version, "kind": target.kind, "metadata": metadata})

    found = [each for each in _found(use, there, Raw(use.tree("settigns"))) if each.fix.startswith("did you mean")]

    assert [(each.severity, each.field.rpartition(".")[2]) for each in found] == [("warning", use.field)]


def _found(use: Use, *parts: Raw) -> list[Diagnostic]:
    app = App("shop", kubernetes=use.release)
    chart = app.add(Chart("shop"))
    for part in parts:
        chart.add(part)
    try:
        report = app.synth().report
    except SynthError as error:
        report = error.report
    return [each for each in report if each.family == "reference"]

"""Custom resources against the schemas of their definitions, as a server checks them.

The definitions are those among the objects, and those of the files and folders that the settings name. Unknown fields
are errors: a server drops them, or refuses them under strict validation.

https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from kpy.checking.choice import Choice
from kpy.checking.object_set import Finding, Member, Objects, See, SetCheck
from kpy.checking.rule import declare
from kpy.custom.definitions import Blueprint, blueprints_in
from kpy.custom.embedded import faults_of_embedded
from kpy.custom.scale import scaled_kinds
from kpy.custom.schema import Fault, Schema
from kpy.objects import title
from kpy.paths import ROOT
from kpy.schema import Api

__all__ = ["Definition", "check_custom", "definitions_of"]

_PAGES: Final = "https://kubernetes.io/docs/concepts/extend-kubernetes/api-extension/custom-resources/"
_STRUCTURE: Final = "https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/"
_GROUP: Final = "apiextensions.k8s.io"

CUSTOM_RESOURCE = declare(
    "custom-resource",
    "Say that a kind is not one of Kubernetes itself and that its definition is not here, so that only the metadata "
    "of its objects was checked.",
    source=_PAGES,
    severity="note",
)
DEFINITION_REFUSED = declare(
    "definition-refused",
    "Say that `kpy crds add` does not take a definition: its form is not served any more, its kind is defined by "
    "another one that is kept, or it comes from elsewhere than before.",
    source=_STRUCTURE,
)
_RULES = {
    "version": declare(
        "custom-version-unknown",
        "Refuse a custom resource of a version that its definition does not serve.",
        source=f"{_STRUCTURE}#specify-multiple-versions",
    ),
    "unknown": declare(
        "custom-field-unknown",
        "Refuse a field that the schema of a custom resource does not have: a server drops it, or refuses it.",
        source=f"{_STRUCTURE}#field-pruning",
    ),
    "required": declare(
        "custom-field-missing",
        "Refuse a custom resource without a field that its schema requires.",
        source=f"{_STRUCTURE}#validation",
    ),
    "value": declare(
        "custom-value-invalid",
        "Refuse a value that the schema of a custom resource does not allow: its type, its form, its bounds.",
        source=f"{_STRUCTURE}#validation",
    ),
    "rule": declare(
        "custom-rule-broken",
        "Refuse a custom resource that breaks a rule in CEL of its definition (`x-kubernetes-validations`).",
        source=f"{_STRUCTURE}#validation-rules",
        family="api",
    ),
    "duplicate": declare(
        "custom-item-duplicate",
        "Refuse an item that a list of a custom resource has twice, where its schema says that items are unique.",
        source="https://kubernetes.io/docs/reference/using-api/server-side-apply/#custom-resources-and-server-side-apply",
    ),
}


NOT_SCALABLE = declare(
    "custom-not-scalable",
    "An autoscaler names a custom resource whose definition has no subresource `scale`: it scales nothing.",
    source=f"{_STRUCTURE}#scale-subresource",
    family="reference",
    severity="warning",
)
#: A set of definitions may be there in some versions; every object is judged by each of them.
_MOST_ALTERNATIVES: Final = 10


class Definition(NamedTuple):
    """A definition of a kind of custom resources."""

    #: The definition among the objects; nothing when it is in a file of its own.
    member: Member | None
    blueprint: Blueprint
    #: The minor release that judges.
    minor: int

    @property
    def plural(self) -> str:
        """What a server calls the kind in its paths."""
        return self.blueprint.facts.plural

    @property
    def namespaced(self) -> bool:
        """Whether its objects are in namespaces."""
        return self.blueprint.facts.namespaced

    def schema_of(self, tree: Mapping[str, Any]) -> Schema | None:
        """Return the schema of an object, if there is one."""
        name = str(tree.get("apiVersion")).rpartition("/")[2]
        return self.blueprint.schema(name, self.minor) if name in self.blueprint.versions else None

    def faults(self, member: Member, known: Api, old: Mapping[str, Any] | None = None) -> list[Fault]:
        """Return what is wrong with an object."""
        version = str(member.tree["apiVersion"]).rpartition("/")[2]
        if version not in self.blueprint.versions:
            served = ", ".join(self.blueprint.versions) or "none"
            message = f"{member.kind} has no version {version}; its definition serves {served}"
            return [Fault("version", ROOT + "apiVersion", message)]
        schema = self.blueprint.schema(version, self.minor)
        if old is not None and old.get("apiVersion") != member.tree["apiVersion"]:
            # without a webhook, a server changes the version and nothing else
            old = None if self.blueprint.facts.has_webhook else {**old, "apiVersion": member.tree["apiVersion"]}
        return [*schema.faults(member.tree, old), *faults_of_embedded(schema, member.tree, known)] if schema else []


def check_custom(objects: Objects, choice: Choice) -> list[Finding]:
    """Return what is wrong with the custom resources, and a note for every kind without a definition."""
    check = SetCheck()
    definitions = definitions_of(objects, choice)
    before = {_identity(tree): tree for tree in objects.setting.before}
    unknown: set[tuple[str, str]] = set()
    for member in objects:
        if member.known is not None or "." not in member.group or member.group in objects.api.groups:
            continue
        key = member.group, member.kind
        found = definitions.get(key)
        if found and member.is_readable():
            _check(member, found, objects.api, check, before.get(_identity(member.tree)))
        elif found is None and key not in unknown:
            unknown.add(key)
            said = f"{member.kind} of {member.tree['apiVersion']} is a custom resource whose definition is not here"
            check.report(member, ROOT, f"{said}: only its metadata is checked", rule=CUSTOM_RESOURCE)
    _check_scaled(objects, definitions, check)
    return check.findings


def _check_scaled(objects: Objects, definitions: Mapping[tuple[str, str], list[Definition]], check: SetCheck) -> None:
    """Report autoscalers of kinds that no definition lets anybody scale."""
    for scaled in scaled_kinds(objects):
        found = definitions.get((scaled.group, scaled.kind), [])
        versions = [each.blueprint.versions.get(scaled.version) for each in found]
        if versions and all(version is not None and version.scale is None for version in versions):
            said = f"the definition of {scaled.kind} has no subresource `scale`, so that nobody can scale it"
            see_also = [See(title(each.member.tree), each.member) for each in found if each.member is not None]
            at = scaled.at + "kind"
            check.report(scaled.autoscaler, at, said, see_also=see_also, rule=NOT_SCALABLE)


def definitions_of(objects: Objects, choice: Choice) -> dict[tuple[str, str], list[Definition]]:
    """Return the sound definitions of every kind that has any; in several files there may be alternatives."""
    found: dict[tuple[str, str], list[Definition]] | None = objects.kept.get(definitions_of)
    if found is None:
        found = objects.kept[definitions_of] = _definitions(objects, choice)
    return found


def _definitions(objects: Objects, choice: Choice) -> dict[tuple[str, str], list[Definition]]:
    found: dict[tuple[str, str], list[tuple[Member | None, Blueprint]]] = {}
    for blueprint in blueprints_in(choice.crds, choice.project):
        found.setdefault((blueprint.group, blueprint.kind), []).append((None, blueprint))
    for member in objects.of(_GROUP, "CustomResourceDefinition"):
        blueprint = Blueprint.of(member.tree)
        same = found.setdefault((blueprint.group, blueprint.kind), [])
        if member.faults is None:
            same.append((member, blueprint))
    minor = int(objects.api.release[2:])
    return {
        key: [Definition(member, blueprint, minor) for member, blueprint in _distinct(same)]
        for key, same in found.items()
    }


def _distinct(same: Sequence[tuple[Member | None, Blueprint]]) -> Iterable[tuple[Member | None, Blueprint]]:
    """Return the definitions of a kind that differ in what they say, and no more of them than anybody has."""
    if len(same) < 2:
        return same
    seen: dict[str, tuple[Member | None, Blueprint]] = {}
    for member, blueprint in same[:_MOST_ALTERNATIVES]:
        seen.setdefault(blueprint.digest, (member, blueprint))
    return seen.values()


def _identity(tree: Mapping[str, Any]) -> tuple[str, ...]:
    """Return which object a tree is: its group, kind, namespace and name."""
    metadata = tree.get("metadata")
    named = metadata if isinstance(metadata, Mapping) else {}
    group = str(tree.get("apiVersion")).rpartition("/")[0]
    return group, str(tree.get("kind")), str(named.get("namespace") or ""), str(named.get("name"))


def _check(
    member: Member,
    definitions: Iterable[Definition],
    known: Api,
    check: SetCheck,
    old: Mapping[str, Any] | None,
) -> None:
    """Report what is wrong by the definition that fits best."""
    definition, faults = min(
        ((each, each.faults(member, known, old)) for each in definitions), key=lambda pair: len(pair[1])
    )
    see_also = [See(title(definition.member.tree), definition.member)] if definition.member else []
    for fault in faults:
        seen = see_also if fault.what == "version" else []
        check.report(member, fault.at, fault.message, fix=fault.fix, see_also=seen, rule=_RULES[fault.what])

"""What a change of a definition does to the custom resources that there are."""

from __future__ import annotations

from collections.abc import Iterator

from kpy.compare.judgements import Judgement
from kpy.compare.values import mapping_at, mappings_at
from kpy.objects import Tree

__all__ = ["judge_definition"]

#: How many fields that go are named.
_NAMED = 3


def judge_definition(group: str, kind: str, old: Tree, new: Tree) -> Iterator[Judgement]:
    """Yield what becomes of versions that go, and of fields that the schemas have no more."""
    if (group, kind) != ("apiextensions.k8s.io", "CustomResourceDefinition"):
        return
    before, after = (_versions(tree) for tree in (old, new))
    for name, version in before.items():
        kept = after.get(name, {})
        if version.get("storage") is True and not kept:
            yield Judgement(
                "immutable field changed",
                (
                    f"the API server refuses it: objects are stored as {name}, which must stay among `spec.versions` "
                    f"until all are stored anew and `status.storedVersions` no longer names it",
                ),
            )
        elif version.get("served") is True and kept.get("served") is not True:
            yield Judgement("outage", (f"{name} is not served any more: who asks for it gets an error",))
        elif lost := list(_lost("", _schema(version), _schema(kept))):
            more = f" and {len(lost) - _NAMED} more" if len(lost) > _NAMED else ""
            yield Judgement(
                "data loss",
                (f"objects lose {', '.join(lost[:_NAMED])}{more}: the schema of {name} has no such fields any more",),
            )


def _versions(definition: Tree) -> dict[str, Tree]:
    return {str(each.get("name")): each for each in mappings_at(definition, "spec", "versions")}


def _schema(version: Tree) -> Tree:
    return mapping_at(version, "schema", "openAPIV3Schema")


def _lost(path: str, old: Tree, new: Tree) -> Iterator[str]:
    """Yield the fields that a server kept by the old schema, and drops by the new one."""
    if new.get("x-kubernetes-preserve-unknown-fields") is True or not new:
        return
    if old.get("x-kubernetes-preserve-unknown-fields") is True:
        yield f"what {path or 'the top'} has beyond the named fields"
        return
    before, after = mapping_at(old, "properties"), mapping_at(new, "properties")
    for name in before:
        if name in after:
            yield from _lost(f"{path}.{name}".removeprefix("."), mapping_at(before, name), mapping_at(after, name))
        elif not (path == "" and name in ("apiVersion", "kind", "metadata")) and "additionalProperties" not in new:
            yield f"{path}.{name}".removeprefix(".")
    for inner, step in (("items", "[]"), ("additionalProperties", "[*]")):
        if mapping_at(old, inner) and mapping_at(new, inner):
            yield from _lost(f"{path}{step}", mapping_at(old, inner), mapping_at(new, inner))

"""Two manifests, object by object."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from kpy.compare.across import judge_across
from kpy.compare.changes import Change, Comparison
from kpy.compare.differences import Difference, differences
from kpy.compare.effects import judge_deletion, judge_replacement, judge_update
from kpy.compare.judgements import Judgement
from kpy.compare.kept import is_kept
from kpy.compare.refused import NO_DEFINITIONS, Definitions, with_refusals
from kpy.compare.replicas import Scaled, autoscaled, is_scaled
from kpy.manifest import Resource
from kpy.objects import Tree, former_names, is_protected, lost_with, metadata_of, name_of, title
from kpy.redaction.mask import Mask
from kpy.schema import Kind, api
from kpy.schema.conversions import converted
from kpy.schema.scopes import custom_scopes, is_custom_namespaced, stored_group

__all__ = ["changes_between", "compare"]

#: Group, kind, namespace, name, and a number for objects that share all these.
Key = tuple[str, str, str, str, int]
Objects = Iterable[Resource | Mapping[str, object]]

_NO_API = Kind("", "", "", "", True, True, ())


def compare(old: Objects, new: Objects, *, kubernetes: str | None = None, crds: Sequence[str] = ()) -> Comparison:
    """Compare two manifests, or documents, by meaning.

    Objects are the same where group, kind, namespace and name are, whatever the version. What is only in `old` counts
    as deleted. The release is the newest known unless `kubernetes` says another. Updates of custom resources are judged
    by the definitions among the objects, the new ones first, and by those in the files and folders `crds`.
    """
    return changes_between(old, new, kubernetes=kubernetes, definitions=Definitions(tuple(crds)))


def changes_between(
    old: Objects,
    new: Objects,
    *,
    kubernetes: str | None = None,
    is_accepted: bool = False,
    definitions: Definitions = NO_DEFINITIONS,
) -> Comparison:
    """Compare two manifests as `compare` does; with `is_accepted`, a server has said that it takes every change."""
    old, new = list(_single(old)), list(_single(new))
    scopes = custom_scopes(_tree(item) for item in (*old, *new))
    before, after = _by_key(old, kubernetes, scopes), _by_key(new, kubernetes, scopes)
    wanted = [_tree(item) for item in after.values()]
    beside = [*wanted, *(_tree(item) for item in before.values())]
    scaled = autoscaled(_tree(item) for item in before.values()), autoscaled(wanted)
    former = _renamed(before, after)
    there = [_tree(item) for item in before.values()]
    changes = []
    for key, item in after.items():
        if key in former:
            changes.append(_replacement(item, former[key], before[former[key]], beside, there, kubernetes))
        elif key not in before:
            changes.append(_change(item, Judgement("create")))
        else:
            changes.append(_update(before[key], item, kubernetes, scaled, is_accepted=is_accepted))
    replaced = set(former.values())
    for key, item in before.items():
        if key not in after and key not in replaced:
            judgement = judge_deletion(key[0], key[1], _tree(item), beside)
            changes.append(_change(item, judgement, protected=_protected(_tree(item), there)))
    if not is_accepted:
        changes = with_refusals(changes, there, wanted, definitions, kubernetes)
    changes = judge_across(changes, there, wanted)
    mask = Mask(beside)
    return Comparison(_without_secrets(change, mask) for change in changes)


def _renamed(before: Mapping[Key, object], after: Mapping[Key, Resource | Tree]) -> dict[Key, Key]:
    """Return the new objects that take the place of one with another name, each with that one."""
    found: dict[Key, Key] = {}
    taken: set[Key] = set()
    for key, item in after.items():
        if key in before:
            continue
        group, kind, namespace, *_ = key
        for old_namespace, name in former_names(_tree(item)):
            old = (group, kind, old_namespace or namespace, name, 1)
            if old in before and old not in after and old not in taken:
                found[key] = old
                taken.add(old)
                break
    return found


def _replacement(
    new: Resource | Tree, key: Key, old: Resource | Tree, beside: list[Tree], there: list[Tree], release: str | None
) -> Change:
    going = _tree(old)
    judgement = judge_replacement(title(going), judge_deletion(key[0], key[1], going, beside))
    kind = _kind(_tree(new), release)
    schema = api(release)
    found = tuple(differences(going, _tree(new), schema.type(kind.type) if kind.type else None, schema))
    change = _change(new, judgement, found, protected=_protected(going, there))
    return change._replace(replaces=title(going))


def _protected(going: Tree, there: list[Tree]) -> tuple[str, ...]:
    return tuple(title(tree) for tree in lost_with(going, there))


def _without_secrets(change: Change, mask: Mask) -> Change:
    """Return a change whose values have no value of a Secret, wherever else it stands."""
    found = tuple(
        difference._replace(old=mask.hide_in(difference.old), new=mask.hide_in(difference.new))
        for difference in change.differences
    )
    change = change._replace(differences=found) if found else change
    if change.effect == "refused":  # what rules say of a value may have it
        change = change._replace(reasons=tuple(map(mask.hide, change.reasons)))
    return change


def _update(
    old: Resource | Tree,
    new: Resource | Tree,
    release: str | None,
    scaled: tuple[Scaled, Scaled],
    *,
    is_accepted: bool,
) -> Change:
    before, after = _tree(old), _tree(new)
    kind = _kind(after, release)
    schema = api(release)
    found = tuple(
        differences(
            converted(before, _text(after, "apiVersion")), after, schema.type(kind.type) if kind.type else None, schema
        )
    )
    group = _text(after, "apiVersion").rpartition("/")[0]
    is_autoscaled = is_scaled(_text(after, "kind"), after, scaled[1])
    found = tuple(
        difference
        for difference in found
        if not is_kept(group, _text(after, "kind"), difference, is_autoscaled=is_autoscaled)
    )
    judgement = judge_update(
        group,
        _text(after, "kind"),
        before,
        after,
        found,
        scaled_before=scaled[0],
        scaled=scaled[1],
        is_accepted=is_accepted,
        release=schema.release,
    )
    is_lost = judgement.effect == "immutable field changed" and is_protected(before)
    return _change(new, judgement, found, protected=(title(before),) if is_lost else ())


def _change(
    item: Resource | Tree,
    judgement: Judgement,
    found: tuple[Difference, ...] = (),
    protected: tuple[str, ...] = (),
) -> Change:
    tree = _tree(item)
    return Change(
        judgement.effect,
        _text(tree, "apiVersion"),
        _text(tree, "kind"),
        _text(metadata_of(tree), "namespace"),
        name_of(tree),
        found,
        judgement.reasons,
        item.where if isinstance(item, Resource) else None,
        protected=protected,
    )


def _by_key(
    items: Sequence[Resource | Tree], release: str | None, scopes: Mapping[tuple[str, str], bool]
) -> dict[Key, Resource | Tree]:
    found: dict[Key, Resource | Tree] = {}
    seen: Counter[Sequence[str]] = Counter()
    for item in items:
        tree = _tree(item)
        group, kind = _text(tree, "apiVersion").rpartition("/")[0], _text(tree, "kind")
        namespace = _text(metadata_of(tree), "namespace") if _is_namespaced(tree, release, scopes) else ""
        key = (stored_group(group, kind), kind, namespace, name_of(tree))
        seen[key] += 1
        found[*key, seen[key]] = item
    return found


def _single(items: Objects) -> Iterator[Resource | Tree]:
    """Iterate over the objects, those of a `List` one by one."""
    for item in items:
        inner = _tree(item).get("items") if _text(_tree(item), "kind").endswith("List") else None
        if isinstance(inner, list):
            yield from (tree for tree in inner if isinstance(tree, Mapping))
        else:
            yield item


def _is_namespaced(tree: Tree, release: str | None, scopes: Mapping[tuple[str, str], bool]) -> bool:
    known = api(release).kind(_text(tree, "apiVersion"), _text(tree, "kind"))
    if known is not None:
        return known.namespaced
    return is_custom_namespaced(_text(tree, "apiVersion").rpartition("/")[0], _text(tree, "kind"), scopes)


def _kind(tree: Tree, release: str | None) -> Kind:
    return api(release).kind(_text(tree, "apiVersion"), _text(tree, "kind")) or _NO_API


def _tree(item: Resource | Tree) -> Tree:
    return item.tree if isinstance(item, Resource) else item


def _text(tree: Tree, field: str) -> str:
    return str(tree.get(field) or "")

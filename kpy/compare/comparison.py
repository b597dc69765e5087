"""Two manifests, object by object."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from kpy.compare.across import judge_across
from kpy.compare.changes import Change, Comparison
from kpy.compare.differences import Difference, differences
from kpy.compare.effects import judge_deletion, judge_update
from kpy.compare.judgements import Judgement
from kpy.compare.kept import is_kept
from kpy.compare.replicas import Scaled, autoscaled, is_scaled
from kpy.manifest import Resource
from kpy.objects import Tree, metadata_of, name_of
from kpy.redaction.mask import Mask
from kpy.schema import Kind, api
from kpy.schema.scopes import custom_scopes, is_custom_namespaced, stored_group

__all__ = ["changes_between", "compare"]

#: Group, kind, namespace, name, and a number for objects that share all these.
Key = tuple[str, str, str, str, int]
Objects = Iterable[Resource | Mapping[str, object]]

_NO_API = Kind("", "", "", "", True, True, ())


def compare(old: Objects, new: Objects, *, kubernetes: str | None = None) -> Comparison:
    """Compare two manifests, or documents, by meaning.

    Objects are the same where group, kind, namespace and name are, whatever the version. What is only in `old` counts
    as deleted. The release is the newest known unless `kubernetes` says another.
    """
    return changes_between(old, new, kubernetes=kubernetes)


def changes_between(
    old: Objects, new: Objects, *, kubernetes: str | None = None, is_accepted: bool = False
) -> Comparison:
    """Compare two manifests as `compare` does; with `is_accepted`, a server has said that it takes every change."""
    old, new = list(_single(old)), list(_single(new))
    scopes = custom_scopes(_tree(item) for item in (*old, *new))
    before, after = _by_key(old, kubernetes, scopes), _by_key(new, kubernetes, scopes)
    wanted = [_tree(item) for item in after.values()]
    beside = [*wanted, *(_tree(item) for item in before.values())]
    scaled = autoscaled(_tree(item) for item in before.values()), autoscaled(wanted)
    changes = [
        _change(item, Judgement("create"))
        if key not in before
        else _update(before[key], item, kubernetes, scaled, is_accepted=is_accepted)
        for key, item in after.items()
    ]
    for key, item in before.items():
        if key not in after:
            changes.append(_change(item, judge_deletion(key[0], key[1], _tree(item), beside)))
    changes = judge_across(changes, map(_tree, before.values()), wanted)
    mask = Mask(beside)
    return Comparison(_without_secrets(change, mask) for change in changes)


def _without_secrets(change: Change, mask: Mask) -> Change:
    """Return a change whose values have no value of a Secret, wherever else it stands."""
    found = tuple(
        difference._replace(old=mask.hide_in(difference.old), new=mask.hide_in(difference.new))
        for difference in change.differences
    )
    return change._replace(differences=found) if found else change


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
    found = tuple(differences(before, after, schema.type(kind.type) if kind.type else None, schema))
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
    return _change(new, judgement, found)


def _change(item: Resource | Tree, judgement: Judgement, found: tuple[Difference, ...] = ()) -> Change:
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

"""Objects of two environments that are the same one under other names, so that a comparison says what really differs.

The old objects get the names and namespaces of the new ones, and so does every text that mentions them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from kpy.manifest import Resource
from kpy.objects import Tree, metadata_of

__all__ = ["paired"]

#: Group and kind, namespace, name.
Key = tuple[str, str, str]
#: What stands for a key.
_Words = Callable[[Key], Key]
#: The end of a name that is made of the content.
_DIGEST = re.compile(r"-[0-9a-z]{10}$")


def paired(
    old: Sequence[Resource], new: Sequence[Resource], old_word: str, new_word: str
) -> tuple[list[Resource], dict[str, str]]:
    """Return the old objects under the names of the new ones, and the names that were taken for each other.

    Objects of equal names are the same; else those whose names, or namespaces, become equal when `old_word`, as a
    whole word, is `new_word`; else those of one kind and name of which there is one on each side; else those whose
    names differ by a digest of their content alone.
    """
    partners = _partners({_key(each.tree) for each in old}, {_key(each.tree) for each in new}, old_word, new_word)
    names: dict[str, str] = {}
    for (_, *before), (_, *after) in partners.items():
        names |= {was: now for was, now in zip(before, after, strict=True) if was and was != now}
    by_key = {_key(each.tree): each.tree for each in new}
    found = []
    for each in old:
        partner = partners.get(_key(each.tree))
        if partner is None:
            found.append(each)
            continue
        tree = dict(_renamed_items(each.tree, by_key[partner], names))
        renamed = Resource(tree, construct=each.construct, chart=each.chart, path=each.path, where=each.where)
        found.append(renamed)
    return found, names


def _partners(old: Iterable[Key], new: Iterable[Key], old_word: str, new_word: str) -> dict[Key, Key]:
    left, right = set(old), set(new)
    found = {key: key for key in left & right}
    left, right = left - found.keys(), right - found.keys()
    stages: tuple[tuple[_Words, _Words], ...] = (
        (lambda key: _as_other(key, old_word, new_word), lambda key: key),
        (_anywhere, _anywhere),
        (lambda key: _without_digest(_as_other(key, old_word, new_word)), _without_digest),
    )
    for words_before, words_after in stages:
        before, after = _once(left, words_before), _once(right, words_after)
        for words, key in before.items():
            if (partner := after.get(words)) is not None:
                found[key] = partner
        left, right = left - found.keys(), right - set(found.values())
    return found


def _anywhere(key: Key) -> Key:
    """Return a key for objects of any namespace."""
    return key[0], "", key[2]


def _without_digest(key: Key) -> Key:
    """Return a key for what is named by its content, by kpy or kustomize, whatever the content is."""
    return key[0], "", _DIGEST.sub("", key[2])


def _once(keys: Iterable[Key], word_of: _Words) -> dict[Key, Key]:
    """Return the keys by what stands for them, where that stands for one alone."""
    found: dict[Key, list[Key]] = {}
    for key in keys:
        found.setdefault(word_of(key), []).append(key)
    return {word: all_[0] for word, all_ in found.items() if len(all_) == 1}


def _as_other(key: Key, old_word: str, new_word: str) -> Key:
    kind, namespace, name = key
    return kind, _replaced(namespace, old_word, new_word), _replaced(name, old_word, new_word)


def _replaced(text: str, word: str, by: str) -> str:
    return re.sub(rf"(?<![a-z0-9]){re.escape(word)}(?![a-z0-9])", lambda _: by, text)


def _key(tree: Mapping[str, Any]) -> Key:
    metadata = metadata_of(tree)
    group = str(tree.get("apiVersion", "")).rpartition("/")[0]
    return f"{tree.get('kind')}.{group}", str(metadata.get("namespace") or ""), str(metadata.get("name") or "")


def _renamed_in(old: Any, new: Any, names: Mapping[str, str]) -> Any:
    """Return an old value in which every text that is the new one, but for names, is the new one."""
    match old, new:
        case str(), str():
            return new if old != new and _in_new_words(old, names) == new else old
        case dict(), dict():
            return dict(_renamed_items(old, new, names))
        case list(), list():
            return [_renamed_in(each, new[at] if at < len(new) else None, names) for at, each in enumerate(old)]
    return old


def _renamed_items(old: Tree, new: Tree, names: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
    for key, value in old.items():
        renamed = key if key in new else _in_new_words(key, names)
        key = renamed if renamed in new else key
        yield key, _renamed_in(value, new.get(key), names)


def _in_new_words(text: str, names: Mapping[str, str]) -> str:
    if not names:
        return text
    words = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    return re.sub(rf"(?<![a-z0-9-])(?:{words})(?![a-z0-9-])", lambda match: names[match[0]], text)

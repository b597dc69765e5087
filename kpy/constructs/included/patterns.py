"""Words for objects: `"Deployment/web"`, `"Deployment/shop/web"` with the namespace, `"Job/*"`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any, Final

from kpy.errors import ArgumentError
from kpy.model.lists import to_list
from kpy.objects import Key, key_of

__all__ = ["check_pattern", "is_meant", "listed_objects", "near_misses", "to_patches", "to_patterns"]

Tree = Mapping[str, Any]
_FORM: Final = '`"Kind/name"`, such as `"Deployment/web"`, or `"Kind/namespace/name"`; `*` stands for any text'
#: How many objects a message lists.
_SHOWN: Final = 8


def check_pattern(word: object) -> str:
    """Return a word for objects. Raises `ArgumentError` for what is none."""
    parts = word.split("/") if isinstance(word, str) else []
    if len(parts) not in (2, 3) or not all(part.strip() == part != "" for part in parts):
        raise ArgumentError(f"{word!r} names no object: expected {_FORM}")
    return "/".join(parts)


def to_patterns(said: Sequence[str]) -> list[str]:
    """Return words for objects as a list."""
    return [check_pattern(word) for word in to_list(said, "objects to leave out")]


def to_patches(said: Mapping[str, Mapping[str, object]]) -> dict[str, Mapping[str, object]]:
    """Return patches by the objects that they are for."""
    if not isinstance(said, Mapping):
        raise ArgumentError(f'expected objects with patches, `{{"Deployment/web": {{"spec": {{...}}}}}}`, not {said!r}')
    for word, patch in said.items():
        check_pattern(word)
        if not isinstance(patch, Mapping):
            form = f'`{{"{word}": {{"spec": {{...}}}}}}`'
            raise ArgumentError(f"the patch of {word!r} is a mapping in the names of the API, {form}, not {patch!r}")
    return {str(word): patch for word, patch in said.items()}


def is_meant(word: str, tree: Tree) -> bool:
    """Return whether a word for objects means an object."""
    kind, *namespace, name = word.split("/")
    key = key_of(tree)
    return (
        fnmatchcase(key.kind, kind)
        and fnmatchcase(key.name, name)
        and (not namespace or fnmatchcase(key.namespace, namespace[0]))
    )


def near_misses(word: str, trees: Iterable[Tree]) -> str:
    """Return what may be meant by a word that means no object, as the end of a sentence."""
    from difflib import get_close_matches

    keys = [key_of(tree) for tree in trees]
    kind, *_, name = word.split("/")
    words = {_word(key, with_namespace=word.count("/") > 1): key for key in keys}
    near = get_close_matches(word, words, n=1, cutoff=0.7)
    if not near:
        near = [each for each, key in words.items() if key.name == name or key.kind.lower() == kind.lower() == key.kind]
    if near and len(near) < 3:
        return f"; did you mean {' or '.join(repr(each) for each in near)}?"
    return f"; there is: {listed_objects(keys)}"


def listed_objects(keys: Iterable[Key]) -> str:
    """Return objects for a message, and how many more there are."""
    words = list(dict.fromkeys(_word(key) for key in keys))
    rest = [f"and {len(words) - _SHOWN} more"] if len(words) > _SHOWN else []
    return ", ".join([*words[:_SHOWN], *rest]) or "nothing"


def _word(key: Key, *, with_namespace: bool = False) -> str:
    return "/".join((key.kind, *([key.namespace] if with_namespace and key.namespace else ()), key.name))

"""A tree as YAML for people: of what is long or deep the beginning."""

from __future__ import annotations

import re
from typing import Any

import yaml

__all__ = ["yaml_text"]

_MOST_ITEMS = 4
_MOST_CHARACTERS = 120
_DEEPEST = 24
_MORE = "and_more_"
_COMMENT = re.compile(rf"^( *)(- )?{_MORE}(\d+)(: null)?$", re.MULTILINE)


def yaml_text(tree: Any) -> str:
    """Return a tree as YAML."""
    text = yaml.safe_dump(_cut(tree), sort_keys=False, allow_unicode=True, width=100)
    return _COMMENT.sub(r"\1# and \3 more", text.removesuffix("...\n"))


def _cut(tree: Any, depth: int = 0) -> Any:
    """Return a tree with the beginnings of long lists, mappings and texts, and the top of a deep one."""
    if depth > _DEEPEST:
        return "and so on"
    match tree:
        case dict():
            kept = {key: _cut(value, depth + 1) for key, value in list(tree.items())[: _most(tree)]}
            return {**kept, f"{_MORE}{len(tree) - len(kept)}": None} if len(kept) < len(tree) else kept
        case list():
            items = [_cut(value, depth + 1) for value in tree[: _most(tree)]]
            return [*items, f"{_MORE}{len(tree) - len(items)}"] if len(items) < len(tree) else items
        case str() if len(tree) > _MOST_CHARACTERS:
            return f"{tree[:60]}... ({len(tree):,} characters)"
    return tree


def _most(tree: Any) -> int:
    """Return how much is shown: all, unless it is much more than a few."""
    return len(tree) if len(tree) <= 2 * _MOST_ITEMS else _MOST_ITEMS - 1

"""What the laws are tried with: mutants of sound documents, of their texts, and wrong calls; all of it plain JSON."""

from __future__ import annotations

import copy
import gzip
import inspect
import json
from functools import lru_cache
from typing import Any

from hypothesis import strategies as st

from tests.constructs.wrong_calls import CLASSES, VALUES
from tests.verdicts import FILE

__all__ = ["calls", "documents", "files", "pairs", "sets", "texts", "values"]

Tree = dict[str, Any]

_LONG = 5_000
#: What is wrong in most places, or at the edge of what is right.
ODD: list[Any] = [
    None, True, False, 0, 1, -1, 80800, 2**31, 2**63, 2**70, 10**400, 0.5, 1e30, -0.0, "", " ", "a", "A", "a\n",
    "\ud800", "\x00", "\x1b[2J", "::error::a", "{{ x }}", "$(A)", "${A}", "1", "0.1", "1Gi", "100m", "9" * 30,
    "1e30", "-1", "a" * 300, "é", "a/b/c", "..", "/", "*", "-", ".", "10.0.0.0/8", "::1", "10.0.0.300",
    "2024-01-01T00:00:00Z", "* * * * *", "self.a > 1", "9" * _LONG, "[" * 500, "^(a+)+$", "(", "\\pL", "YQ==", "%",
    [], [None], [[]], [{}], ["a"], ["a", "a"], [1, "1"], {}, {"a": None}, {"": ""}, {"a": {"b": [1]}},
    {"name": "a"},
]  # fmt: skip
OPERATIONS = ("put", "drop", "rename", "repeat", "wrap", "swap")
KEYS = [
    "",
    "a",
    "metadata",
    "name",
    "spec",
    "kind",
    "items",
    "status",
    "\ud800",
    "x-kubernetes-a",
    "a b",
    "$ref",
    "data",
]
TOKENS = [
    "---\n", "--- ", "...\n", "%YAML 1.1\n", "# c\n", " #c", "\n", "\n  ", "\r\n", "\r", "- ", "? ", ": ", ":", ",",
    "{", "}", "[", "]", "'", '"', "|", ">-\n", "&a ", "*a", "!!str ", "!!int ", "!!binary ", "!x ", "<<: ", "\t",
    " ", "a", "b", "1", "0x1F", "1e3", "~", "yes", "\\/", "\\n", "\\ud800", "\\", "@", "`", "%", "\ufeff", "é",
    "\x85", "\u2028", "\x00", "{{ x }}", "=", "1_0", "08", "<<<<<<< HEAD\n", "9" * 400, "[" * 400,
]  # fmt: skip


@lru_cache(1)
def bases() -> list[Tree]:
    """Return the sound documents of all kinds that the verdicts of a server are about."""
    with gzip.open(FILE, "rt", encoding="utf-8") as lines:
        found: dict[str, Tree] = json.loads(next(lines))
    return [found[name] for name in sorted(found)]


_NUMBER = st.integers(0, 10_000)
_CHANGE = st.tuples(st.sampled_from(OPERATIONS), _NUMBER, _NUMBER)


@st.composite
def documents(draw: st.DrawFn) -> Tree:
    """Return mutants of sound documents."""
    tree = copy.deepcopy(draw(st.sampled_from(bases())))
    for operation, place, other in draw(st.lists(_CHANGE, max_size=8)):
        tree = _changed(tree, operation, place, other)
    return tree


def sets() -> st.SearchStrategy[list[Any]]:
    """Return some documents to be judged together."""
    return st.lists(documents() | st.sampled_from(ODD), max_size=4)


def pairs() -> st.SearchStrategy[list[Tree]]:
    """Return an object as it was and as it is, or two that have nothing in common."""

    @st.composite
    def related(draw: st.DrawFn) -> list[Tree]:
        old = draw(documents())
        new = copy.deepcopy(old)
        for operation, place, other in draw(st.lists(_CHANGE, min_size=1, max_size=4)):
            new = _changed(new, operation, place, other)
        return [old, new]

    return related() | st.tuples(documents(), documents()).map(list)


@st.composite
def texts(draw: st.DrawFn) -> str:
    """Return YAML and JSON with tokens put in and cut out."""
    chosen = draw(st.lists(st.sampled_from(bases()), min_size=1, max_size=2))
    form = draw(st.sampled_from(["json", "lines", "yaml", "tokens"]))
    text = _written(chosen, form)
    for token, place, length in draw(
        st.lists(st.tuples(st.sampled_from(TOKENS), _NUMBER, st.integers(0, 6)), max_size=5)
    ):
        at = place * max(len(text), 1) // 10_000
        text = text[:at] + token + text[at + length :]
    return text


_TEXT = st.text(max_size=12) | st.text(
    st.sampled_from(" \n\t\r:#-?|>&*!%@`'\"\\[]{},=~<.+_/$01eExy\x85\u2028\ufeff"), max_size=9
)
_SCALAR = (
    _TEXT | st.none() | st.booleans() | st.integers(-(2**63), 2**64) | st.floats(allow_nan=False) | st.sampled_from(ODD)
)


def values() -> st.SearchStrategy[Any]:
    """Return any JSON."""
    return st.recursive(
        _SCALAR, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXT, inner, max_size=4), max_leaves=12
    )


@st.composite
def calls(draw: st.DrawFn) -> list[Any]:
    """Return the name of a construct, and the number of a wrong value for some of its keywords."""
    name = draw(st.sampled_from(sorted(CLASSES)))
    keywords = [*inspect.signature(CLASSES[name]).parameters, "nonsense"]
    numbers = st.integers(0, len(VALUES) - 1)
    return [name, draw(st.dictionaries(st.sampled_from(keywords), numbers, min_size=1, max_size=3))]


def files() -> st.SearchStrategy[Any]:
    """Return folders: names of files with their contents, one byte a character; `->` leads to another."""
    part = st.text(st.sampled_from("ab .:#[\n\r\x1b\xff::error"), min_size=1, max_size=8).filter(
        lambda name: name.strip(".") != ""
    )
    name = st.builds(
        "{}{}{}".format, st.sampled_from(["", "d/", "d/e/"]), part, st.sampled_from([".yaml", ".json", "", ".py"])
    )
    content = texts().map(lambda text: text.encode("utf-8", "replace").decode("latin-1"))
    odd = st.binary(max_size=20).map(lambda content: content.decode("latin-1"))
    links = st.sampled_from(["->../outside", "->.", "->a.yaml", "->/dev/null", "->/dev/zero"])
    return st.dictionaries(name, content | odd | links, max_size=4)


def _written(trees: list[Tree], form: str) -> str:
    if form == "yaml":
        import yaml

        return str(yaml.safe_dump_all(trees, sort_keys=False))
    if form == "tokens":
        return "\n".join(
            " ".join(TOKENS[(index * 7 + len(str(tree))) % len(TOKENS)] for index in range(6)) for tree in trees
        )
    return ("" if form == "lines" else "\n---\n").join(
        json.dumps(tree, indent=1 if form == "json" else None) for tree in trees
    )


def _changed(tree: Any, operation: str, place: int, other: int) -> Any:
    """Return a tree with one change; the numbers say where and with what."""
    places = list(_places(tree))
    if not places:
        return tree
    holder, key = places[place % len(places)]
    match operation:
        case "put":
            holder[key] = copy.deepcopy(ODD[other % len(ODD)])
        case "drop":
            del holder[key]
        case "rename" if isinstance(holder, dict):
            holder[KEYS[other % len(KEYS)]] = holder.pop(key)
        case "repeat" if isinstance(holder[key], list):
            holder[key] = [copy.deepcopy(item) for item in holder[key] for _ in range(2 + other % 3)]
        case "wrap":
            holder[key] = [holder[key]] if other % 2 else {"a": holder[key]}
        case "swap":
            to, target = places[other % len(places)]
            holder[key] = copy.deepcopy(
                to.get(target) if isinstance(to, dict) else to[target % len(to)] if to else None
            )
    return tree


def _places(tree: Any) -> Any:
    stack = [tree]
    while stack:
        holder = stack.pop()
        items = holder.items() if isinstance(holder, dict) else enumerate(holder) if isinstance(holder, list) else ()
        for key, item in list(items):
            yield holder, key
            if isinstance(item, dict | list):
                stack.append(item)

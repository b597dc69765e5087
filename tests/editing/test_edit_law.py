"""The law of editing: the text says what was wished, and every line of what was not named is as it was."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import yaml
from hypothesis import given
from hypothesis import strategies as st

from kpy.editing import edit_values, read_tree, same

Keys = tuple[str, ...]

NAMES = st.sampled_from(["image", "size", "a-b", "x_1", "host", "tag", "mode"])
TEXTS = st.text(st.sampled_from("ab 1.:#-'\"\\{}[],&*!|>%@?é😀\n\t"), max_size=8)
SCALARS = st.one_of(st.integers(-999, 999), st.booleans(), st.sampled_from([0.5, -2.25]), TEXTS)
NEW = st.one_of(
    SCALARS,
    st.lists(st.one_of(SCALARS, st.dictionaries(NAMES, SCALARS, max_size=2)), max_size=3),
    st.dictionaries(NAMES, SCALARS, min_size=1, max_size=2),
)
COMMENTS = st.sampled_from(["", " # note", "  # é 😀: [x"])


class Line(NamedTuple):
    """A line of a file, and the key that it is about; nothing for comments and empty lines."""

    text: str
    keys: Keys | None


def dump(value: object, draw: st.DrawFn) -> str:
    """Return a scalar in one of the ways to write it, by PyYAML and by JSON."""
    style = draw(st.sampled_from([None, "'", '"']))
    if isinstance(value, str) and style:
        text = yaml.safe_dump(value, default_style=style, width=9999, allow_unicode=True)
        return text.rstrip("\n") if "\n" not in text.rstrip("\n") else json.dumps(value, ensure_ascii=False)
    return json.dumps(value, ensure_ascii=False)


@st.composite
def yaml_lines(draw: st.DrawFn, above: Keys = (), depth: int = 0, margin: str = "") -> list[Line]:
    lines: list[Line] = []
    step = draw(st.integers(1, 4))
    for key in draw(st.lists(NAMES, unique=True, min_size=1, max_size=3)):
        keys = (*above, key)
        kinds = ["scalar", "scalar", "flow", "block", "list", "table", "empty"]
        kind = draw(st.sampled_from(kinds if depth < 2 else kinds[:5]))
        comment = draw(COMMENTS)
        lines += [
            Line(text, None) for text in draw(st.sampled_from([[], [""], [f"{margin}# of {key}"], ["# far left"]]))
        ]
        match kind:
            case "scalar":
                lines.append(Line(f"{margin}{key}: {dump(draw(SCALARS), draw)}{comment}", keys))
            case "flow":
                items = json.dumps(draw(st.lists(SCALARS, max_size=2)), ensure_ascii=False)
                lines.append(Line(f"{margin}{key}: {items}{comment}", keys))
            case "empty":
                lines.append(Line(f"{margin}{key}:{comment}", keys))
            case "block":
                body = draw(st.lists(st.sampled_from(["x", "y # no comment", "z: 1"]), min_size=1, max_size=2))
                sign = draw(st.sampled_from(["|", ">-"]))
                lines += [
                    Line(f"{margin}{key}: {sign}{comment}", keys),
                    *(Line(f"{margin}  {each}", keys) for each in body),
                ]
            case "list":
                inner = margin + " " * draw(st.sampled_from([0, 2]))
                items = draw(st.lists(SCALARS, min_size=1, max_size=2))
                lines += [
                    Line(f"{margin}{key}:{comment}", keys),
                    *(Line(f"{inner}- {dump(each, draw)}", keys) for each in items),
                ]
            case _:
                below = draw(yaml_lines(keys, depth + 1, margin + " " * step))
                lines += [Line(f"{margin}{key}:{comment}", ("no", "edit")), *below]
    return lines


@st.composite
def toml_lines(draw: st.DrawFn) -> list[Line]:
    lines: list[Line] = []
    for table in [(), *draw(st.lists(st.tuples(NAMES), unique=True, max_size=2))]:
        if table:
            lines += [Line("", None), Line(f"[{table[0]}]{draw(COMMENTS)}", ("no", "edit"))]
        for key in draw(st.lists(NAMES.map(lambda name: f"{name}-v"), unique=True, max_size=3)):
            value = draw(SCALARS)
            word = json.dumps(value, ensure_ascii=False)
            text = draw(st.sampled_from([word, f"[ {word}, ]", f"[ # it\n  {word},\n]", f"{{ k.l = {word} }}"]))
            lines += [Line("# of it", None)] if draw(st.booleans()) else []
            lines += [Line(each, (*table, key)) for each in f"{key} = {text}{draw(COMMENTS)}".split("\n")]
    return lines


def leaves(tree: object, above: Keys = ()) -> Iterator[Keys]:
    if isinstance(tree, dict) and tree:
        for key, value in tree.items():
            yield from leaves(value, (*above, key))
    elif above and tree != {}:
        yield above


def wished(tree: dict[str, Any], changes: dict[Keys, Any]) -> dict[str, Any]:
    tree = json.loads(json.dumps(tree))
    for keys, value in changes.items():
        place = tree
        for key in keys[:-1]:
            if place.get(key) is None:
                place[key] = {}
            place = place[key]
        place[keys[-1]] = value
    return tree


def is_within(keys: Keys | None, changed: Iterable[Keys]) -> bool:
    return keys is not None and any(keys[: len(each)] == each or each[: len(keys)] == keys for each in changed)


def is_subsequence(lines: list[str], of: list[str]) -> bool:
    rest = iter(of)
    return all(line in rest for line in lines)


def holds(lines: list[Line], suffix: str, data: st.DataObject) -> None:
    end = data.draw(st.sampled_from(["\n", "\r\n"]))
    text = end.join(end.join(line.text.split("\n")) for line in lines)
    text += (
        data.draw(st.sampled_from([end, ""])) if "|" not in text else end
    )  # a block that ends the file ends otherwise
    tree = read_tree(text.encode(), suffix)
    there = [*leaves(tree)]
    added = data.draw(st.lists(st.tuples(NAMES.map(lambda name: f"new-{name}")), max_size=2))
    deeper = (
        [(*keys[:-1], "new", "inside") for keys in data.draw(st.lists(st.sampled_from(there), max_size=1))]
        if there
        else []
    )
    named = data.draw(st.lists(st.sampled_from(there), max_size=2)) if there else []
    values = NEW if suffix != ".toml" else NEW.filter(lambda value: value is not None)
    changes = {keys: data.draw(values) for keys in dict.fromkeys([*named, *added, *deeper])}

    new = edit_values(text.encode(), suffix, changes).decode()

    assert same(read_tree(new.encode(), suffix), wished(tree, changes)), new
    kept = [line.text for line in lines if not is_within(line.keys, changes)]
    assert is_subsequence(kept, new.replace(end, "\n").split("\n")), new
    if end in text:
        assert (new.count("\n"), new.count("\r\n")) == ((new.count(end),) * 2 if end == "\r\n" else (new.count(end), 0))
    if not changes:
        assert new == text


@given(yaml_lines(), st.data())
def test_yaml_says_what_was_wished_and_all_else_is_kept(lines: list[Line], data: st.DataObject) -> None:
    holds(lines, ".yaml", data)


@given(toml_lines(), st.data())
def test_toml_says_what_was_wished_and_all_else_is_kept(lines: list[Line], data: st.DataObject) -> None:
    tomllib.loads("\n".join(line.text for line in lines))
    holds(lines, ".toml", data)

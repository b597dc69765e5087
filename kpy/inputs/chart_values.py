"""Values for a chart: laid over each other as helm does, and keys in them that can have no effect.

A key is unknown when nothing in the chart can read it: it is neither in the chart's values nor in its schema, no
template names it, and none takes the mapping around it as a whole. So a free mapping, such as annotations, takes any
key.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from difflib import get_close_matches
from typing import Any, Final, NamedTuple

from kpy.inputs.chart_files import ChartFiles
from kpy.inputs.chart_schemas import Schema, properties_of, schema_of

__all__ = ["UnknownKey", "coalesced", "laid_over", "unknown_keys"]

Values = Mapping[str, Any]
#: What templates have between braces, comments left out.
_ACTION: Final = re.compile(r"\{\{(?!-?\s*/\*)-?(.*?)-?\}\}", re.DOTALL)
_LITERAL: Final = re.compile(r'"(?:[^"\\\n]|\\.)*"|`[^`]*`')
_IN_BRACKETS: Final = re.compile(r"\(\s*(\$?(?:\.\w+)+)\s*\)(?=\.\w)")
_PATH: Final = re.compile(r"\.Values((?:\.\w+)*)")
#: A function that reads a key by its name: `index .Values.a "b"`, `hasKey .Values "b"`, `get .Values.a "b"`.
_BY_NAME: Final = re.compile(r"\b(?:index|hasKey|get|pluck)\s+\$?\.Values((?:\.\w+)*)((?:\s+\"[^\"\n]*\")+)")
_BY_NAMES: Final = re.compile(r"\bdig((?:\s+\"[^\"\n]*\")+)\s+[^\s()]+\s+\$?\.Values((?:\.\w+)*)")
#: Actions that only ask, and hand nothing on.
_ASKING: Final = re.compile(
    r"\s*(?:else\s+)?if\b(?>\s+|[()]|\$?(?:\.\w+)++|\"[^\"\n]*\"|\d+|true\b|false\b|nil\b"
    r"|(?:and|or|not|eq|ne|lt|le|gt|ge|empty|len|kindIs|typeIs|hasKey)\b)*+"
)
_COMMENTED: Final = re.compile(r"^\s*#+\s*(?:-\s+)?[\"']?([\w./-]+)[\"']?\s*:", re.MULTILINE)
#: All values under a name of their own.
_KEPT: Final = re.compile(r"\s*\$(\w+)\s*:?=\s*\$?(?:\.\w+)*\.Values\s*")
_KEPT_AGAIN: Final = re.compile(r"\s*\$(\w+)\s*:?=\s*\$(\w+)\s*")
#: What is written as text, and so is no mapping: `.component | quote`.
_WRITTEN: Final = re.compile(r"\s*\$?(?:\.\w+)+\s*(?:\|\s*(?:s?quote|trunc \d+|trimSuffix \"\"|lower|toString)\s*)*")
#: All values under the name that they have anyway: `dict "Values" .Values`.
_HANDED_ON: Final = re.compile(r"\"Values\"\s+\$?(?:\.\w+)*?\.Values\b(?!\.\w)")
#: A mapping under a name: `dict "component" .Values.controller`.
_HANDED: Final = re.compile(r"\"(\w+)\"\s+\$?\.Values((?:\.\w+)+)(?![\w.])")
#: What was handed on, handed on once more: `dict "component" .component`.
_SAME: Final = re.compile(r"\"(\w+)\"\s+\$?\.\1(?![\w.])")
_WORD: Final = re.compile(r"[\w-]+")
#: What is in a chart for people and their tools, and never rendered.
_FOR_PEOPLE: Final = re.compile(r"(?:.*/)?(?:ci|hack|docs|scripts)/.*|.*\.(?:md|gotmpl|sh|py)")
#: Keys that helm itself reads in every chart.
_HELMS: Final = frozenset({"global", "tags"})
_DEEPEST: Final = 30


class UnknownKey(NamedTuple):
    """A key that can have no effect."""

    #: Its path: `controller.replicaCuont`.
    path: str
    #: The keys that may be meant, best first; where there are none, the keys that are there.
    near: tuple[str, ...]
    others: tuple[str, ...]

    def __str__(self) -> str:
        """Return it with what may be meant."""
        if self.near:
            return f"`{self.path}` (did you mean {' or '.join(f'`{each}`' for each in self.near)}?)"
        shown = ", ".join(f"`{each}`" for each in self.others[:8])
        more = f" and {len(self.others) - 8} more" if len(self.others) > 8 else ""
        return f"`{self.path}` (there is {shown}{more})" if shown else f"`{self.path}`"


def laid_over(base: Values, values: Values) -> dict[str, Any]:
    """Return values with others over them: mappings become one, all else is replaced, and null stays to delete."""
    merged = dict(base)
    for key, value in values.items():
        old = merged.get(key)
        is_both = isinstance(value, Mapping) and isinstance(old, Mapping)
        merged[key] = laid_over(old, value) if is_both and isinstance(old, Mapping) else value
    return merged


def coalesced(chart: ChartFiles, values: Values) -> dict[str, Any]:
    """Return the values that templates of a chart get: those of the chart, with others over them; null deletes."""
    return _without_nulls(laid_over(deepcopy(dict(chart.mapping("values.yaml"))), values))


def unknown_keys(chart: ChartFiles, values: Values) -> list[UnknownKey]:
    """Return the keys of values that can have no effect in a chart."""
    return list(_Reader(chart).unknown(values))


class _Reads:
    """What the templates of a chart, and of those in it, read of values."""

    def __init__(self, chart: ChartFiles) -> None:
        #: Paths of which a part is read, and those that are handed on as a whole.
        self.named: set[tuple[str, ...]] = set()
        self.whole: set[tuple[str, ...]] = set()
        #: Words in texts, where keys are looked up by texts that are put together.
        self.words: set[str] = set()
        #: Names under which a template hands a mapping on to another: `dict "component" .Values.controller`.
        self.handed: dict[str, set[tuple[str, ...]]] = {}
        texts: list[str] = []
        is_looked_up = False
        for name, content in chart.files.items():
            if b"{{" in content and _is_template(name):
                actions = _ACTION.findall(content.decode("utf-8", "replace"))
                is_looked_up |= self._read_file(actions)
                texts += actions
        if is_looked_up:
            literals = (literal for action in texts for literal in _LITERAL.findall(action))
            self.words = {word for literal in literals for word in _WORD.findall(literal)}
        self._follow(texts)

    def _follow(self, actions: list[str]) -> None:
        """Read what templates read of mappings that others hand on to them."""
        for name, paths in self.handed.items():
            pattern = re.compile(rf"(?<![\w.])\$?\.{name}((?:\.\w+)*)(?![\w.])")
            for action in actions:
                if f".{name}" not in action:
                    continue
                bare = _LITERAL.sub('""', _SAME.sub(" ", _unbracketed(action)))
                is_asking = _ASKING.fullmatch(bare) is not None or _WRITTEN.fullmatch(bare) is not None
                for rest in pattern.findall(bare):
                    for path in paths:
                        self._name((*path, *_steps(rest)))
                        if not is_asking:
                            self.whole.add((*path, *_steps(rest)))

    def _read_file(self, actions: list[str]) -> bool:
        """Read the actions of a file; return whether it keeps all values by a name of its own, to look keys up."""
        kept = {match[1] for action in actions if (match := _KEPT.fullmatch(action))}
        again = {match[1] for action in actions if (match := _KEPT_AGAIN.fullmatch(action)) and match[2] in kept}
        for name in kept | again:
            lookup = re.compile(rf"(?:\b(?:index|hasKey|get|if|not|=)\s*|=\s*)\${name}\b|\${name}\s*:?=|\${name}\.\w")
            if any(re.search(rf"\${name}\b", lookup.sub("", action)) for action in actions):
                self.whole.add(())
        for action in actions:
            if not _KEPT.fullmatch(action):
                self._read(action)
        return bool(kept)

    def _read(self, action: str) -> None:
        if ".Values" not in action:
            return
        action = _unbracketed(action)
        is_asking = _ASKING.fullmatch(action) is not None
        for path, keys in _BY_NAME.findall(action):
            self._name((*_steps(path), *_texts(keys)))
        for keys, path in _BY_NAMES.findall(action):
            self._name((*_steps(path), *_texts(keys)))
        action = _HANDED_ON.sub(" ", _BY_NAMES.sub(" ", _BY_NAME.sub(" ", action)))
        if "dict" in action:
            for name, path in _HANDED.findall(action):
                self._name(_steps(path))
                self.handed.setdefault(name, set()).add(_steps(path))
            action = _HANDED.sub(" ", action)
        bare = _LITERAL.sub('""', action)
        for path in _PATH.findall(bare):
            steps = _steps(path)
            self._name(steps)
            if not is_asking:
                self.whole.add(steps)

    def _name(self, steps: tuple[str, ...]) -> None:
        self.named |= {steps[:end] for end in range(1, len(steps) + 1)}

    def hands_on(self, path: tuple[str, ...]) -> bool:
        """Return whether a mapping, or one around it, is handed on as a whole."""
        return any(path[:end] in self.whole for end in range(len(path) + 1))


class _Reader:
    """Looks for unknown keys."""

    def __init__(self, chart: ChartFiles, reads: _Reads | None = None) -> None:
        self.chart = chart
        self.defaults = chart.mapping("values.yaml")
        self.schema = schema_of(chart) or Schema({})
        # named templates of one chart may be used by all, so that what any of them reads counts everywhere
        self.reads = reads or _Reads(chart)
        text = chart.files.get("values.yaml", b"").decode("utf-8", "replace")
        self.commented = set(_COMMENTED.findall(text))
        self.inner = dict(self._inner())
        #: Charts that it needs and that are not in it.
        self.absent = {*chart.missing()}

    def _inner(self) -> Iterator[tuple[str, ChartFiles]]:
        charts = {inner.name: inner for inner in self.chart.inner()}
        said = self.chart.head.get("dependencies")
        for each in said if isinstance(said, list) else ():
            if isinstance(each, dict) and (inner := charts.get(str(each.get("name")))) is not None:
                yield str(each.get("alias") or each["name"]), inner
        yield from charts.items()

    def unknown(self, values: Values) -> Iterator[UnknownKey]:
        """Yield the unknown keys of values."""
        yield from self._walk(values, self.defaults, self.schema.resolved(self.schema.root), ())

    def _walk(
        self, values: Values, defaults: Values, schema: Mapping[str, Any], path: tuple[str, ...]
    ) -> Iterator[UnknownKey]:
        properties = properties_of(schema)
        known = {str(key) for key in (*defaults, *properties)} | {
            named[-1] for named in self.reads.named if len(named) == len(path) + 1 and named[:-1] == path
        }
        is_closed = self._is_closed(defaults, schema, path)
        for key, value in values.items():
            here = (*path, str(key))
            if not path and (key in _HELMS or key in self.absent):
                continue
            if not path and key in self.inner:
                yield from self._in_chart(str(key), value, defaults.get(key))
            elif key in known:
                default = defaults.get(key)
                if isinstance(value, Mapping) and len(here) < _DEEPEST:
                    node = self.schema.resolved(properties.get(key))
                    yield from self._walk(value, default if isinstance(default, Mapping) else {}, node, here)
            elif (
                is_closed and key not in self.commented and key not in self.reads.words and (path or key not in _HELMS)
            ):
                there = sorted(known)
                near = tuple(get_close_matches(str(key), there, n=2, cutoff=0.6))
                yield UnknownKey(".".join(here), near, tuple(there))

    def _may_mean(self, key: str) -> bool:
        """Return whether a key that no template names may be read all the same."""
        return key in self.commented or key in self.reads.words

    def _in_chart(self, name: str, values: object, defaults: object) -> Iterator[UnknownKey]:
        """Yield the unknown keys of the values for a chart in this one."""
        if not isinstance(values, Mapping):
            return
        inner = _Reader(self.inner[name], self.reads)
        for found in inner.unknown(values):
            steps = _steps(found.path)
            if not (_has(defaults, steps) or (name, *steps) in self.reads.named or steps[0] in self.commented):
                yield found._replace(path=f"{name}.{found.path}")

    def _is_closed(self, defaults: Values, schema: Mapping[str, Any], path: tuple[str, ...]) -> bool:
        """Return whether only the known keys of a mapping can have an effect."""
        if schema.get("additionalProperties") not in (None, False) or "patternProperties" in schema:
            return False
        if schema.get("additionalProperties") is False and properties_of(schema):
            return True
        if any(word in schema for word in ("anyOf", "oneOf", "if")) or self.reads.hands_on(path):
            return False
        if not path:
            return bool(defaults or properties_of(schema) or self.reads.named)
        return any(len(named) > len(path) and named[: len(path)] == path for named in self.reads.named)


def _is_template(name: str) -> bool:
    """Return whether a file may be rendered: templates, and what they may read."""
    return "templates/" in name or _FOR_PEOPLE.fullmatch(name) is None


def _unbracketed(action: str) -> str:
    """Return an action with `(.Values.a).b` as `.Values.a.b`."""
    while (simpler := _IN_BRACKETS.sub(r"\1", action)) != action:
        action = simpler
    return action


def _steps(path: str) -> tuple[str, ...]:
    return tuple(filter(None, path.split(".")))


def _has(tree: object, steps: tuple[str, ...]) -> bool:
    """Return whether a path is in a tree."""
    for step in steps:
        if not isinstance(tree, Mapping) or step not in tree:
            return False
        tree = tree[step]
    return True


def _texts(keys: str) -> tuple[str, ...]:
    return tuple(re.findall(r'"([^"\n]*)"', keys))


def _without_nulls(values: Values) -> dict[str, Any]:
    return {
        str(key): _without_nulls(value) if isinstance(value, Mapping) else value
        for key, value in values.items()
        if value is not None
    }

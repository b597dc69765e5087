"""What helm has rendered: the text of each template, hooks, and what differs between two renderings."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, Literal, NamedTuple

from kpy.documents import read_documents
from kpy.inputs.chart_files import ChartFiles
from kpy.objects import title

__all__ = ["HOOK", "Hook", "Unstable", "hook_of", "templates_in", "unstable_leaves"]

_SOURCE: Final = re.compile(r"^# Source: ([^\n]+)$", re.MULTILINE)
HOOK: Final = "helm.sh/hook"
_WEIGHT, _POLICY = f"{HOOK}-weight", f"{HOOK}-delete-policy"
_TEST: Final = ("test", "test-success", "test-failure")
#: Functions that give something else each time.
_UNSTABLE: Final = re.compile(
    r"\b(now|rand(?:AlphaNum|Alpha|Numeric|Ascii|Bytes|Int)|uuidv4|gen(?:PrivateKey|CA|CAWithKey|SelfSignedCert|"
    r"SelfSignedCertWithKey|SignedCert|SignedCertWithKey)|htpasswd|bcrypt|shuffle|encryptAES|ago|lookup)\b"
)
_ACTION: Final = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_INCLUDE: Final = re.compile(r"\b(?:include|template)\s+\"([^\"]+)\"")
_DEFINE: Final = re.compile(r"\{\{-?\s*define\s+\"([^\"]+)\".*?(?=\{\{-?\s*define\s|\Z)", re.DOTALL)


class Hook(NamedTuple):
    """What makes an object a hook."""

    #: `pre-install`, `post-upgrade` and others.
    events: tuple[str, ...]
    weight: int
    policies: tuple[str, ...]

    @property
    def is_test(self) -> bool:
        """Whether it runs on `helm test` alone."""
        return all(event in _TEST for event in self.events)

    @property
    def when(self) -> Literal["before", "after", "never"]:
        """Whether it comes before or after the other objects are applied, or never comes then."""
        if any(event in ("pre-install", "pre-upgrade") for event in self.events):
            return "before"
        return "after" if any(event in ("post-install", "post-upgrade") for event in self.events) else "never"


class Unstable(NamedTuple):
    """A leaf that comes out otherwise each time."""

    tree: Mapping[str, Any]
    path: str
    template: str
    functions: tuple[str, ...]

    def __str__(self) -> str:
        """Return it with the template that makes it."""
        calls = f", which calls {', '.join(self.functions)}" if self.functions else ""
        return f"{title(self.tree)}, {self.path} ({self.template}{calls})"


def templates_in(text: str) -> Iterator[tuple[str, str]]:
    """Yield the name of each template of a chart with all that it made, in the order of the text."""
    parts: dict[str, list[str]] = {}
    marks = [*_SOURCE.finditer(text)]
    for mark, following in zip(marks, [*marks[1:], None], strict=True):
        end = following.start() if following else len(text)
        parts.setdefault(mark[1].strip(), []).append(text[mark.start() : end].removesuffix("---\n"))
    for template, texts in parts.items():
        yield template, "---\n".join(texts)


def hook_of(tree: object) -> Hook | None:
    """Return what makes an object a hook; nothing for one that is none."""
    metadata = tree.get("metadata") if isinstance(tree, Mapping) else None
    annotations = metadata.get("annotations") if isinstance(metadata, Mapping) else None
    if not isinstance(annotations, Mapping) or HOOK not in annotations:
        return None
    weight = str(annotations.get(_WEIGHT) or "0").strip()
    return Hook(
        _words(annotations[HOOK]),
        int(weight) if re.fullmatch(r"[-+]?\d{1,9}", weight) else 0,
        _words(annotations.get(_POLICY) or ""),
    )


def unstable_leaves(
    first: str, second: str, chart: ChartFiles, is_left_out: Callable[[Mapping[str, Any]], bool]
) -> list[Unstable]:
    """Return the leaves that differ between two renderings, of objects that are not left out."""
    found: list[Unstable] = []
    for (template, one), (_, other) in zip(templates_in(first), templates_in(second), strict=False):
        if one == other:
            continue
        objects = [[item for outer in read_documents(text, template).documents for item in outer.items()]
                   for text in (one, other)]  # fmt: skip
        name = template.partition("/")[2]
        functions = _functions(chart, name)
        for here, there in zip(*objects, strict=False):
            if isinstance(here.tree, dict) and not is_left_out(here.tree):
                paths = list(_differences(here.tree, there.tree, ""))
                found += [Unstable(here.tree, path.removeprefix(".") or "all of it", name, functions) for path in paths]
    return found


def _differences(one: object, other: object, path: str) -> Iterator[str]:
    if isinstance(one, dict) and isinstance(other, dict):
        for key in dict.fromkeys((*one, *other)):
            step = f".{key}" if re.fullmatch(r"[\w-]+", str(key)) else f"[{key}]"
            yield from _differences(one.get(key), other.get(key), path + step)
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for index, (here, there) in enumerate(zip(one, other, strict=True)):
            yield from _differences(here, there, f"{path}[{index}]")
    elif one != other:
        yield path


def _functions(chart: ChartFiles, template: str) -> tuple[str, ...]:
    """Return the functions in a template, and in what it includes, that give something else each time."""
    defined: dict[str, str] = {}
    for name, content in chart.files.items():
        if b"define" in content and "templates/" in name:
            for match in _DEFINE.finditer(content.decode("utf-8", "replace")):
                defined[match[1]] = match[0]
    waiting, seen, found = [chart.files.get(template, b"").decode("utf-8", "replace")], set[str](), dict[str, None]()
    while waiting:
        text = waiting.pop()
        for action in _ACTION.findall(text):
            found |= dict.fromkeys(_UNSTABLE.findall(action))
            for name in _INCLUDE.findall(action):
                if name in defined and name not in seen:
                    seen.add(name)
                    waiting.append(defined[name])
    return tuple(sorted(found.keys() - {"lookup"} or found))


def _words(text: object) -> tuple[str, ...]:
    return tuple(word.strip() for word in str(text).split(",") if word.strip())

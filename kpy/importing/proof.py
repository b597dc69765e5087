"""The proof: code is run, its app is synthesised, and what comes out is compared with what was imported."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from importlib import import_module
from typing import Any

from kpy.importing.subjects import Group, Subject, Written
from kpy.pipeline.draft import Draft
from kpy.pipeline.lower import lower, start
from kpy.pipeline.wire import wire
from kpy.python_source.expressions import Bracket, Imported, Layout, walk
from kpy.source import unplaced

__all__ = ["Trials", "difference", "is_same", "synthesised"]

#: The name of the chart in the code of one object.
CHART = "_chart"


class Trials:
    """Runs the code of single objects, each with what it refers to, in an app of its own."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._codes: dict[str, Any] = {}
        self._names: dict[str, Any] = {}
        self._layout = Layout(self._named, self._variable)

    def why_not(self, subject: Subject, written: Written) -> str:
        """Return why the code of an object is not the object; nothing when it is."""
        from kpy.tree.app import App
        from kpy.tree.chart import Chart

        around = [*_needed(written.needs.values()).values()]
        app = App("proof")
        charts: dict[int, Any] = {}
        scope = dict(self._names)
        try:
            for each in (*around, subject):
                group = each.group
                if id(group) not in charts:
                    charts[id(group)] = app.add(_chart(Chart, group, len(charts)))
                scope[CHART] = charts[id(group)]
                code = written if each is subject else each.written
                assert code is not None
                for statement in (*code.existing.values(), code.main, *code.after):
                    line = self._layout.in_one_line(statement)
                    scope.update(self._names)
                    exec(self._compiled(line), scope)
            draft = start(app, None)
            with unplaced():
                lower(draft)
                wire(draft)
        except Exception as problem:  # whatever it is, this form is not the one
            return str(problem).partition("\n")[0] or type(problem).__name__
        made = [resource.tree for resource in draft.resources]
        place = {group: number for number, group in enumerate(charts)}
        wanted = [each.tree for each in sorted((*around, subject), key=lambda each: place[id(each.group)])]
        if len(made) != len(wanted):
            return "it makes more than one object"
        found = next((said for one, other in zip(wanted, made, strict=True) if (said := difference(one, other))), "")
        return found or (_why_insecure(draft) if _is_secured(written) else "")

    def _compiled(self, line: str) -> Any:
        code = self._codes.get(line)
        if code is None:
            code = self._codes[line] = compile(line, self._file, "exec")
        return code

    def _named(self, name: Imported) -> str:
        local = f"{name.module.replace('.', '_')}_{name.name}"
        if local not in self._names:
            self._names[local] = getattr(import_module(name.module), name.name)
        return local

    def _variable(self, key: object) -> str:
        if key == CHART:
            return CHART
        return f"_{key}" if isinstance(key, int) else "_" + "_".join(map(_ascii, map(str, _tuple(key))))


def _is_secured(written: Written) -> bool:
    """Return whether the code says that pods meet a Pod Security Standard, which it is then held to."""
    nodes = walk(written.main.value)
    return any(item.head == "security=" for node in nodes if isinstance(node, Bracket) for item in node.items)


def _why_insecure(draft: Draft) -> str:
    """Return what pods do that the standard they are said to meet forbids; nothing when they do no such thing."""
    from kpy.pipeline.validate import validate

    with unplaced():
        validate(draft)
    found = (each for each in draft.manifest.diagnostics if each.rule.startswith("pod-security-"))
    return next((each.message for each in found), "")


def _tuple(key: object) -> Sequence[object]:
    return key if isinstance(key, tuple) else (key,)


def _ascii(text: str) -> str:
    return "".join(sign if sign.isalnum() and sign.isascii() else f"_{ord(sign)}_" for sign in text)


def _chart(cls: Any, group: Group, number: int) -> Any:
    return cls(
        f"chart-{number}",
        namespace=group.namespace or None,
        labels=group.labels or None,
        annotations=group.annotations or None,
    )


def _needed(subjects: Iterable[Subject]) -> dict[int, Subject]:
    """Return what is needed, what it needs itself first."""
    found: dict[int, Subject] = {}
    for subject in subjects:
        if subject.number not in found:
            assert subject.written is not None
            found |= _needed(subject.written.needs.values())
            found[subject.number] = subject
    return found


def synthesised(text: str, file: str, parameters: Mapping[str, str] | None = None) -> list[tuple[Any, str]]:
    """Return what the app in a text makes, object by object with the name of its chart. Raises whatever goes wrong.

    With `parameters` the app is what the function `app` returns for them.
    """
    scope: dict[str, Any] = {"__name__": "imported", "__file__": file}
    exec(compile(text, file, "exec"), scope)
    app = scope["app"] if parameters is None else scope["app"](**parameters)
    draft = start(app, None)
    with unplaced():
        lower(draft)
        wire(draft)
    return [(resource.tree, getattr(resource.chart, "name", "")) for resource in draft.resources]


def is_same(one: object, other: object) -> bool:
    """Return whether two objects are the same data; a field that is null says nothing."""
    return not difference(one, other)


def difference(one: Any, other: Any, path: str = "") -> str:
    """Return the first place at which two objects differ; nothing when they are the same."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        for key in dict.fromkeys((*one, *other)):
            mine, its = one.get(key), other.get(key)
            if mine is not its and (found := difference(mine, its, f"{path}.{key}")):
                return found
        return ""
    if isinstance(one, list) and isinstance(other, list):
        if len(one) != len(other):
            return path.lstrip(".") or "the list"
        for at, (mine, its) in enumerate(zip(one, other, strict=True)):
            if found := difference(mine, its, f"{path}[{at}]"):
                return found
        return ""
    is_bool = isinstance(one, bool) or isinstance(other, bool)
    same = type(one) is type(other) if is_bool else isinstance(one, str) == isinstance(other, str)
    return "" if same and one == other else path.lstrip(".") or "the object"

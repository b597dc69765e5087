"""The module that is written: charts, statements in their order, imports."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, groupby, pairwise
from typing import NamedTuple

import kpy as _kpy
from kpy.importing.comments import attach
from kpy.importing.constants import factored
from kpy.importing.names import Names, base_name
from kpy.importing.proof import CHART
from kpy.importing.subjects import Group, Subject
from kpy.importing.writer import Found, kpy, positional
from kpy.python_source.expressions import (
    Bracket,
    Imported,
    Item,
    Layout,
    Node,
    Statement,
    Text,
    Variable,
    literal,
    walk,
)

__all__ = ["Module"]


class Module:
    """Everything that is in the module."""

    def __init__(self, subjects: Sequence[Subject], groups: Sequence[Group], name: str, file: str, width: int) -> None:
        self._subjects = subjects
        self._groups = groups
        self._name = name
        self._folder = os.path.dirname(os.path.abspath(file))
        self._width = width
        self._names = Names()
        self._by_number = {subject.number: subject for subject in subjects}
        self._by_file: dict[str, list[Subject]] = {}
        for subject in subjects:
            self._by_file.setdefault(subject.file, []).append(subject)
        #: What exists elsewhere and has a variable, since it is used more than once or too long for its line.
        self._kept: set[object] = set()
        self._existing: dict[object, Statement] = {}
        self._header: tuple[str, ...] = ()

    def text(self, header: tuple[str, ...] = ()) -> str:
        """Return the module."""
        self._header = header
        paragraphs = self._factored(self._paragraphs())
        statements = [statement for paragraph in paragraphs for statement in paragraph]
        uses = Counter(_key(node) for each in statements for node in walk(each.value) if isinstance(node, Variable))
        used = [each.value for key, each in self._existing.items() if uses[key]]
        uses.update(_key(node) for value in used for node in walk(value) if isinstance(node, Variable))
        self._kept = {key for key in self._existing if uses[key] > 1}
        self._give_names(uses)
        text = self._written(paragraphs, uses)
        long = [line for line in text.split("\n") if len(line) > self._width]
        if long:
            self._kept |= {key for key in self._existing if any(self._inline(key) in line for line in long)}
            text = self._written(paragraphs, uses)
        return text

    def _factored(self, paragraphs: Sequence[Sequence[Statement]]) -> list[list[Statement]]:
        """Return the statements with constants for what repeats, and these first."""
        ends = [0, *accumulate(map(len, paragraphs))]
        constants, statements = factored([statement for paragraph in paragraphs for statement in paragraph])
        for constant in constants:
            assert constant.target is not None
            key = constant.target.key
            assert isinstance(key, tuple)
            self._names.give(key, str(key[-1]))
        made = [statements[begin:end] for begin, end in pairwise(ends)]
        return [constants, *made] if constants else made

    def _paragraphs(self) -> list[list[Statement]]:
        """Return the statements, file by file."""
        app = Statement(kpy("App", positional(Text(self._name))), Variable("app"))
        paragraphs: list[list[Statement]] = [[app]]
        begun: set[int] = set()
        files: set[_File] = set()
        inside = Counter((id(subject.group), subject.file) for subject in self._subjects)
        last: tuple[int, str] = (0, "")
        for subject in self._subjects:
            written = subject.written
            assert written is not None
            if written.form == "existing":
                continue
            chart = id(subject.group)
            is_only = len(self._groups) == 1
            place = chart, subject.file
            is_alone = inside[place] == inside[last] == 1 and chart == last[0]
            if place != last and not is_alone and not (is_only and not begun):
                paragraphs.append([])
            last = place
            if chart not in begun:
                begun.add(chart)
                paragraphs[-1].append(self._chart(subject.group))
                if is_only:
                    paragraphs.append([])
            if written.form == "file":
                if _file_of(subject) not in files:
                    files.add(_file_of(subject))
                    paragraphs[-1].append(self._file(subject))
                continue
            self._existing |= {key: self._found(key, each) for key, each in written.existing.items()}
            chart_of = {CHART: Variable(("chart", chart))}
            code = attach((written.main, *written.after), subject.comments)
            paragraphs[-1] += [_replaced(each, chart_of) for each in code]
        return [paragraph for paragraph in paragraphs if paragraph]

    def _chart(self, group: Group) -> Statement:
        items = [positional(Text(group.name))]
        if group.namespace:
            items.append(Item(Text(group.namespace), "namespace="))
        for key, common in (("labels", group.labels), ("annotations", group.annotations)):
            if common:
                items.append(Item(literal(common), f"{key}="))
        made = Bracket(Variable("app", ".add"), "()", (positional(kpy("Chart", *items)),))
        return Statement(made, Variable(("chart", id(group))))

    def _file(self, subject: Subject) -> Statement:
        path = os.path.relpath(subject.file, self._folder).replace(os.sep, "/")
        chart = Variable(("chart", id(subject.group)), ".add")
        target = Variable(_file_of(subject))
        without = _without(subject, self._by_file[subject.file])
        more = [Item(literal(without), "without=")] if without else []
        return Statement(Bracket(chart, "()", (positional(kpy("Yaml", positional(Text(path)), *more)),)), target)

    def _found(self, key: object, existing: Statement) -> Statement:
        """Return what exists elsewhere; what stays in a file of the app is found there."""
        if not isinstance(key, Found):
            return existing
        file = Variable(_file_of(self._by_number[key.number]), ".find")
        return existing._replace(value=Bracket(file, "()", (positional(Text(key.kind)), positional(Text(key.name)))))

    def _give_names(self, uses: Counter[object]) -> None:
        self._names.give("app", "app")
        if len(self._groups) == 1:
            self._names.give(("chart", id(self._groups[0])), "chart")
        for subject in self._subjects:
            if uses[subject.number]:
                name = base_name(subject.kind, subject.name)
                place = base_name("Pod", subject.group.name)
                kind = base_name("Pod", subject.kind)
                self._names.give(subject.number, name, f"{name}_{kind}", f"{place}_{name}")
        for group in self._groups:
            name = base_name("Chart", group.name)
            self._names.give(("chart", id(group)), name, f"{name}_chart")
        for subject in self._subjects:
            file = _file_of(subject)
            if uses[file]:
                name = base_name("File", os.path.basename(subject.file).rpartition(".")[0])
                self._names.give(file, name, f"{name}_file")
        for existing in self._existing:
            assert isinstance(existing, tuple)
            said = (existing.kind, existing.name, "") if isinstance(existing, Found) else existing[1:]
            kind, name, namespace = map(str, said)
            variable = base_name(kind, name)
            more = [f"{base_name('Pod', namespace)}_{variable}"] if namespace else []
            self._names.give(existing, variable, f"existing_{variable}", *more)

    def _written(self, paragraphs: Iterable[Sequence[Statement]], uses: Counter[object]) -> str:
        done: set[object] = set()
        body: list[Statement | None] = []
        for paragraph in paragraphs:
            if body:
                body.append(None)
            for statement in paragraph:
                named = dict.fromkeys(_key(node) for node in walk(statement.value) if isinstance(node, Variable))
                for key in named:
                    if key in self._kept and key not in done:
                        done.add(key)
                        body.append(self._existing[key])
                target = statement.target
                if target is not None and isinstance(target.key, int | _File) and not uses[target.key]:
                    statement = statement._replace(target=None)
                body.append(statement)
        inline = [each.value for key, each in self._existing.items() if key not in self._kept and uses[key]]
        imports = _Imports([*inline, *(each.value for each in body if each is not None)])
        layout = Layout(imports.name, self._variable, width=self._width)
        lines = [line for each in _joined(body, layout) for line in (layout.lines(each) if each is not None else [""])]
        head = [f"# {line}".rstrip() for line in self._header]
        return "\n".join([*head, *([""] if head else []), *imports.lines(self._width), "", *lines, ""])

    def _variable(self, key: object) -> str:
        if key in self._existing and key not in self._kept:
            return self._inline(key)
        return self._names[key]

    def _inline(self, key: object) -> str:
        value = self._existing[key].value
        layout = Layout(lambda name: name.name + name.rest.partition(".")[0], self._variable)
        return layout.in_one_line(Statement(value))


class _File(NamedTuple):
    """The key of the variable of a file that the app reads."""

    chart: int
    file: str


def _file_of(subject: Subject) -> _File:
    return _File(id(subject.group), subject.file)


def _without(subject: Subject, inside: Iterable[Subject]) -> list[str]:
    """Return what is in the file of an object and is not left to it in its chart: by kind, by name, or by namespace."""
    kept = [each for each in inside if _form(each) == "file" and each.group is subject.group]
    numbers = {each.number for each in kept}
    others = [each for each in inside if each.written is not None and each.number not in numbers]
    kinds, names = {each.kind for each in kept}, {(each.kind, each.name) for each in kept}
    made = []
    for each in others:
        name = f"{each.namespace}/{each.name}" if (each.kind, each.name) in names else each.name
        made.append(f"{each.kind}/{name if each.kind in kinds else '*'}")
    return [*dict.fromkeys(made)]


def _form(subject: Subject) -> str:
    return subject.written.form if subject.written is not None else ""


def _joined(body: Iterable[Statement | None], layout: Layout) -> Iterator[Statement | None]:
    """Yield the statements, with one `add` for several objects in a row of which some have lines of their own."""
    for chart, run in groupby(body, _adds):
        statements = [*run]
        if (
            chart is None
            or len(statements) == 1
            or all(each is None or len(layout.lines(each)) == 1 for each in statements)
        ):
            yield from statements
            continue
        values = [(each, each.value) for each in statements if each is not None]
        items = [item for each, value in values if isinstance(value, Bracket) for item in _commented(each, value.items)]
        yield Statement(Bracket(Variable(chart, ".add"), "()", tuple(items)))


def _adds(statement: Statement | None) -> object:
    """Return the chart that a statement adds to and does nothing else; nothing for any other."""
    if statement is not None and statement.target is None:
        match statement.value:
            case Bracket(Variable(chart, ".add"), _, _):
                return chart
    return None


def _commented(statement: Statement, items: tuple[Item, ...]) -> tuple[Item, ...]:
    """Return what a statement adds, with its comments above the first."""
    if not statement.comments:
        return items
    return (items[0]._replace(comments=(*statement.comments, *items[0].comments)), *items[1:])


def _key(node: Variable) -> object:
    return node.key


def _replaced(statement: Statement, variables: dict[str, Variable]) -> Statement:
    """Return a statement with other variables in the head of its call."""
    value = statement.value
    if isinstance(value, Bracket) and isinstance(value.head, Variable) and value.head.key in variables:
        head = variables[str(value.head.key)]
        return statement._replace(value=value._replace(head=head._replace(rest=value.head.rest)))
    return statement


class _Imports:
    """What the module imports, and under which names."""

    def __init__(self, nodes: Iterable[Node]) -> None:
        found = {(node.module, node.name) for value in nodes for node in walk(value) if isinstance(node, Imported)}
        found.add(("kpy", "App"))
        count = Counter(name for _, name in found)
        #: Modules of the API that are imported whole, since something else has the name of one of their types.
        self._whole = {
            module for module, name in found if module != "kpy" and (count[name] > 1 or name in _kpy.__all__)
        }
        self._found = found

    def name(self, imported: Imported) -> str:
        """Return how something imported is called."""
        if imported.module in self._whole:
            return f"{_alias(imported.module)}.{imported.name}"
        return imported.name

    def lines(self, width: int) -> Iterator[str]:
        """Yield the imports, sorted."""
        modules: dict[str, list[str]] = {}
        for module, name in self._found:
            if module not in self._whole:
                modules.setdefault(module, []).append(name)
        whole: dict[str, list[str]] = {}
        for module in self._whole:
            parent, _, last = module.rpartition(".")
            whole.setdefault(parent, []).append(f"{last} as {_alias(module)}")
        for is_own in (False, True):
            lines: list[str] = []
            for module in sorted({*modules, *whole}):
                if (module != "kpy" and not module.startswith("kpy.")) is is_own:
                    for names in (sorted(modules.get(module, ()), key=_rank), sorted(whole.get(module, ()))):
                        lines += _import(module, names, width)
            yield from ["", *lines] if is_own and lines else lines


def _alias(module: str) -> str:
    return module.removeprefix("kpy.api.").replace(".", "_")


def _rank(name: str) -> tuple[int, str]:
    return (0 if name.isupper() else 1 if name[:1].isupper() else 2, name.lower())


def _import(module: str, names: list[str], width: int) -> Iterator[str]:
    if not names:
        return
    line = f"from {module} import {', '.join(names)}"
    if len(line) <= width:
        yield line
        return
    yield f"from {module} import ("
    yield from (f"    {name}," for name in names)
    yield ")"

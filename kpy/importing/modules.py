"""The module that is written: charts, statements in their order, imports."""

from __future__ import annotations

import os
import re
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

__all__ = ["File", "Imports", "Line", "Module", "with_variables"]

#: How what exists elsewhere, or in a file, stands in a line.
_INLINE = re.compile(r'\w+\.(?:existing|find)\("[^"]*"(?:, (?:namespace=)?"[^"]*")?\)')


class Line(NamedTuple):
    """A statement of the module, and the condition that it stands under."""

    statement: Statement
    #: Such as `if env == "prod":`; equal ones behind each other are one.
    condition: str = ""


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
        #: What stands before each line that makes objects.
        self._indent = ""

    def text(self, header: tuple[str, ...] = ()) -> str:
        """Return the module."""
        self._header = header
        constants, paragraphs = self._factored(self._paragraphs())
        statements = [*constants, *(line.statement for paragraph in paragraphs for line in paragraph)]
        uses = Counter(_key(node) for each in statements for node in walk(each.value) if isinstance(node, Variable))
        used = [each.value for key, each in self._existing.items() if uses[key]]
        uses.update(_key(node) for value in used for node in walk(value) if isinstance(node, Variable))
        self._kept = {key for key in self._existing if uses[key] > 1}
        self._give_names(uses)
        text = self._written(constants, paragraphs, uses)
        long = {call for line in text.split("\n") if len(line) > self._width for call in _INLINE.findall(line)}
        if long:
            self._kept |= {key for key in self._existing if self._inline(key) in long}
            text = self._written(constants, paragraphs, uses)
        return text

    def _factored(self, paragraphs: Sequence[Sequence[Line]]) -> tuple[list[Statement], list[list[Line]]]:
        """Return the constants for what repeats, and the lines with them."""
        ends = [0, *accumulate(map(len, paragraphs))]
        lines = [line for paragraph in paragraphs for line in paragraph]
        constants, statements = factored([line.statement for line in lines])
        for constant in constants:
            assert constant.target is not None
            key = constant.target.key
            assert isinstance(key, tuple)
            self._names.give(key, str(key[-1]))
        made = [line._replace(statement=statement) for line, statement in zip(lines, statements, strict=True)]
        return constants, [made[begin:end] for begin, end in pairwise(ends)]

    def _app(self) -> Line:
        return Line(Statement(kpy("App", positional(Text(self._name))), Variable("app")))

    def _paragraphs(self) -> list[list[Line]]:
        """Return the lines, file by file."""
        paragraphs = [[self._app()]]
        begun: set[int] = set()
        files: set[File | None] = set()
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
                paragraphs[-1].append(Line(self._chart(subject.group)))
                if is_only:
                    paragraphs.append([])
            if written.form == "file":
                if self._file_of(subject) not in files:
                    files.add(self._file_of(subject))
                    paragraphs[-1].append(Line(self._file(subject, subject.group, self._by_file[subject.file])))
                continue
            self._existing |= {key: self._found(key, each) for key, each in written.existing.items()}
            chart_of = {CHART: Variable(("chart", chart))}
            code = attach((written.main, *written.after), subject.comments)
            paragraphs[-1] += [Line(with_variables(each, chart_of)) for each in code]
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

    def _file(self, subject: Subject, chart: Group, inside: Iterable[Subject]) -> Statement:
        """Return what adds the file of an object to a chart, without what else is `inside` and is written otherwise."""
        path = os.path.relpath(subject.file, self._folder).replace(os.sep, "/")
        chart_ = Variable(("chart", id(chart)), ".add")
        target = Variable(self._file_of(subject))
        without = _without(subject, inside)
        more = [Item(literal(without), "without=")] if without else []
        return Statement(Bracket(chart_, "()", (positional(kpy("Yaml", positional(Text(path)), *more)),)), target)

    def _found(self, key: object, existing: Statement) -> Statement:
        """Return what exists elsewhere; what stays in a file of the app is found there."""
        if not isinstance(key, Found):
            return existing
        file = Variable(self._file_of(self._by_number[key.number]), ".find")
        return existing._replace(value=Bracket(file, "()", (positional(Text(key.kind)), positional(Text(key.name)))))

    def _file_of(self, subject: Subject) -> File | None:
        """Return the key of the variable of the file that an object stays in."""
        return File(id(subject.group), subject.file)

    def _called(self, subject: Subject) -> str:
        """Return what an object is called, for its variable."""
        return subject.name

    def _give_names(self, uses: Counter[object]) -> None:
        self._names.give("app", "app")
        if len(self._groups) == 1:
            self._names.give(("chart", id(self._groups[0])), "chart")
        for subject in self._subjects:
            if uses[subject.number]:
                name = base_name(subject.kind, self._called(subject))
                place = base_name("Pod", subject.group.name)
                kind = base_name("Pod", subject.kind)
                self._names.give(subject.number, name, f"{name}_{kind}", f"{place}_{name}")
        for group in self._groups:
            name = base_name("Chart", group.name)
            self._names.give(("chart", id(group)), name, f"{name}_chart")
        for subject in self._subjects:
            file = self._file_of(subject)
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

    def _written(
        self, constants: Sequence[Statement], paragraphs: Iterable[Sequence[Line]], uses: Counter[object]
    ) -> str:
        body: list[Line | None] = []
        done: set[object] = set()
        for paragraph in paragraphs:
            if body:
                body.append(None)
            body += self._with_existing(paragraph, done, uses)
        inline = [each.value for key, each in self._existing.items() if key not in self._kept and uses[key]]
        values = [*(each.value for each in constants), *(each.statement.value for each in body if each is not None)]
        imports = Imports([*inline, *values, *self._also_imported()])
        layout = Layout(imports.name, self._variable, width=self._width)
        head = [f"# {line}".rstrip() for line in self._header]
        lines = [line for each in constants for line in layout.lines(each)]
        lines += [""] if lines and not self._indent else []
        made = [*self._before(layout, lines), *self._body(layout, body), *self._behind()]
        return "\n".join([*head, *([""] if head else []), *imports.lines(self._width), "", *made, ""])

    def _with_existing(self, lines: Iterable[Line], done: set[object], uses: Counter[object]) -> list[Line]:
        """Return lines, with what exists elsewhere before the first of them that uses it, outside of conditions."""
        made: list[Line] = []
        place = 0
        last = ""
        for line in lines:
            if not line.condition or (line.condition.startswith("if ") and line.condition != last):
                place = len(made)
            last = line.condition
            named = dict.fromkeys(_key(node) for node in walk(line.statement.value) if isinstance(node, Variable))
            for key in named:
                if key in self._kept and key not in done:
                    done.add(key)
                    made.insert(place, Line(self._existing[key]))
                    place += 1
            target = line.statement.target
            if target is not None and isinstance(target.key, int | File) and not uses[target.key]:
                line = line._replace(statement=line.statement._replace(target=None))
            made.append(line)
        return made

    def _body(self, layout: Layout, body: Iterable[Line | None]) -> Iterator[str]:
        """Yield the lines that make the app."""
        last = ""
        for line in _joined(body, layout):
            if line is None:
                yield ""
                last = ""
                continue
            if line.condition and line.condition != last:
                yield f"{self._indent}{line.condition}"
            last = line.condition
            yield from layout.lines(line.statement, f"{self._indent}    " if line.condition else self._indent)

    def _also_imported(self) -> Iterable[Node]:
        """Return what is used elsewhere in the module."""
        return ()

    def _before(self, layout: Layout, constants: list[str]) -> Iterable[str]:
        """Return the lines between the imports and those that make the app."""
        return constants

    def _behind(self) -> Iterable[str]:
        """Return the lines behind those that make the app."""
        return ()

    def _variable(self, key: object) -> str:
        if key in self._existing and key not in self._kept:
            return self._inline(key)
        return self._names[key]

    def _inline(self, key: object) -> str:
        value = self._existing[key].value
        layout = Layout(lambda name: name.name + name.rest.partition(".")[0], self._variable)
        return layout.in_one_line(Statement(value))


class File(NamedTuple):
    """The key of the variable of a file that the app reads."""

    chart: int
    file: str


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


def _joined(body: Iterable[Line | None], layout: Layout) -> Iterator[Line | None]:
    """Yield the lines, with one `add` for several objects in a row of which some have lines of their own."""
    for place, run in groupby(body, _adds):
        lines = [*run]
        if (
            place is None
            or len(lines) == 1
            or all(each is None or len(layout.lines(each.statement)) == 1 for each in lines)
        ):
            yield from lines
            continue
        chart, condition = place
        said = [each.statement for each in lines if each is not None]
        items = [
            item for each in said if isinstance(each.value, Bracket) for item in _commented(each, each.value.items)
        ]
        yield Line(Statement(Bracket(Variable(chart, ".add"), "()", tuple(items))), condition)


def _adds(line: Line | None) -> tuple[object, str] | None:
    """Return the chart that a line adds to and does nothing else, and its condition; nothing for any other."""
    if line is not None and line.statement.target is None:
        match line.statement.value:
            case Bracket(Variable(chart, ".add"), _, _):
                return chart, line.condition
    return None


def _commented(statement: Statement, items: tuple[Item, ...]) -> tuple[Item, ...]:
    """Return what a statement adds, with its comments above the first."""
    if not statement.comments:
        return items
    return (items[0]._replace(comments=(*statement.comments, *items[0].comments)), *items[1:])


def _key(node: Variable) -> object:
    return node.key


def with_variables(statement: Statement, variables: dict[str, Variable]) -> Statement:
    """Return a statement with other variables in the head of its call."""
    value = statement.value
    if isinstance(value, Bracket) and isinstance(value.head, Variable) and value.head.key in variables:
        head = variables[str(value.head.key)]
        return statement._replace(value=value._replace(head=head._replace(rest=value.head.rest)))
    return statement


class Imports:
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
        is_first = True
        for home in ("typing", "kpy", ""):
            lines: list[str] = []
            for module in sorted({*modules, *whole}):
                if _home(module) == home:
                    for names in (sorted(modules.get(module, ()), key=_rank), sorted(whole.get(module, ()))):
                        lines += _import(module, names, width)
            yield from lines if is_first or not lines else ["", *lines]
            is_first = is_first and not lines


def _home(module: str) -> str:
    """Return the paragraph of imports that a module stands in: of Python, of kpy, or of the project."""
    root = module.partition(".")[0]
    return root if root in ("typing", "kpy") else ""


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

"""The module that is written: the table of what differs, and the function that makes the app of an environment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from kpy.importing.comments import Comments, attach, items_in
from kpy.importing.environments.alike import condition, text_of
from kpy.importing.environments.families import Family
from kpy.importing.environments.families import Line as Code
from kpy.importing.environments.forms import FamilyForms
from kpy.importing.environments.grouping import ChartFamily
from kpy.importing.environments.merging import Merging
from kpy.importing.environments.table import Field, Table
from kpy.importing.environments.texts import with_environment
from kpy.importing.modules import File, Line, Module, with_variables
from kpy.importing.names import Names
from kpy.importing.proof import CHART
from kpy.importing.subjects import Subject
from kpy.importing.writer import Found, kpy, positional
from kpy.python_source.expressions import Atom, Bracket, Imported, Item, Layout, Node, Statement, Text, Variable

__all__ = ["EnvironmentsModule"]

_LITERAL = Imported("typing", "Literal")
_TUPLE = Imported("typing", "NamedTuple")


class EnvironmentsModule(Module):
    """Everything that is in the module."""

    def __init__(
        self,
        forms: FamilyForms,
        charts: Sequence[ChartFamily],
        environments: Mapping[str, Sequence[Subject]],
        table: Table,
        name: str,
        file: str,
        width: int,
    ) -> None:
        subjects = [family.any for family in forms.order]
        super().__init__(subjects, [chart.group for chart in charts], name, file, width)
        self._forms = forms
        self._charts = charts
        self._environments = environments
        self._table = table
        self._fields: list[Field] = []
        self._field_names: dict[int, str] = {}
        #: Comments on the values of fields, by number and environment.
        self._on_values: dict[tuple[int, str], tuple[str, ...]] = {}
        self._indent = "    "
        self._home = {family: chart for chart in charts for family in forms.order if _is_in(family, chart)}
        taken = [*_modules_of(subjects)]
        self._types = [next(each for each in names if each not in taken) for names in _TYPES]
        self._names = Names(["env", "values", "Env", "Values", "VALUES"])
        #: The family with whose file each stays, by its number, where that is the same in all of its environments.
        self._added = self._added_files()
        self._file_homes = self._homes_of_files()

    @property
    def values(self) -> int:
        """How many fields the table has."""
        return len(self._fields)

    # What it says

    def _paragraphs(self) -> list[list[Line]]:
        """Return the lines: first what all environments have, chart by chart, then what only some have."""
        paragraphs = [[self._app()]]
        begun: set[ChartFamily] = set()
        pending: dict[str, list[Line]] = {}
        last: object = None
        late = self._late_charts()
        for family in self._forms.order:
            chart = self._home[family]
            lines = [*self._lines(family)]
            if len(family.environments) < len(self._environments):
                for line in lines:
                    waiting = pending.setdefault(self._condition(family.environments), [])
                    if chart in late and chart not in begun:
                        begun.add(chart)
                        waiting.append(Line(self._chart_statement(chart), self._condition(family.environments)))
                    waiting.append(line)
                continue
            if lines and chart is not last and len(self._charts) > 1:
                paragraphs.append([])
            if lines and chart not in begun:
                begun.add(chart)
                paragraphs[-1].append(Line(self._chart_statement(chart)))
                paragraphs += [[]] if len(self._charts) == 1 else []
            last = chart if lines else last
            paragraphs[-1] += lines
        missing = [chart for chart in self._charts if chart not in begun and chart not in late and self._is_used(chart)]
        paragraphs += [[Line(self._chart_statement(chart))] for chart in missing]
        paragraphs += [*pending.values()]
        made = [paragraph for paragraph in paragraphs if paragraph]
        self._fields = self._table.used(line.statement for paragraph in made for line in paragraph)
        self._field_names = self._table.named(self._fields, self._room)
        return made

    def _is_used(self, chart: ChartFamily) -> bool:
        return any(self._home[family] is chart and _is_written(family) for family in self._forms.order)

    def _late_charts(self) -> set[ChartFamily]:
        """Return the charts of which all objects are in the same environments, and not in all."""
        found: dict[ChartFamily, set[tuple[str, ...]]] = {}
        for family in self._forms.order:
            if _is_written(family):
                found.setdefault(self._home[family], set()).add(family.environments)
        alone = {chart: next(iter(each)) for chart, each in found.items() if len(each) == 1}
        return {chart for chart, names in alone.items() if len(names) < len(self._environments)}

    def _lines(self, family: Family) -> Iterator[Line]:
        """Yield the code of an object."""
        chart = self._home[family]
        for written in family.written:
            self._existing |= {key: self._found(key, each) for key, each in written.existing.items()}
        yield from self._file_lines(family, chart)
        for codes in _together(family.lines or ()):
            names = codes[0].environments
            comments = self._comments_of(family, names, [code.statement for code in codes])
            variables = {CHART: Variable(("chart", id(chart.group)))}
            for each in attach([code.statement for code in codes], comments):
                yield Line(with_variables(each, variables), self._condition(names))

    def _comments_of(self, family: Family, names: Sequence[str], code: Iterable[Statement]) -> Comments:
        """Return the comments on an object; those of one environment on a value in the table go there."""
        said = {name: family.subjects[name].comments for name in names}
        comments = {
            steps: tuple(dict.fromkeys(line for each in said.values() for line in each.get(steps, ())))
            for each in said.values()
            for steps in each
        }
        for item in (item for statement in code for item in items_in(statement.value)):
            match item.value:
                case Variable(("field", int() as number)) if item.steps in comments:
                    lines = {name: each.get(item.steps, ()) for name, each in said.items()}
                    if len({*lines.values()}) > 1:
                        del comments[item.steps]
                        self._on_values |= {(number, name): each for name, each in lines.items()}
        return comments

    def _homes_of_files(self) -> dict[int, int]:
        added = self._added
        by_number = {family.number: family for family in self._forms.order}
        homes: dict[int, int] = {}
        for family in by_number.values():
            numbers = {added.get(self._place(name, each)) for name, each in family.subjects.items()}
            home = numbers.pop() if len(numbers) == 1 else None
            if home is None:
                continue
            first = by_number[home]
            is_whole = all(added.get(self._place(name, each)) == home for name, each in first.subjects.items())
            if is_whole and first.environments in (family.environments, tuple(self._environments)):
                homes[family.number] = home
        return homes

    def _added_files(self) -> dict[tuple[str, str, int], int]:
        """Return the files that are added, in each environment and chart, to the number of the first family in it."""
        added: dict[tuple[str, str, int], int] = {}
        for family in self._forms.order:
            for name, subject in family.subjects.items():
                if subject.written is not None and subject.written.form == "file":
                    added.setdefault(self._place(name, subject), family.number)
        return added

    def _place(self, environment: str, subject: Subject) -> tuple[str, str, int]:
        return environment, subject.file, id(subject.group)

    def _file_of(self, subject: Subject) -> File | None:
        home = self._file_homes.get(subject.number)
        return None if home is None else File(home, "")

    def _found(self, key: object, existing: Statement) -> Statement:
        if not isinstance(key, Found):
            return existing
        family = next(each for each in self._forms.order if each.number == key.number)
        names = {name: subject.name for name, subject in family.subjects.items()}
        called = Text(key.name) if len({*names.values()}) == 1 else with_environment(names)
        file = self._file_of(family.any)
        if called is None:
            return existing
        if file is None:
            return existing._replace(value=kpy(key.kind, positional(called), rest=".existing"))
        made = Bracket(Variable(file, ".find"), "()", (positional(Text(key.kind)), positional(called)))
        return existing._replace(value=made)

    def _file_lines(self, family: Family, chart: ChartFamily) -> Iterator[Line]:
        """Yield what adds the files of an object that stays there, of which it is the first."""
        nodes: dict[str, Node] = {}
        for name, subject in family.subjects.items():
            if self._added.get(self._place(name, subject)) == family.number:
                inside = [each for each in self._environments[name] if each.file == subject.file]
                nodes[name] = self._file(subject, chart.group, inside).value
        if nodes:
            merging = self._forms.merging(family, is_strict=False).within([*nodes])
            file = self._file_of(family.any)
            target = None if file is None else Variable(file)
            yield Line(Statement(merging.merged(nodes), target), self._condition([*nodes]))

    def _condition(self, names: Sequence[str]) -> str:
        """Return the head of the lines that are only for some environments; empty for all."""
        if len(names) == len(self._environments):
            return ""
        test = condition(names, [*self._environments])
        assert isinstance(test, Atom)
        return f"if {test.text}:"

    def _chart_statement(self, chart: ChartFamily) -> Statement:
        nodes = {name: self._chart(each).value for name, each in chart.charts.items()}
        owner = "" if len(self._charts) == 1 else chart.group.name, len(self._charts) == 1
        merging = Merging(
            [*nodes], [*self._environments], owner, self._table, self._forms.signatures, {}, is_strict=False
        )
        return Statement(merging.merged(nodes), Variable(("chart", id(chart.group))))

    # How it is laid out

    def _called(self, subject: Subject) -> str:
        return self._forms.family_of(subject).name

    def _variable(self, key: object) -> str:
        match key:
            case ("field", int() as number):
                return f"values.{self._field_names[number]}"
            case "env":
                return "env"
        return super()._variable(key)

    def _also_imported(self) -> Iterable[Node]:
        yield _LITERAL
        if self._fields:
            yield _TUPLE
        for field in self._fields:
            yield from field.types
            yield from field.nodes.values()

    def _before(self, layout: Layout, constants: list[str]) -> Iterator[str]:
        env, _, table = self._types
        names = Bracket(Atom("Literal"), "[]", tuple(positional(Text(name)) for name in self._environments))
        yield from layout.part(names, "", f"{env} = ", "")
        yield ""
        if constants:
            yield from (*constants, "")
        if self._fields:
            yield from ("", *self._class(layout), "", "", *self._values(layout))
            yield ""
        yield ""
        yield f"def app(env: {env}) -> App:"
        yield '    """Return the app in one of its environments."""'
        if self._fields:
            yield f"    values = {table}[env]"

    def _room(self, field: Field) -> int:
        """Return how long the name of a field may be, so that the field and its use stand in a line."""
        types = " | ".join(text_of(each) for each in field.types)
        return max(12, min(40, self._width - len(types) - len("     :  = None")))

    def _class(self, layout: Layout) -> Iterator[str]:
        yield f"class {self._types[1]}(NamedTuple):"
        yield '    """What differs between the environments."""'
        yield ""
        for field in sorted(self._fields, key=lambda field: field.is_optional):
            types = " | ".join(layout.in_one_line(Statement(each)) for each in field.types)
            default = " = None" if field.is_optional else ""
            yield f"    {self._field_names[field.number]}: {types}{default}"

    def _values(self, layout: Layout) -> Iterator[str]:
        env, values, table = self._types
        yield f"{table}: dict[{env}, {values}] = {{"
        for name in self._environments:
            items = [
                Item(
                    field.nodes[name],
                    f"{self._field_names[field.number]}=",
                    comments=self._on_values.get((field.number, name), ()),
                )
                for field in sorted(self._fields, key=lambda field: field.is_optional)
                if not (field.is_optional and text_of(field.nodes[name]) == "None")
            ]
            head = f"{text_of(Text(name))}: "
            yield from layout.part(Bracket(Atom(values), "()", tuple(items)), "    ", head, ",")
        yield "}"

    def _behind(self) -> Iterator[str]:
        yield from ("", "    return app") if len(self._forms.order) > 2 else ["    return app"]


#: What the types and the table are called, and how else.
_TYPES = (("Env", "Environment"), ("Values", "EnvironmentValues"), ("VALUES",))


def _modules_of(subjects: Iterable[Subject]) -> Iterator[str]:
    """Yield names that custom resources may be imported by."""
    yield from (subject.kind for subject in subjects)


def _is_in(family: Family, chart: ChartFamily) -> bool:
    return family.any.group in chart.charts.values()


def _is_written(family: Family) -> bool:
    return any(written.form != "existing" for written in family.written)


def _together(lines: Iterable[Code]) -> Iterator[list[Code]]:
    """Yield the lines that are for the same environments."""
    waiting: list[Code] = []
    for line in lines:
        if waiting and line.environments != waiting[0].environments:
            yield waiting
            waiting = []
        waiting.append(line)
    if waiting:
        yield waiting

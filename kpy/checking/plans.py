"""The one walk over a document: types first, then the rules of each type, children before parents.

Each API type is compiled once per release into a `Plan`: what its fields hold as closures, and its rules. A value's
rules run when nothing below it failed to decode, so that a rule sees only what has the right types, and a misspelled
field is reported once and not as a missing one too.

Most values of a type have the same fields as some value before. So what there is to do for the fields that a value has
is looked up once, and kept as a `Shape`.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from kpy.checking.check import Check
from kpy.checking.decoded import decoded
from kpy.checking.faults import report_unknown_field
from kpy.checking.field_checks import INT32, Checker, checker_of, refuse, tidy_first
from kpy.checking.field_rules import rules_on
from kpy.checking.registry import Registry
from kpy.checking.rule import Rule
from kpy.checking.type_rules import RuleFunction, TypeRule
from kpy.errors import raise_stop
from kpy.paths import Path
from kpy.schema import api
from kpy.schema.departures import IMPLIED, JUDGED_SINCE, STATUS_KEPT

__all__ = ["Plan", "plan_of"]

#: How many shapes of a type are kept: enough for what people write, and not for what somebody makes up.
_MOST_SHAPES: Final = 500


class Shape(NamedTuple):
    """What there is to do for the values of a type that have certain fields."""

    #: For each field the Python class that is enough, if there is one, and what checks all other values.
    fields: tuple[tuple[type | None, Checker], ...]
    #: The structs that are absent, and checked as empty ones.
    implied: tuple[tuple[str, Checker], ...]
    #: The rules that are for all such values.
    rules: tuple[tuple[Rule, RuleFunction], ...]
    #: The rules for those of which a field that is there is empty.
    if_empty: tuple[tuple[str, Rule, RuleFunction], ...]
    #: The rules for those of which a field has a field.
    if_deep: tuple[tuple[str, str, Rule, RuleFunction], ...]
    #: The modules to be loaded for those of which a field has a field.
    later: tuple[tuple[str, str], ...]


class Plan:
    """How the values of one API type are checked for one release."""

    __slots__ = ("_later", "_registry", "_rules", "_shapes", "exact", "fields", "implied", "type")

    def __init__(self, registry: Registry, release: str, name: str) -> None:
        #: The modules with rules that are for values with a field; see `Registry.load_on`.
        self._later = registry.load_on(name)
        self._registry = registry
        self._shapes: dict[tuple[str, ...], Shape] = {}
        declared = api(release).type(name)
        assert declared is not None, f"the schema refers to {name}"
        self.type = declared
        #: The Python class of the fields that need no more than it; of integers, if they are no larger than 32 bits.
        self.exact: dict[str, type] = {}
        #: What checks the other values of a field.
        self.fields: dict[str, Checker] = {}
        #: The structs that are checked as empty ones where they are absent.
        self.implied: list[tuple[str, Checker]] = []
        for field_name, field in declared.fields.items():
            exact, checker = checker_of(name, field, lambda struct: _struct(registry, release, struct))
            if exact is not None:
                self.exact[field_name] = exact
            is_status = field_name == "status" and "metadata" in declared.fields and name not in STATUS_KEPT
            inner, since = JUDGED_SINCE.get(name, {}).get(field_name, ("", 0))
            if is_status or int(release[2:]) < since:
                checker = decoded(checker, inner)
                self.exact.pop(field_name, None)
            self.fields[field_name] = checker
            is_spec = field_name == "spec" and field.type is not None and "metadata" in declared.fields
            if is_spec or field_name in IMPLIED.get(name, ()):
                self.implied.append((field_name, checker))
        self._rules = self._loaded(release)

    def _loaded(self, release: str) -> list[TypeRule]:
        """Return the rules that count for the release, of the modules that are loaded."""
        return [type_rule for type_rule in rules_on(self._registry, self.type.name) if type_rule.holds_for(release)]

    def walk(self, value: Any, at: Path, check: Check) -> bool:
        """Check a value of the type; return whether it decodes."""
        if value.__class__ is not dict:
            return refuse(check, at, value, "a mapping")
        names = tuple(value)
        shape = self._shapes.get(names)
        if shape is None:
            if not self.fields.keys() >= value.keys():
                return self._walk_unknown(value, at, check)
            shape = self._shape_of(names, check.release)
        sound = True
        for (name, item), (exact, checker) in zip(value.items(), shape.fields, strict=True):
            kind = item.__class__
            if kind is exact and (kind is not int or item in INT32):
                continue
            if not checker(item, Path(at, name), check):
                sound = False
        if sound:
            self._judge(value, at, check, shape)
        return sound

    def _walk_unknown(self, value: Any, at: Path, check: Check) -> bool:
        """Check a value that has fields which the type does not have."""
        sound = True
        for name, item in value.items():
            checker = self.fields.get(name)
            if checker is None:
                tidy_first(check)
                report_unknown_field(check, at + name, self.type, name)
                sound = sound and check.drops_unknown
            elif not checker(item, Path(at, name), check):
                sound = False
        if sound:
            declared = {name: item for name, item in value.items() if name in self.fields}
            self._judge(value, at, check, self._shape_of(tuple(declared), check.release))
        return sound

    def _judge(self, value: Any, at: Path, check: Check, shape: Shape) -> None:
        """Check what is implied, and run the rules that are for the value."""
        if shape.later:
            shape = self._load_for(value, shape, check.release)
        for name, checker in shape.implied:
            checker({}, Path(at, name), check)
        before = len(check.diagnostics)
        try:
            for check.rule, function in shape.rules:
                function(value, at, check)
            for name, rule, function in shape.if_empty:
                if not value[name]:
                    check.rule = rule
                    function(value, at, check)
            for name, inner, rule, function in shape.if_deep:
                if inner in value[name]:
                    check.rule = rule
                    function(value, at, check)
        except RecursionError:
            raise
        except Exception as error:
            raise_stop(error)
            tidy_first(check)  # something beside the value may be untidy
            del check.diagnostics[before:], check.paths[before:]
            self._judge_each(value, at, check)

    def _shape_of(self, names: tuple[str, ...], release: str) -> Shape:
        """Return what there is to do for values with these fields, with the rules that they need."""
        for name in self._later.keys() & set(names):
            waiting = self._later.pop(name)
            if deep := [(inner, module) for inner, module in waiting if inner]:
                self._later[name] = deep
            loaded = [module for inner, module in waiting if not inner]
            for module in loaded:
                self._registry.load(module)
            if loaded:
                self._shapes.clear()
                self._rules = self._loaded(release)
        shape = self._sort(names)
        if len(self._shapes) < _MOST_SHAPES:
            self._shapes[names] = shape
        return shape

    def _sort(self, names: tuple[str, ...]) -> Shape:
        present = set(names)
        rules: list[tuple[Rule, RuleFunction]] = []
        if_empty: list[tuple[str, Rule, RuleFunction]] = []
        if_deep: list[tuple[str, str, Rule, RuleFunction]] = []
        for type_rule in sorted(self._rules, key=_turn):
            field, _, inner = type_rule.needs[0].partition(".") if type_rule.needs else ("", "", "")
            if type_rule.without in present:
                if_empty.append((type_rule.without, type_rule.rule, type_rule.check))
            elif inner:
                if field in present:
                    if_deep.append((field, inner, type_rule.rule, type_rule.check))
            elif not type_rule.needs or not present.isdisjoint(type_rule.needs):
                rules.append((type_rule.rule, type_rule.check))
        implied = tuple((name, checker) for name, checker in self.implied if name not in present)
        later = tuple((name, inner) for name in present & self._later.keys() for inner, _ in self._later[name])
        fields = tuple((self.exact.get(name), self.fields[name]) for name in names)
        return Shape(fields, implied, tuple(rules), tuple(if_empty), tuple(if_deep), later)

    def _load_for(self, value: Any, shape: Shape, release: str) -> Shape:
        """Load the rules that are for fields of fields that this value has, and return its shape."""
        wanted = [(name, inner) for name, inner in shape.later if inner in value[name]]
        if not wanted:
            return shape
        for name, inner in wanted:
            waiting = self._later.pop(name, [])
            for other, module in waiting:
                if other == inner:
                    self._registry.load(module)
            if still := [(other, module) for other, module in waiting if other != inner]:
                self._later[name] = still
        self._shapes.clear()
        self._rules = self._loaded(release)
        return self._shape_of(tuple(name for name in value if name in self.fields), release)

    def _judge_each(self, value: Any, at: Path, check: Check) -> None:
        """Run the rules that are for the value, one of which fails; the others are not to be lost with it."""
        for type_rule in self._rules:
            if type_rule.is_for(value):
                check.rule = type_rule.rule
                before = len(check.diagnostics)
                try:
                    type_rule.check(value, at, check)
                except RecursionError:
                    raise
                except Exception as error:
                    raise_stop(error)
                    del check.diagnostics[before:], check.paths[before:]
                    check.failures.append((type_rule.rule, at, error))


def plan_of(registry: Registry, release: str, type_name: str) -> Plan:
    """Return the plan of a type of a release."""
    return registry.home.compiled(Plan, release, type_name)


def _turn(type_rule: TypeRule) -> int:
    """Return when a rule has its turn: first those that are for all values, last those for any of several fields."""
    return (2 + (len(type_rule.needs) > 1)) if type_rule.needs else bool(type_rule.without)


def _struct(registry: Registry, release: str, name: str) -> Checker:
    """Return the check of a struct; its plan is made when a document has one."""
    plan: Plan | None = None

    def check_struct(value: Any, at: Path, check: Check) -> bool:
        nonlocal plan
        if plan is None:
            plan = plan_of(registry, release, name)
        return plan.walk(value, at, check)

    return check_struct

"""The rules that documents are checked by, as a value.

    BUILT_IN.without("replicas-single")
    BUILT_IN.plus(shop.policies)

A registry finds the rules of kpy by the generated table, module by module as documents need them, and keeps what is
compiled of them. Other rules are another registry.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from importlib import import_module
from pkgutil import walk_packages
from types import ModuleType
from typing import Any, Final, TypeVar

from kpy.checking.rule import Mark, Rule, declared_in, marks_in, marks_of, rule_of
from kpy.checking.table import MODULES
from kpy.diagnostics import Diagnostic, Family
from kpy.errors import UsageError
from kpy.schema.constraints import all_field_rules

__all__ = ["BUILT_IN", "POLICIES", "Registry", "modules_with_rules"]

#: Where rules are; by name, since they stand above the engine.
_ROOMS: Final = ("kpy.rules", "kpy.checking", "kpy.custom", "kpy.admission")
_WITHIN: Final = "kpy.rules."
#: The families of rules.
FAMILIES: Final[tuple[Family, ...]] = ("admission", "api", "internal", "policy", "reference", "schema")
#: The key of policies, which are checked when they are selected.
POLICIES: Final = "policies"

_Compiled = TypeVar("_Compiled")


class Registry:
    """The rules of kpy but for some, and those that were added; another choice is another registry."""

    def __init__(self, table: Mapping[str, str] = MODULES) -> None:
        self._table = table
        #: What was added to the rules of kpy.
        self.added: tuple[Mark, ...] = ()
        #: What is to be told of packages whose policies cannot be loaded; see `kpy.checking.plug_ins`.
        self.failures: tuple[Diagnostic, ...] = ()
        #: Whether the policies of other packages are among those that were added.
        self.has_plug_ins = False
        self._left_out: frozenset[str] = frozenset()
        self._modules = _Modules()
        #: The registry that has the same rules but for policies, and keeps what is compiled of them.
        self.home = self
        self._compiled: dict[tuple[Hashable, ...], Any] = {}

    def without(self, *names: str) -> Registry:
        """Return a registry that does not have the rules of these names."""
        other = self._copy()
        other._left_out = self._left_out.union(names)
        return other

    def plus(self, *sources: object) -> Registry:
        """Return a registry that has the policies of these modules, packages and functions too.

        Raises `UsageError` for what has none.
        """
        return self.with_marks([mark for source in sources for mark in _marks_from(source)])

    def with_marks(self, marks: Iterable[Mark]) -> Registry:
        """Return a registry that has these marks too; what one file says again, loaded in another way, counts once."""
        other = self._copy()
        added = {_identity(mark): mark for mark in self.added}
        for mark in marks:
            added.setdefault(_identity(mark), mark)
        other.added = tuple(added.values())
        if all(mark.key == POLICIES for mark in other.added):
            other.home = self.home
        return other

    def _copy(self) -> Registry:
        other = Registry(self._table)
        other.added, other._left_out, other._modules = self.added, self._left_out, self._modules
        other.failures, other.has_plug_ins = self.failures, self.has_plug_ins
        return other

    def marks(self, key: str) -> tuple[Mark, ...]:
        """Return what is for one key, by module and then in the order of writing; of modules loaded so far."""
        marks = [*self._modules.marks.get(key, ()), *(mark for mark in self.added if mark.key == key)]
        if self._left_out:
            marks = [mark for mark in marks if mark.rule is None or mark.rule.name not in self._left_out]
        return tuple(sorted(marks, key=lambda mark: mark.check.__module__))

    def all_marks(self, key: str) -> tuple[Mark, ...]:
        """Return what is for one key, of all modules."""
        for module in self._table.get(key, "").split():
            self._modules.load(module.partition(":")[0])
        return self.marks(key)

    def leaves_out(self, name: str) -> bool:
        """Return whether a rule is not to be checked."""
        return name in self._left_out

    def load_on(self, key: str) -> dict[str, list[tuple[str, str]]]:
        """Load the modules that have something for every value of a type.

        Return the others, which are to be loaded when a value has a field: by its name, each with the field of that
        field that it takes, if any.
        """
        later: dict[str, list[tuple[str, str]]] = {}
        for module in self._table.get(key, "").split():
            name, _, fields = module.partition(":")
            if not fields:
                self._modules.load(name)
            for field in fields.split(",") if fields else ():
                first, _, inner = field.partition(".")
                later.setdefault(first, []).append((inner, name))
        return later

    def fields_needed(self, key: str) -> frozenset[str]:
        """Return the fields, or kinds, without which some modules are not needed."""
        words = (word.partition(":")[2] for word in self._table.get(key, "").split())
        return frozenset(field for word in words if word for field in word.split(","))

    def load_for(self, key: str, there: frozenset[str]) -> None:
        """Load the modules that have something for one key, where these fields or kinds are there."""
        for word in self._table.get(key, "").split():
            name, _, needed = word.partition(":")
            if not needed or not there.isdisjoint(needed.split(",")):
                self._modules.load(name)

    def load(self, module: str) -> None:
        """Load a module of rules, by its name in the table."""
        self._modules.load(module)

    def rules(self) -> list[Rule]:
        """Return all rules, sorted by name; every module with rules is loaded."""
        modules = list(modules_with_rules())
        rules = {rule.name: rule for module in modules for rule in declared_in(module)}
        marks = (*(mark for module in modules for mark in marks_in(module)), *self.added)
        rules.update((mark.rule.name, mark.rule) for mark in marks if mark.rule is not None)
        rules.update((row.name, rule_of(row)) for row in all_field_rules())
        return [rules[name] for name in sorted(rules) if name not in self._left_out]

    def names(self) -> dict[str, Family]:
        """Return what all rules are called, each with its family; no module is loaded for that."""
        from kpy.checking.rule_names import RULE_NAMES

        names: dict[str, Family] = {name: family for family in FAMILIES for name in RULE_NAMES[family].split()}
        names.update((mark.rule.name, mark.rule.family) for mark in self.added if mark.rule is not None)
        return (
            {name: family for name, family in names.items() if name not in self._left_out} if self._left_out else names
        )

    def compiled(self, make: Callable[..., _Compiled], *arguments: Hashable) -> _Compiled:
        """Return what a function makes of the registry and the arguments; it is made once."""
        key = (make, *arguments)
        try:
            compiled: _Compiled = self._compiled[key]
        except KeyError:
            compiled = self._compiled[key] = make(self, *arguments)
        return compiled


class _Modules:
    """The modules that were loaded for a registry and its copies, and their marks by what they are for."""

    def __init__(self) -> None:
        self.marks: dict[str, list[Mark]] = {}
        self._loaded: set[str] = set()

    def load(self, name: str) -> None:
        if name in self._loaded:
            return
        self._loaded.add(name)
        for mark in marks_in(import_module(_WITHIN + name)):
            marks = self.marks.setdefault(mark.key, [])
            if mark not in marks:  # a module may have a function of another one among its names
                marks.append(mark)


#: The rules that come with kpy.
BUILT_IN: Final = Registry()


def modules_with_rules() -> Iterator[ModuleType]:
    """Yield every module of kpy that may have rules; all are imported."""
    for package in (import_module(name) for name in _ROOMS):
        for module in walk_packages(package.__path__, f"{package.__name__}."):
            yield import_module(module.name)
    yield import_module("kpy.validation")


def _marks_from(source: object) -> tuple[Mark, ...]:
    """Return the marks of a function, or of a module and what it imports of its own package."""
    marks = tuple(_marks_within(source, set())) if isinstance(source, ModuleType) else marks_of(source)
    if not marks:
        what = f"the module {source.__name__}" if isinstance(source, ModuleType) else repr(source)
        raise UsageError(f"{what} has no policy: write `@kpy.policy(...)` above a function")
    return marks


def _identity(mark: Mark) -> tuple[object, ...]:
    """Return what tells the marks of different functions apart, whichever way their file was loaded."""
    code = getattr(mark.check, "__code__", None)
    place = (code.co_filename, code.co_firstlineno) if code is not None else (mark.check,)
    return (mark.key, mark.rule.name if mark.rule is not None else "", *place)


def _marks_within(module: ModuleType, seen: set[str]) -> Iterator[Mark]:
    seen.add(module.__name__)
    yield from marks_in(module)
    for value in tuple(vars(module).values()):
        is_inner = isinstance(value, ModuleType) and value.__name__.startswith(f"{module.__name__}.")
        if is_inner and value.__name__ not in seen:
            yield from _marks_within(value, seen)

"""The form of every object for all environments: one in which it has the same shape in each, else one for each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from kpy.importing.custom import Types
from kpy.importing.environments.alike import UnlikeError, identities, in_order, text_of
from kpy.importing.environments.families import Family, Line
from kpy.importing.environments.merging import Merging
from kpy.importing.environments.resolving import Resolving
from kpy.importing.environments.signatures import Signatures
from kpy.importing.environments.table import Table
from kpy.importing.forms import Forms
from kpy.importing.names import base_name
from kpy.importing.subjects import FORMS, Subject, Written
from kpy.importing.writer import Found, Options
from kpy.python_source.expressions import Item, Statement, Variable

__all__ = ["FamilyForms"]

#: How much of the code for each environment the code for all of them may be, where parts of it are chosen.
_MOST = 0.8


class FamilyForms:
    """Finds the code of every family; what one refers to is settled before it."""

    def __init__(
        self,
        families: Sequence[Family],
        environments: Mapping[str, Sequence[Subject]],
        file: str,
        types: Types | None,
        table: Table,
    ) -> None:
        self._names = [*environments]
        self._families = {subject: family for family in families for subject in family.subjects.values()}
        self._kinds = [family.any.kind for family in families]
        self._by_number = by_number = {family.number: family for family in families}
        self._forms = {name: _Forms(subjects, file, types, self) for name, subjects in environments.items()}
        self._table = table
        self._resolving = Resolving(table)
        self._busy: set[Family] = set()
        kinds: dict[object, tuple[str, str]] = {
            number: (family.any.api_version, family.any.kind) for number, family in by_number.items()
        }
        self.signatures = Signatures(kinds.get)
        self.order: list[Family] = []

    def settle(self, family: Family) -> None:
        """Find the code of a family, and of all that it refers to."""
        if family.lines is not None or family in self._busy:
            return
        self._busy.add(family)
        for subject in family.subjects.values():
            subject.is_busy = True
        family.lines = self._best(family)
        for subject in family.subjects.values():
            subject.is_busy = False
        self._busy.remove(family)
        self.order.append(family)

    def family_of(self, subject: Subject) -> Family:
        """Return the family of an object."""
        return self._families[subject]

    def may_refer(self, subject: Subject, other: Subject) -> bool:
        """Return whether the variable of another object is there wherever the code of an object runs."""
        mine, its = self.family_of(subject).environments, self.family_of(other)
        return not its.is_apart and (its.environments == mine or len(its.environments) == len(self._names))

    def merging(self, family: Family, *, is_strict: bool = True) -> Merging:
        """Return what merges the code of a family."""
        kind, existing = family.any.kind, {}
        for name, subject in family.subjects.items():
            existing[name] = subject.written.existing if subject.written is not None else {}
        owner = base_name("Pod" if kind in ("Ingress", "Service") else kind, family.name), self._kinds.count(kind) == 1
        return Merging(
            family.environments, self._names, owner, self._table, self.signatures, existing, is_strict=is_strict
        )

    def _best(self, family: Family) -> list[Line]:
        ladders = {name: _Ladder(self._forms[name], subject) for name, subject in family.subjects.items()}
        best = max(FORMS.index(ladder.best().form) for ladder in ladders.values())
        alike: dict[int, list[dict[str, Written]]] = {}
        for written in _common(ladders):
            rank = max(FORMS.index(each.form) for each in written.values())
            if rank > best:
                break  # code for each is better than a worse form for all
            alike.setdefault(rank, []).append(written)
            if (lines := self._together(family, written, is_strict=True)) is not None:
                return lines
        for found in alike.values():
            if (lines := self._one_of(family, found)) is not None:
                return lines
        return self._apart(family, ladders)

    def _one_of(self, family: Family, found: Iterable[dict[str, Written]]) -> list[Line] | None:
        """Return the first code for all environments in which parts are chosen; nothing where that is no shorter."""
        for written in found:
            if (lines := self._together(family, written, is_strict=False)) is not None:
                length = sum(len(text_of(line.statement.value)) for line in lines)
                whole = sum(len(text_of(code.value)) for each in written.values() for code in (each.main, *each.after))
                if length <= whole * _MOST:
                    return lines
        return None

    def _together(self, family: Family, written: dict[str, Written], *, is_strict: bool) -> list[Line] | None:
        """Return the code for all environments, when it is proved in each; nothing where it is not."""
        for name, subject in family.subjects.items():
            subject.written = written[name]
        try:
            lines = [*self._lines(family, written, self.merging(family, is_strict=is_strict))]
        except UnlikeError as problem:
            family.reason = str(problem)
            return None
        for name, subject in family.subjects.items():
            why = self._why_not(name, subject, lines)
            if why:
                family.reason = why
                return None
        return lines

    def _why_not(self, name: str, subject: Subject, lines: Sequence[Line]) -> str:
        written = subject.written
        assert written is not None
        code = [self._resolving.statement(line.statement, name) for line in lines if name in line.environments]
        before = [text_of(each.value) for each in (written.main, *written.after)]
        if [text_of(each.value) for each in code] == before:
            return ""
        made = Written(written.form, code[0])
        made.after, made.needs, made.existing = code[1:], written.needs, self._all_found(written.existing)
        return self._forms[name].why_not(subject, made)

    def _all_found(self, existing: Mapping[object, Statement]) -> dict[object, Statement]:
        """Return what exists elsewhere, objects in files under the names that they have in all environments."""
        made = dict(existing)
        for key, statement in existing.items():
            if isinstance(key, Found):
                for subject in self._by_number[key.number].subjects.values():
                    other = key._replace(name=subject.name)
                    made.setdefault(other, statement._replace(target=Variable(other)))
        return made

    def _lines(self, family: Family, written: dict[str, Written], merging: Merging) -> Iterator[Line]:
        main = merging.statement({name: each.main.value for name, each in written.items()})
        target = next(iter(written.values())).main.target
        yield Line(Statement(main, target), family.environments)
        calls = {name: _calls(said.after) for name, said in written.items()}
        for key in in_order(calls.values(), is_strict=True):
            found = {name: item.value for name, items in calls.items() for item in items if item.head == key}
            if len(found) < len(written) and len(written) < len(self._names):
                raise UnlikeError("only some environments have one of its calls")
            inner = merging if len(found) == len(written) else merging.within([*found])
            yield Line(Statement(inner.statement(found)), [*found])

    def _apart(self, family: Family, ladders: Mapping[str, _Ladder]) -> list[Line]:
        """Return the code of each environment; none where all are left out or in their files."""
        alike: dict[str, list[str]] = {}
        for name, subject in family.subjects.items():
            written = subject.written = ladders[name].best()
            text = "; ".join(text_of(each.value) for each in (written.main, *written.after))
            if written.form not in ("file", "existing"):
                alike.setdefault(text, []).append(name)
        forms = {each.form for each in family.written}
        family.is_apart = not (len(forms) == 1 and forms <= {"file", "existing"}) and len(family.subjects) > 1
        lines = []
        for names in alike.values():
            code = family.subjects[names[0]].written
            assert code is not None
            main = code.main if code.after else code.main._replace(target=None)
            lines += [Line(each, names) for each in (main, *code.after)]
        return lines


class _Forms(Forms):
    """The forms of one environment."""

    def __init__(self, subjects: Sequence[Subject], file: str, types: Types | None, all_: FamilyForms) -> None:
        super().__init__([*subjects], file, types)
        self._all = all_

    def settle(self, subject: Subject) -> None:
        self._all.settle(self._all.family_of(subject))

    def find(self, subject: Subject, kind: str, group: str, name: str, namespace: str = "") -> Subject | None:
        found = super().find(subject, kind, group, name, namespace)
        return found if found is None or self._all.may_refer(subject, found) else None

    def selected(self, subject: Subject, labels: Mapping[str, Any]) -> Subject | None:
        found = super().selected(subject, labels)
        return found if found is None or self._all.may_refer(subject, found) else None

    def ways(self, subject: Subject) -> Iterator[Options]:
        is_alone = len(self._all.family_of(subject).subjects) == 1
        for options in super().ways(subject):
            yield options
            if not is_alone:
                yield options._replace(is_full=True)


class _Ladder:
    """The proved forms of an object, found as they are asked for."""

    def __init__(self, forms: Forms, subject: Subject) -> None:
        self._forms = forms
        self._subject = subject
        self._reasons: list[str] = []
        self._rest = forms.proved(subject, self._reasons)
        self._found: dict[object, Written] = {}

    def __iter__(self) -> Iterator[Written]:
        number = 0
        while number < len(self._found) or self._next() is not None:
            yield [*self._found.values()][number]
            number += 1

    def get(self, way: object) -> Written | None:
        """Return the form that is written in a way, when it is proved."""
        while way not in self._found:
            if self._next() is None:
                return None
        return self._found[way]

    def best(self) -> Written:
        """Return the best form of all."""
        return next(iter(self), None) or self._forms.literal(self._subject, self._reasons)

    def _next(self) -> Written | None:
        written = next(self._rest, None)
        if written is not None:
            self._found[written.way] = written
        return written


def _common(ladders: Mapping[str, _Ladder]) -> Iterator[dict[str, Written]]:
    """Yield what is proved in the same way in all environments."""
    first = next(iter(ladders.values()))
    for written in first:
        found = {name: ladder.get(written.way) for name, ladder in ladders.items()}
        whole = {name: each for name, each in found.items() if each is not None}
        if len(whole) == len(ladders):
            yield whole


def _calls(statements: Sequence[Statement]) -> list[Item]:
    """Return calls as items whose heads tell them from each other."""
    items = [Item(statement.value) for statement in statements]
    return [item._replace(head=key) for item, key in zip(items, identities(items), strict=True)]

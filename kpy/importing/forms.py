"""The forms of an object, from the most idiomatic to the literal: the first that proves equal is taken."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from kpy.errors import KpyError
from kpy.importing.constructs import construct_part, construct_statements
from kpy.importing.custom import Types, custom_call
from kpy.importing.kinds import construct_name
from kpy.importing.proof import CHART, Trials
from kpy.importing.short.methods import MADE_BY
from kpy.importing.short.tables import FIELDS, STRUCTS
from kpy.importing.subjects import Form, Subject, Written, group_of
from kpy.importing.writer import Options, Unwritable, Writer, call, kpy, positional
from kpy.model.registry import kind_class
from kpy.python_source.expressions import Attribute, Bracket, Node, Statement, Variable, literal
from kpy.redaction.encrypted import is_encrypted
from kpy.redaction.fields import is_secret_kind

__all__ = ["Forms", "may_be_left_out"]

_DEFINITION = "CustomResourceDefinition"
_WORKLOADS = ("DaemonSet", "Deployment", "Pod", "ReplicaSet", "StatefulSet")
_SECURED = (*_WORKLOADS, "CronJob", "Job")
#: Ways to expose a workload, the shortest first.
_EXPOSURES = ("all", "one", "derived", "said")
#: What is raised for values that are not as the API has them.
_UNWRITABLE = (Unwritable, AttributeError, LookupError, TypeError, ValueError)


class Forms:
    """Finds the form of every object; what one refers to is settled before it."""

    def __init__(self, subjects: list[Subject], file: str, types: Types | None = None) -> None:
        self._types = types or {}
        self._trials = Trials(file)
        self._by_key: dict[tuple[str, str, str, str], Subject] = {}
        self._by_labels: dict[tuple[str, frozenset[tuple[str, str]]], list[Subject]] = {}
        self._in_files = Counter(map(_place, subjects))
        self.order: list[Subject] = []
        for subject in subjects:
            key = (group_of(subject.api_version), subject.kind, subject.namespace, subject.name)
            self._by_key.setdefault(key, subject)
            labels = _selector_of(subject)
            if labels:
                self._by_labels.setdefault((subject.namespace, frozenset(labels.items())), []).append(subject)

    def settle(self, subject: Subject) -> None:
        """Find the form of an object, and of all that it refers to."""
        if subject.written is not None or subject.is_busy:
            return
        subject.is_busy = True
        subject.written = self._best(subject)
        subject.is_busy = False
        self.order.append(subject)

    def find(self, subject: Subject, kind: str, group: str, name: str, namespace: str = "") -> Subject | None:
        """Return an object that a variable can stand for, seen from another; nothing where there is none."""
        found = self._by_key.get((group, kind, namespace or subject.namespace, name)) or self._by_key.get(
            (group, kind, "", name)
        )
        if found is None or found is subject or found.is_busy:
            return None
        self.settle(found)
        written = found.written
        is_made = written is not None and written.form in ("short", "construct", "model", "raw")
        return found if is_made or self._is_in_file(found, subject) else None

    def _is_in_file(self, found: Subject, subject: Subject) -> bool:
        """Return whether an object that stays in its file is the only one of its name there, seen from another."""
        if not found.is_in_file or found.namespace != subject.namespace:
            return False
        return self._in_files[_place(found)] == 1

    def selected(self, subject: Subject, labels: Mapping[str, Any]) -> Subject | None:
        """Return the workload whose own selector are these labels, seen from another object."""
        if not all(isinstance(value, str) for value in labels.values()):
            return None
        found = self._by_labels.get((subject.namespace, frozenset(labels.items())), [])
        if len(found) != 1 or found[0].is_busy:
            return None
        self.settle(found[0])
        return found[0] if found[0].is_construct else None

    def _best(self, subject: Subject) -> Written:
        reasons: list[str] = []
        proved = self.proved(subject, reasons)
        return next(proved, None) or self.literal(subject, reasons)

    def proved(self, subject: Subject, reasons: list[str]) -> Iterator[Written]:
        """Yield the forms of an object that are proved to make it, the best first; why others are none is gathered."""
        for written in self._candidates(subject, reasons):
            why = self.why_not(subject, written)
            if why:
                reasons.append(why)
                continue
            if written.form not in ("short", "file", "existing"):
                written.reasons = [*dict.fromkeys((*written.reasons, *reasons))]
            yield written

    def why_not(self, subject: Subject, written: Written) -> str:
        """Return why the code of an object is not the object; nothing when it is."""
        return self._trials.why_not(subject, written)

    def ways(self, subject: Subject) -> Iterator[Options]:
        """Yield the ways to write a construct, the most idiomatic first."""
        return _ways(subject)

    def _candidates(self, subject: Subject, reasons: list[str]) -> Iterator[Written]:
        if not subject.is_object or may_be_left_out(subject):
            return
        if subject.kind == _DEFINITION and subject.file:
            return
        custom = self._types.get((subject.api_version, subject.kind))
        if custom is not None:
            try:
                writer = Writer(subject, self, Options(), STRUCTS, FIELDS, construct_part)
                yield _with(_added(subject, "short", custom_call(writer, custom)), writer)
            except (*_UNWRITABLE, KpyError) as problem:
                reasons.append(str(problem).partition("\n")[0])
        elif construct_name(subject.api_version, subject.kind) is not None:
            best: list[Written] = []
            for options in self.ways(subject):
                try:
                    made = self._construct(subject, options)
                except _UNWRITABLE as problem:
                    if not options.exposure:
                        reasons.append(_reason(problem))
                    continue
                if made.form == "short":
                    yield made
                else:
                    best.append(made)
            yield from best
        else:
            reasons.append(f"there is no construct for {subject.api_version} {subject.kind}")
        if kind_class(subject.api_version, subject.kind) is not None:
            for refers in (True, False):
                try:
                    yield self._model(subject, refers=refers)
                except _UNWRITABLE as problem:
                    reasons.append(_reason(problem))
        elif custom is None:
            reasons[:] = [f"kpy has no type for {subject.api_version} {subject.kind}"]
        for number, tree in enumerate((_without_shared(subject), subject.tree)):
            made = _added(subject, "raw", kpy("Raw", positional(literal(tree, ()))))
            made.way = "raw", number
            yield made

    def _construct(self, subject: Subject, options: Options) -> Written:
        writer = Writer(subject, self, options, STRUCTS, FIELDS, construct_part)
        made, calls = construct_statements(writer)
        form: Form = "construct" if writer.reasons or not options.is_short else "short"
        if len(calls) == 1 and _is_simple(made) and not options.is_full:
            made, calls = _chained(made, calls[0]), []
        written = _added(subject, form, made)
        written.after = calls
        if subject.texts is not None and options.is_short:
            folder, contents = subject.texts
            written.files = {f"{folder}/{key}": content for key, content in contents.items()}
        written.way = options
        return _with(written, writer)

    def _model(self, subject: Subject, *, refers: bool) -> Written:
        kind = kind_class(subject.api_version, subject.kind)
        assert kind is not None
        writer = Writer(subject, self, Options(is_short=False, refers=refers), {}, {}, construct_part)
        tree = _without_shared(subject)
        written = _added(subject, "model", writer.model(kind._type, tree, ()))
        written.way = "model", refers
        return _with(written, writer)

    def literal(self, subject: Subject, reasons: list[str]) -> Written:
        """Return an object as the file that it stands in or, where there is none, as left out."""
        if is_secret_kind(subject.kind):
            reasons = ["values of Secrets are not written into Python"]
        elif subject.is_object and is_encrypted(subject.tree):
            reasons = ["it is encrypted"]
        elif not subject.is_object:
            reasons = ["it is no object"]
        elif subject.kind == _DEFINITION:
            reasons = ["definitions stay as they were published"]
        form: Form = "file" if subject.file else "existing"
        written = Written(form, Statement(literal(None)))
        written.reasons = reasons[-1:]
        return written


def _place(subject: Subject) -> tuple[object, ...]:
    return subject.file, subject.kind, subject.name, id(subject.group)


def _reason(problem: Exception) -> str:
    return str(problem) if isinstance(problem, Unwritable) else "it is not as the API has it"


def _is_simple(made: Node) -> bool:
    """Return whether a call is short enough for another behind it."""
    values = [item.value for item in made.items] if isinstance(made, Bracket) else []
    return len(values) <= 2 and not any(isinstance(value, Bracket) for value in values)


def _chained(made: Node, behind: Statement) -> Node:
    value = behind.value
    assert isinstance(value, Bracket)
    assert isinstance(value.head, Variable)
    return value._replace(head=Attribute(made, value.head.rest))


def may_be_left_out(subject: Subject) -> bool:
    """Return whether an object is left in its file or, where there is none, to whoever else makes it."""
    return is_secret_kind(subject.kind) or is_encrypted(subject.tree)


def _with(written: Written, writer: Writer) -> Written:
    written.needs = writer.needs
    written.existing = writer.existing
    written.reasons = writer.reasons
    return written


def _added(subject: Subject, form: Form, made: Node) -> Written:
    return Written(form, Statement(call(Variable(CHART), ".add", positional(made)), subject.variable))


def _without_shared(subject: Subject) -> dict[str, Any]:
    """Return the object without what its chart says for it."""
    group = subject.group
    metadata = subject.tree.get("metadata")
    if not isinstance(metadata, dict):
        return dict(subject.tree)
    made = dict(metadata)
    if group.namespace and made.get("namespace") == group.namespace:
        del made["namespace"]
    for key, common in (("labels", group.labels), ("annotations", group.annotations)):
        said = made.get(key)
        if isinstance(said, dict) and common:
            made[key] = {name: value for name, value in said.items() if name not in common}
            if not made[key]:
                del made[key]
    return {**subject.tree, "metadata": made}


def _ways(subject: Subject) -> Iterator[Options]:
    """Yield the ways to write a construct, the most idiomatic first."""
    short = Options()
    if subject.kind == "Service":
        yield from (short._replace(exposure=way) for way in _EXPOSURES)
    yield short
    if subject.kind in MADE_BY:
        yield short._replace(is_made_by_others=False)
    if subject.kind in _SECURED:
        yield short._replace(secures=False)
    yield short._replace(derives_volumes=False)
    yield short._replace(selects_by_object=False)
    yield short._replace(refers=False)
    yield short._replace(refers=False, derives_volumes=False)
    yield Options(is_short=False)
    yield Options(is_short=False, refers=False)


def _selector_of(subject: Subject) -> dict[str, str] | None:
    """Return the labels by which a workload finds its pods."""
    if subject.kind not in _WORKLOADS or not subject.is_object:
        return None
    match subject.tree.get("spec"):
        case {"selector": {"matchLabels": dict() as labels, **rest}} if not rest:
            return labels if all(isinstance(value, str) for value in labels.values()) else None
    return None

"""What writes one object: fields of the API to keywords, by the schema, with short forms where there are any."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from kpy.importing.subjects import Subject
from kpy.model.model import Model
from kpy.model.plain import plan_of
from kpy.model.registry import model_class, module_name
from kpy.model.scalars import field_of
from kpy.python_source.expressions import Atom, Bracket, Imported, Item, Node, Statement, Text, Variable, literal
from kpy.schema.references import Naming, naming

if TYPE_CHECKING:
    from kpy.model.declarative import Declarative
    from kpy.schema import Field

__all__ = [
    "Found",
    "Options",
    "Scope",
    "Steps",
    "Unwritable",
    "Writer",
    "call",
    "kpy",
    "list_of",
    "literal_key",
    "mapping_of",
    "positional",
    "scalar",
]

Steps = tuple[str | int, ...]
_JSON_SCHEMA = "apiextensions/v1 JSONSchemaProps"


class Unwritable(Exception):
    """A value that has no place in this form; the text says why."""


class Found(NamedTuple):
    """The key of the variable of an object that stays in its file."""

    kind: str
    name: str
    #: Which object of the import it is.
    number: int


class Options(NamedTuple):
    """Choices among ways to write the same, which are tried one after the other."""

    #: Whether constructs have short forms, or models throughout.
    is_short: bool = True
    #: Whether volumes follow from where they are mounted.
    derives_volumes: bool = True
    #: Whether workloads stand where their labels select.
    selects_by_object: bool = True
    #: Whether a Service is exposed by its workload: with its ports, or with others.
    exposure: str = ""
    #: Whether what serves another object is made by it.
    is_made_by_others: bool = True
    #: Whether a Pod Security Standard stands for the fields that it asks for.
    secures: bool = True
    #: Whether objects stand where their names do.
    refers: bool = True
    #: Whether all is said that the same object may need in another environment: names of containers, calls apart.
    is_full: bool = False


class Scope(Protocol):
    """The objects that may be referred to."""

    def find(self, subject: Subject, kind: str, group: str, name: str, namespace: str = "") -> Subject | None:
        """Return an object that a variable can stand for, seen from another; nothing where there is none."""

    def selected(self, subject: Subject, labels: Mapping[str, Any]) -> Subject | None:
        """Return the workload whose own selector are these labels, seen from another object."""


Short = Callable[["Writer", Any, Steps], Node | None]


class Writer:
    """Writes one object; what it refers to is remembered."""

    def __init__(
        self,
        subject: Subject,
        scope: Scope,
        options: Options,
        structs: Mapping[str, Short],
        fields: Mapping[tuple[str, str], Short],
        construct: Callable[[Writer, str, dict[str, Any], Steps], Node],
    ) -> None:
        self.subject = subject
        self.scope = scope
        self.options = options
        self._structs = structs
        self._fields = fields
        #: Writes a construct that stands in another object, such as the template of a claim.
        self.construct = construct
        self.needs: dict[int, Subject] = {}
        self.existing: dict[object, Statement] = {}
        self.reasons: list[str] = []
        #: The name of the workload whose containers are written.
        self.workload = ""
        #: What stands behind the object, such as `web.tolerate(...)`.
        self.calls: list[Statement] = []
        #: The volumes of the pod that are written where they are mounted, and those that are mounted by name.
        self.volumes: dict[str, Node] = {}

    def keywords(
        self, owner: type[Declarative], node: Mapping[str, Any], steps: Steps, *, without: Iterable[str] = ()
    ) -> list[Item]:
        """Return the keywords for the fields of a struct, in their order. Raises `Unwritable` for unknown fields."""
        plan = plan_of(owner)
        names = {key: name for name, key in plan.pairs}
        left_out = {*without}
        items = []
        for key, value in node.items():
            if key in left_out or value is None:
                continue
            field = field_of(plan.type, key)
            if key not in names or field is None:
                raise Unwritable(f"kpy knows no field `{_path((*steps, key))}`")
            made = self.value(plan.type, field, value, (*steps, key))
            items.append(Item(made, f"{names[key]}=", (*steps, key)))
        return items

    def keyword(self, type_name: str, field: Field, value: Any, steps: Steps) -> Node:
        """Return the value of a keyword of a construct: in short form, as models, or as a mapping."""
        short = self._fields.get((type_name, field.name)) if self.options.is_short else None
        if short is not None:
            made = short(self, value, steps)
            if made is not None:
                return made
            self.reasons.append(f"`{_path(steps)}` has no short form")
        try:
            return self.value(type_name, field, value, steps)
        except Unwritable as problem:
            if field.type is None or not _is_mapping(field, value):
                raise
            return self.as_mapping(value, steps, problem)

    def as_mapping(self, value: Any, steps: Steps, problem: Unwritable) -> Node:
        """Return a value in the API's names, since a model has no place for something in it."""
        self.reasons.append(str(problem))
        return literal(value, steps)

    def struct(self, type_name: str, node: Any, steps: Steps) -> Node:
        """Return the model of a struct, or its short form."""
        if not isinstance(node, dict):
            raise Unwritable(f"`{_path(steps)}` is no mapping")
        short = self._structs.get(type_name) if self.options.is_short else None
        made = short(self, node, steps) if short is not None else None
        return self.model(type_name, node, steps) if made is None else made

    def model(self, type_name: str, node: Mapping[str, Any], steps: Steps, *, name: Imported | None = None) -> Node:
        """Return the model of a struct."""
        cls: type[Model] = model_class(type_name)
        head = name or Imported(module_name(type_name), cls.__name__)
        without = plan_of(cls).head
        if any(node.get(key) != said for key, said in without.items()):
            without = {}
        return Bracket(head, "()", tuple(self.keywords(cls, node, steps, without=without)))

    def existing_object(self, kind: str, name: str, namespace: str = "") -> Variable:
        """Return the variable of an object that is made elsewhere."""
        key = ("existing", kind, name, namespace)
        items = [positional(Text(name))]
        if namespace:
            items.append(Item(Text(namespace), "namespace="))
        made = Bracket(Imported("kpy", kind, ".existing"), "()", tuple(items))
        self.existing[key] = Statement(made, Variable(key))
        return Variable(key)

    def named(self, kind: str, name: Any, namespace: str = "", group: str = "") -> Variable:
        """Return the variable of an object of a kind that has a construct: of the import, or made elsewhere."""
        if not isinstance(name, str) or not name:
            raise Unwritable(f"the {kind} has no name")
        found = self.scope.find(self.subject, kind, group, name, namespace) if self.options.refers else None
        if found is not None and (found.is_construct or found.is_in_file):
            return self.refer(found)
        return self.existing_object("Claim" if kind == "PersistentVolumeClaim" else kind, name, namespace)

    def refer(self, subject: Subject) -> Variable:
        """Return the variable of another object; one that stays in its file is found there."""
        if subject.is_in_file:
            key = Found(subject.kind, subject.name, subject.number)
            made = Bracket(Imported("kpy", subject.kind, ".existing"), "()", (positional(Text(subject.name)),))
            self.existing[key] = Statement(made, Variable(key))
            return Variable(key)
        self.needs[subject.number] = subject
        return subject.variable

    def value(self, type_name: str, field: Field, value: Any, steps: Steps) -> Node:
        """Return the value of a field, with models for structs. Raises `Unwritable` for what no model holds."""
        if field.container == "list" and isinstance(value, list):
            return list_of(
                [self._element(type_name, field, each, (*steps, at)) for at, each in enumerate(value)], steps
            )
        if field.container in ("map", "map-list") and isinstance(value, dict):
            return Bracket(
                None,
                "{}",
                tuple(
                    Item(self._of_map(type_name, field, each, (*steps, key)), f"{_key(key)}: ", (*steps, key))
                    for key, each in value.items()
                ),
            )
        if field.container:
            raise Unwritable(f"`{_path(steps)}` is no {'list' if field.container == 'list' else 'mapping'}")
        return self._element(type_name, field, value, steps)

    def _of_map(self, type_name: str, field: Field, value: Any, steps: Steps) -> Node:
        if field.container != "map-list":
            return self._element(type_name, field, value, steps)
        if not isinstance(value, list):
            raise Unwritable(f"`{_path(steps)}` is no list")
        return list_of([self._element(type_name, field, each, (*steps, at)) for at, each in enumerate(value)], steps)

    def _element(self, type_name: str, field: Field, value: Any, steps: Steps) -> Node:
        if field.type:
            return self.struct(field.type, value, steps)
        if field.shape.startswith("schema-or"):
            return self._schema(field, value, steps)
        if not _fits(field, value):
            raise Unwritable(f"`{_path(steps)}` is no {field.shape}")
        meant = naming(type_name, field.name) if isinstance(value, str) and self.options.refers else None
        if meant is not None:
            return self._name(meant, value) or Text(value)
        return scalar(field.name, value, steps)

    def _schema(self, field: Field, value: Any, steps: Steps) -> Node:
        if isinstance(value, dict):
            return self.struct(_JSON_SCHEMA, value, steps)
        if isinstance(value, list) and field.shape == "schema-or-list":
            return list_of([self.struct(_JSON_SCHEMA, each, (*steps, at)) for at, each in enumerate(value)], steps)
        is_bool = isinstance(value, bool) and field.shape == "schema-or-boolean"
        is_texts = field.shape == "schema-or-strings" and _are_texts(value)
        if is_bool or is_texts:
            return literal(value, steps)
        raise Unwritable(f"`{_path(steps)}` is no schema")

    def _name(self, meant: Naming, name: str) -> Variable | None:
        if not meant.kind or not name:
            return None
        found = self.scope.find(self.subject, meant.kind, meant.group, name)
        return None if found is None else self.refer(found)


def kpy(name: str, *items: Item, rest: str = "") -> Bracket:
    """Return a call of something that kpy has."""
    return Bracket(Imported("kpy", name, rest), "()", items)


def call(variable: Variable, rest: str, *items: Item) -> Bracket:
    """Return a call of a method of what a variable holds."""
    return Bracket(variable._replace(rest=rest), "()", items)


def positional(value: Node, steps: Steps | None = None) -> Item:
    """Return an argument without a name."""
    return Item(value, "", steps)


def list_of(values: Iterable[Node], steps: Steps | None = None) -> Bracket:
    """Return a list."""
    return Bracket(
        None,
        "[]",
        tuple(Item(value, "", None if steps is None else (*steps, at)) for at, value in enumerate(values)),
    )


def mapping_of(pairs: Iterable[tuple[str, Node, Steps | None]]) -> Bracket:
    """Return a mapping."""
    return Bracket(None, "{}", tuple(Item(value, f"{_key(key)}: ", steps) for key, value, steps in pairs))


def scalar(field: str, value: object, steps: Steps | None = None) -> Node:
    """Return the value of a field; modes of files are octal, as everybody writes them."""
    if field in ("defaultMode", "mode") and type(value) is int and value >= 0:
        return Atom(f"0o{value:o}")
    return literal(value, steps)


def literal_key(key: object) -> str:
    """Return the head of an item of a mapping."""
    return f"{_key(key)}: "


def _key(key: object) -> str:
    from kpy.python_source.text import quoted

    if not isinstance(key, str):
        raise Unwritable(f"the key {key!r} is no text")
    return quoted(key)


def _path(steps: Steps) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps).lstrip(".")


def _fits(field: Field, value: object) -> bool:
    """Return whether type checkers take a scalar for a field."""
    match field.shape:
        case "string":
            return isinstance(value, str) and (field.enum is None or value in field.enum)
        case "time" | "micro-time" | "bytes":
            return isinstance(value, str)
        case "integer":
            return isinstance(value, int) and not isinstance(value, bool)
        case "number":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "boolean":
            return isinstance(value, bool)
        case "int-or-string" | "quantity":
            return isinstance(value, int | str) and not isinstance(value, bool)
        case "object":
            return isinstance(value, dict)
    return True


def _is_mapping(field: Field, value: object) -> bool:
    """Return whether a value can stand in the API's names: a mapping, or a list of mappings where the field is one."""
    if field.container == "list":
        return isinstance(value, list) and all(isinstance(each, dict) for each in value)
    return isinstance(value, dict)


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


#: Nothing, as Python.
NONE = Atom("None")

"""Custom resources as the typed classes that a project has for them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from kpy.constructs.custom import CustomObject
from kpy.importing.metadata import metadata_items
from kpy.importing.writer import Unwritable, Writer, list_of, literal_key
from kpy.model.fields import fields_of
from kpy.model.model import Model
from kpy.python_source.expressions import Bracket, Imported, Item, Node, literal

__all__ = ["Types", "custom_call", "find_types"]

#: API version and kind to the class of a custom resource.
Types = Mapping[tuple[str, str], type[CustomObject]]


def find_types(folder: str, package: str) -> dict[tuple[str, str], type[CustomObject]]:
    """Return the classes in the package of a project, in a folder that Python imports from."""
    found: dict[tuple[str, str], type[CustomObject]] = {}
    for file in sorted((Path(folder) / package).glob("*/*.py")):
        if file.name == "__init__.py":
            continue
        module = import_module(".".join(file.relative_to(folder).with_suffix("").parts))
        for cls in _classes(module):
            found[cls.api_version, cls.kind] = cls
    return found


def _classes(module: ModuleType) -> Iterator[type[CustomObject]]:
    for value in vars(module).values():
        if isinstance(value, type) and issubclass(value, CustomObject) and value.__module__ == module.__name__:
            yield value


def custom_call(writer: Writer, cls: type[CustomObject]) -> Node:
    """Return a custom resource as a call of its class. Raises `Unwritable` for fields that the class does not have."""
    tree = writer.subject.tree
    items = metadata_items(writer, cls, tree)
    made = cls.from_dict({key: value for key, value in tree.items() if key != "metadata"} | {"metadata": {"name": "a"}})
    state = made.__dict__
    if state.get("_extra"):
        raise Unwritable(f"{cls.__name__} has no field `{next(iter(state['_extra']))}`")
    known = fields_of(cls).defaults
    for name, value in _said(made):
        if name == "spec" and isinstance(value, Model):
            rest = {inner: said for inner, said in _said(value) if inner not in known}
            if rest or not [*_said(value)]:
                call = Bracket(_class(value), "()", tuple(_item(inner, said) for inner, said in rest.items()))
                items.append(Item(call, "spec="))
        elif name not in ("name", "metadata"):
            items.append(_item(name, value))
    heads = [item.head for item in items]
    if len({*heads}) < len(heads):
        raise Unwritable("two fields have one keyword")
    return Bracket(_class(made), "()", tuple(items))


def _said(value: Any) -> Iterator[tuple[str, Any]]:
    """Yield what a value says, field by field."""
    if isinstance(value, Model) and value.__dict__.get("_extra"):
        raise Unwritable(f"{type(value).__name__} has no field `{next(iter(value.__dict__['_extra']))}`")
    names = fields_of(type(value)).defaults
    yield from ((name, said) for name, said in value.__dict__.items() if name in names and said not in (None, ()))


def _item(name: str, value: Any) -> Item:
    return Item(_node(value), f"{name}=")


def _node(value: Any) -> Node:
    if isinstance(value, Model):
        return Bracket(_class(value), "()", tuple(_item(name, said) for name, said in _said(value)))
    if isinstance(value, list):
        return list_of([_node(each) for each in value])
    if isinstance(value, Mapping):
        return Bracket(None, "{}", tuple(Item(_node(each), literal_key(key)) for key, each in value.items()))
    return literal(value)


def _class(value: object) -> Imported:
    return Imported(type(value).__module__, type(value).__name__)

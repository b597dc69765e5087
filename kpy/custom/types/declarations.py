"""How the fields of generated classes are declared: annotation, default, converter."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import NamedTuple

from kpy.custom.types.object_names import is_reference
from kpy.custom.types.shapes import Core, Enum, ListOf, MapOf, Plain, Struct, Value
from kpy.python_source.annotations import module_alias
from kpy.python_source.layout import Imports, bracketed
from kpy.python_source.text import literal

__all__ = ["Declarations", "literal_of"]

_CUSTOM = "kpy.model.custom"
_CONSTRUCTS = "kpy.constructs.custom"
_TYPING = {"Json", "JsonObject", "Number", "QuantityInput", "Time"}
_BUILTINS = re.compile(r"(?<![\w.\"'])(str|int|bool|list)(?![\w\"'])")


class _Form(NamedTuple):
    """How a type of Kubernetes is declared that takes short forms."""

    annotation: str
    converter: str


#: Type, and whether there is a list of it, to its short form.
_FORMS = {
    ("meta/v1 LabelSelector", False): _Form("Selector", "kpy.constructs.custom_selectors:to_custom_selector"),
    ("core/v1 ResourceRequirements", False): _Form("Amounts", "kpy.tree.resources:to_resources"),
    ("core/v1 Container", True): _Form("Containers", ""),
    ("core/v1 EnvVar", True): _Form("Env", "kpy.constructs.env:to_env"),
    ("core/v1 EnvFromSource", True): _Form("EnvFrom", "kpy.constructs.env:to_env_from"),
    ("core/v1 LocalObjectReference", True): _Form("PullSecrets", "kpy.constructs.pull_secrets:to_local_references"),
}


class Declarations:
    """Writes the declarations of one module, and remembers what they need."""

    def __init__(self, for_types: Imports, at_run_time: Imports) -> None:
        self._types = for_types
        self._run = at_run_time

    def lines(self, name: str, value: Value, shadowed: Collection[str]) -> Iterator[str]:
        """Yield the lines that declare a field; `shadowed` are the names that the class has fields for."""
        match value:
            case Struct():
                alias = "RefStruct" if is_reference(value.last, _fields(value)) else "Struct"
                yield from self._converted(name, f"{self._alias(alias)}[{value.name}]", "struct", value.name)
            case ListOf(Struct() as item):
                alias = "RefStructs" if is_reference(item.last, _fields(item)) else "Structs"
                yield from self._converted(name, f"{self._alias(alias)}[{item.name}]", "structs", item.name)
            case MapOf(Struct() as item):
                yield from self._converted(name, f"{self._alias('StructMap')}[{item.name}]", "struct_map", item.name)
            case Core(type_name):
                yield from self._core(name, type_name, is_list=False)
            case ListOf(Core(type_name)):
                yield from self._core(name, type_name, is_list=True)
            case _:
                text = self._annotation(value, shadowed)
                text = text if text == "Json" else f"{text} | None"
                yield from bracketed(f"{name}: {text} = None", (), "", "    ")

    def _converted(self, name: str, annotation: str, converter: str, cls: str) -> Iterator[str]:
        made = self._run.use(_CUSTOM, converter, f"_{converter}")
        yield from self._accepting(name, annotation, f"{made}(lambda: {cls})")

    def _accepting(self, name: str, annotation: str, converter: str) -> Iterator[str]:
        call = self._run.use("kpy.model.fields", "accepts", "_accepts")
        yield from bracketed(f"{name}: {annotation} = {call}(", (converter, "default=None"), ")", "    ")

    def _core(self, name: str, type_name: str, *, is_list: bool) -> Iterator[str]:
        form = _FORMS.get((type_name, is_list))
        if form is not None and form.converter:
            annotation = self._types.use(_CONSTRUCTS, form.annotation)
            yield from self._accepting(name, annotation, literal(form.converter))
            return
        maker = "models_of" if is_list else "model_of"
        made = f"{self._run.use('kpy.model.mappings', maker, f'_{maker}')}({literal(type_name)})"
        if form is not None:
            annotation = self._types.use(_CONSTRUCTS, form.annotation)
        else:
            annotation = f"{self._alias('Structs' if is_list else 'Struct')}[{self._core_class(type_name)}]"
        yield from self._accepting(name, annotation, made)

    def _alias(self, name: str) -> str:
        return self._types.use(_CUSTOM, name)

    def _core_class(self, type_name: str) -> str:
        group, version = type_name.partition(" ")[0].split("/")
        module = self._types.use(f"kpy.api.{group}", version, module_alias(type_name))
        return f"{module}.{type_name.rpartition(' ')[2]}"

    def _annotation(self, value: Value, shadowed: Collection[str]) -> str:
        match value:
            case Plain("str | Referable"):
                referable = self._types.use("kpy.model.referable", "Referable")
                return f"{self._builtin('str', shadowed)} | {referable}"
            case Plain(text):
                if text in _TYPING:
                    return self._types.use("kpy.model.typing", text)
                return self._builtins(text, shadowed)
            case Enum():
                return value.name or self._literal(value)
            case Struct():
                return f"{value.name} | {self._types.use('kpy.model.typing', 'JsonObject')}"
            case Core(type_name):
                return f"{self._core_class(type_name)} | {self._types.use('kpy.model.typing', 'JsonObject')}"
            case ListOf(Plain("str")):
                return self._builtins("list[str]", shadowed)
            case ListOf(item):
                return f"{self._types.use('collections.abc', 'Sequence')}[{self._annotation(item, shadowed)}]"
            case MapOf(item):
                text = self._builtin("str", shadowed)
                mapping = self._types.use("collections.abc", "Mapping")
                return f"{mapping}[{text}, {self._annotation(item, shadowed)}]"

    def _literal(self, enum: Enum) -> str:
        return literal_of(enum, self._types.use("typing", "Literal"))

    def _builtin(self, name: str, shadowed: Collection[str]) -> str:
        if name not in shadowed:
            return name
        return f"{self._types.use('', 'builtins')}.{name}"

    def _builtins(self, text: str, shadowed: Collection[str]) -> str:
        return _BUILTINS.sub(lambda match: self._builtin(match[1], shadowed), text)


def literal_of(enum: Enum, name: str = "Literal") -> str:
    """Return the annotation of a closed set of values."""
    return f"{name}[{', '.join(literal(value) for value in enum.values)}]"


def _fields(struct: Struct) -> frozenset[str]:
    return frozenset(member.name for member in struct.members)

"""Values of YAML and TOML to values of types, as the annotations of a function say.

Text, numbers, truth values, choices, lists and tables; tables become what the annotation names: a dict, a TypedDict, a
dataclass, a NamedTuple, a model of `kpy.api`, or whatever has a `model_validate`.
"""

from __future__ import annotations

import dataclasses
import enum
import inspect
import typing
from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePath
from typing import Any

from kpy.loading.conversion import UnfitError, collection_of, convert, is_list, parts_of, rank_of
from kpy.loading.near import near_or_known
from kpy.loading.values import Keys, Text, is_reference

__all__ = ["MisfitError", "fields_of", "fit", "is_mapping", "takes_table"]

#: Resolves a reference to a secret, given where it stands.
Resolve = Callable[[Keys, Mapping[str, str]], str]


class MisfitError(ValueError):
    """A value that does not fit its annotation; `keys` say which one."""

    def __init__(self, keys: Keys, message: str, *, is_of_text: bool = False) -> None:
        super().__init__(message)
        self.keys = keys
        #: Whether a text of a command line is what does not fit, and not its name.
        self.is_of_text = is_of_text


def fit(value: object, annotation: Any, keys: Keys, resolve: Resolve) -> object:
    """Return what a value means for an annotation; `keys` lead to it. Raises `MisfitError`."""
    if isinstance(value, Text):
        return _fit_text(value, annotation, keys)
    parts = parts_of(annotation)
    if value is None:
        if type(None) in parts or Any in parts or object in parts:
            return None
        raise MisfitError(keys, f"expected {_wanted(annotation)}, and there is nothing")
    parts = [part for part in parts if part is not type(None)]
    if is_reference(value) and str in parts and not any(takes_table(part) for part in parts):
        return resolve(keys, typing.cast("Mapping[str, str]", value))
    if len(parts) == 1:
        return _fit(value, parts[0], keys, resolve)
    deepest: MisfitError | None = None
    for part in sorted(parts, key=rank_of):
        try:
            return _fit(value, part, keys, resolve)
        except MisfitError as error:
            if len(error.keys) > len(keys) and (deepest is None or len(error.keys) > len(deepest.keys)):
                deepest = error
    raise deepest or MisfitError(keys, f"expected {_wanted(annotation)}, not {_shown(value, keys)}")


def _fit_text(value: Text, annotation: Any, keys: Keys) -> object:
    try:
        if is_list(annotation):
            return convert(",".join(value.texts), annotation)
        if len(value.texts) > 1:
            raise MisfitError(keys, f"set {len(value.texts)} times: {', '.join(value.texts)}; say it once")
        return convert("".join(value.texts), annotation)  # the one text that there is
    except UnfitError as error:
        raise MisfitError(keys, str(error), is_of_text=True) from None


def _fit(value: object, part: Any, keys: Keys, resolve: Resolve) -> object:
    """Return what a value means for one member of a union."""
    if part in (Any, object):
        return _plain(value, keys)
    if typing.get_origin(part) is typing.Literal:
        return _choice(value, [(each, each) for each in typing.get_args(part)], keys)
    if isinstance(part, type) and issubclass(part, enum.Enum):
        return _choice(value, [*part.__members__.items(), *((each.value, each) for each in part)], keys)
    if (collection := collection_of(part)) is not None:
        return _fit_list(value, part, collection, keys, resolve)
    if takes_table(part):
        return _fit_table(value, part, keys, resolve)
    kinds = {str: (str,), int: (int,), float: (int, float), bool: (bool,)}.get(part)
    if kinds is None and isinstance(part, type) and issubclass(part, PurePath):
        kinds = (str,)
    if kinds is None:
        raise MisfitError(keys, f"a value of a file cannot become `{_name(part)}`: make it in the function")
    if not isinstance(value, kinds) or (isinstance(value, bool) and part is not bool):
        advice = "; put it in quotes" if part is str and isinstance(value, int | float) else ""
        raise MisfitError(keys, f"expected {_wanted(part)}, not {_shown(value, keys)}{advice}")
    if part in (str, bool, int):
        return value
    return float(value) if part is float and isinstance(value, int | float) else _path(part, value)


def _path(part: Any, value: object) -> object:
    make: Any = part
    return make(value)


def _fit_list(value: object, part: Any, collection: Any, keys: Keys, resolve: Resolve) -> object:
    if not isinstance(value, list):
        raise MisfitError(keys, f"expected a list, not {_shown(value, keys)}")
    elements: tuple[Any, ...] = typing.get_args(part) or (Any,)
    if collection is tuple and len(elements) > 1 and elements[-1] is not ...:
        if len(value) != len(elements):
            raise MisfitError(keys, f"expected {len(elements)} items, not {len(value)}")
        each = list(zip(value, elements, strict=True))
    else:
        each = [(item, next(iter(elements))) for item in value]
    return collection(fit(item, element, (*keys, str(index)), resolve) for index, (item, element) in enumerate(each))


def _fit_table(value: object, part: Any, keys: Keys, resolve: Resolve) -> object:
    if not isinstance(value, Mapping):
        raise MisfitError(keys, f"expected a table ({_name(part)}), not {_shown(value, keys)}")
    origin = typing.get_origin(part) or part
    if is_mapping(origin):
        key_type, element = typing.get_args(part) or (str, Any)
        return {
            _fit_key(key, key_type, keys): fit(item, element, (*keys, str(key)), resolve) for key, item in value.items()
        }
    if hasattr(origin, "from_dict"):
        return _made(keys, lambda: origin.from_dict(_plain(value, keys)))
    if hasattr(origin, "model_validate"):
        return _made(keys, lambda: origin.model_validate(_plain(value, keys)))
    fields, required = fields_of(origin)
    if unknown := [str(key) for key in value if key not in fields]:
        raise MisfitError(
            (*keys, unknown[0]), f"`{_name(origin)}` has no `{unknown[0]}`{near_or_known(unknown[0], fields)}"
        )
    if missing := [name for name in fields if name in required and name not in value]:
        raise MisfitError(keys, f"`{_name(origin)}` needs a value for {', '.join(f'`{name}`' for name in missing)}")
    filled = {name: fit(item, fields[name], (*keys, name), resolve) for name, item in value.items()}
    return filled if typing.is_typeddict(origin) else _made(keys, lambda: origin(**filled))


def _made(keys: Keys, make: Callable[[], object]) -> object:
    """Return what a class makes of values; what it raises about them is a misfit."""
    from kpy.errors import KpyError

    try:
        return make()
    except (ValueError, TypeError, KpyError) as error:
        raise MisfitError(keys, " ".join(str(error).split())) from None


def fields_of(origin: Any) -> tuple[dict[str, Any], set[str]]:
    """Return the fields of a TypedDict, a dataclass or a NamedTuple with their types, and which must be given."""
    try:
        hints = typing.get_type_hints(origin)
    except Exception:  # what cannot be resolved at run time is not checked
        hints = {}
    if typing.is_typeddict(origin):
        return {name: hints.get(name, Any) for name in origin.__annotations__}, set(origin.__required_keys__)
    if dataclasses.is_dataclass(origin):
        own = [field for field in dataclasses.fields(origin) if field.init]
        needed = {each.name for each in own if each.default is dataclasses.MISSING is each.default_factory}
        return {each.name: hints.get(each.name, Any) for each in own}, needed
    parameters = inspect.signature(origin).parameters
    return (
        {name: hints.get(name, Any) for name in parameters},
        {name for name, each in parameters.items() if each.default is each.empty},
    )


def takes_table(part: Any) -> bool:
    """Return whether a type is made of a table."""
    origin = typing.get_origin(part) or part
    return (
        is_mapping(origin)
        or typing.is_typeddict(origin)
        or dataclasses.is_dataclass(origin)
        or hasattr(origin, "from_dict")
        or hasattr(origin, "model_validate")
        or (isinstance(origin, type) and issubclass(origin, tuple) and hasattr(origin, "_fields"))
    )


def is_mapping(origin: Any) -> bool:
    """Return whether a type is a dict or a mapping."""
    return origin is dict or (
        isinstance(origin, type) and origin.__module__ == "collections.abc" and issubclass(origin, Mapping)
    )


def _fit_key(key: object, annotation: Any, keys: Keys) -> object:
    if annotation in (str, Any, object):
        return key
    return fit(Text((str(key),)), annotation, (*keys, str(key)), lambda *_: "")


def _choice(value: object, choices: Sequence[tuple[object, object]], keys: Keys) -> object:
    """Return what the choice means that a value is; `1` and `true` are two, though Python takes them for equal."""
    for each, meant in choices:
        if type(each) is type(value) and each == value:
            return meant
    from difflib import get_close_matches

    named = list(dict.fromkeys(str(each) for each, _ in choices))
    near = get_close_matches(str(value), named, n=1)
    hint = f"; did you mean `{near[0]}`?" if near else ""
    raise MisfitError(keys, f"it is {_shown(value, keys)}, and not one of {', '.join(named)}{hint}")


def _plain(value: object, keys: Keys) -> Any:
    """Return a value without the marks of a command line."""
    match value:
        case Text():
            return _fit_text(value, Any, keys)
        case Mapping():
            return {key: _plain(item, (*keys, str(key))) for key, item in value.items()}
        case list():
            return [_plain(item, (*keys, str(index))) for index, item in enumerate(value)]
    return value


_WORDS = {str: "text", int: "a whole number", float: "a number", bool: "true or false"}


def _wanted(annotation: Any) -> str:
    """Return what a type is for people."""
    words = []
    for part in parts_of(annotation):
        if part is type(None):
            continue
        if typing.get_origin(part) is typing.Literal:
            words.append(f"one of {', '.join(map(str, typing.get_args(part)))}")
        elif collection_of(part) is not None:
            words.append("a list")
        elif takes_table(part):
            words.append(f"a table ({_name(part)})")
        else:
            words.append(_WORDS.get(part) or f"`{_name(part)}`")
    return " or ".join(dict.fromkeys(words))


def _shown(value: object, keys: Keys) -> str:
    """Return a value for a message; of tables and lists only what they are, and nothing of what may be secret."""
    from kpy.redaction.fields import is_sensitive_name

    if any(map(is_sensitive_name, keys)):
        return "the value that is there"
    if isinstance(value, Mapping):
        return "a table"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'the text "{value[:40]}"'
    return f"the number {value}" if isinstance(value, int | float) else f"{value}"


def _name(part: Any) -> str:
    return part.__name__ if isinstance(part, type) and not typing.get_args(part) else str(part).replace("typing.", "")

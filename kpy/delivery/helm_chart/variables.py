"""The parameters of an app's function as the values of a chart, and the single values in them that can be tried."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import islice, product
from typing import TYPE_CHECKING, Any, NamedTuple

from kpy.delivery.helm_chart.candidates import first_guesses
from kpy.delivery.helm_chart.expressions import Path
from kpy.delivery.helm_chart.parameters import NO_DEFAULT, Parameter, Parameters
from kpy.delivery.helm_chart.plain import NotPlainError, to_plain
from kpy.delivery.helm_chart.schema import NoValueError, schema_of
from kpy.loading.conversion import parts_of
from kpy.loading.fitting import fields_of, is_mapping, takes_table

if TYPE_CHECKING:
    from kpy.loading.values import Values
    from kpy.project.app_function import AppFunction

__all__ = ["Variable", "fields_in", "guesses_for", "read_parameters", "variables_of"]


class Variable(NamedTuple):
    """A value that is tried: that of a parameter, or of a field in it."""

    path: Path
    annotation: Any
    #: Whether it is a text that has to be given, so that the schema does not take an empty one.
    is_given: bool = False

    def __str__(self) -> str:
        return ".".join(self.path)


def read_parameters(
    function: AppFunction,
    said: Values,
    *,
    fixed: Collection[str],
    constants: Collection[str] = (),
    descriptions: Mapping[str, str] | None = None,
) -> Parameters:
    """Return what becomes of the parameters of a function.

    `said` are the values of environment and command line; those of `fixed`, which the command line says, stay as they
    are, and those of `constants` stay what they are by default.
    """
    given = {name: _plain(name, value) for name, value in function.fitted(said).items()}
    values: list[Parameter] = []
    kept: dict[str, Any] = {}
    others: dict[str, str] = {}
    for name, each in function.parameters().items():
        annotation = function.annotation(each)
        default = given.get(name, NO_DEFAULT)
        try:
            schema_of(annotation)
            if default is NO_DEFAULT and each.default is not inspect.Parameter.empty:
                default = to_plain(each.default)
        except (NoValueError, NotPlainError) as error:
            others[name] = str(error)
            continue
        if _is_anything(annotation):
            others[name] = "it has no annotation that says what it may be"
        elif name in fixed or name in constants:
            if default is not NO_DEFAULT:
                kept[name] = default
        else:
            values.append(Parameter(name, annotation, default, (descriptions or {}).get(name, "")))
            continue
        if name in given:
            kept[name] = given[name]
    return Parameters(tuple(values), kept, others)


def _plain(name: str, value: object) -> Any:
    try:
        return to_plain(value)
    except NotPlainError:
        return value


def _is_anything(annotation: Any) -> bool:
    return any(part in (Any, object) for part in parts_of(annotation))


def guesses_for(parameters: Sequence[Parameter], known: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield values for all parameters, the likeliest first: defaults, what environments say, and guesses."""
    options = []
    for each in parameters:
        if each.default is not NO_DEFAULT:
            options.append([each.default])
            continue
        said = [values[each.name] for values in known if each.name in values]
        options.append([*said, *islice(first_guesses(each.annotation), 12)])
    for combination in islice(product(*options), 300):
        yield {each.name: value for each, value in zip(parameters, combination, strict=True)}


def variables_of(parameters: Sequence[Parameter], base: Mapping[str, Any]) -> list[Variable]:
    """Return the single values that can be tried: tables with fields are gone into, as far as the base has them."""
    return [
        each._replace(is_given=parameter.is_required and parts_of(parameter.annotation) == [str])
        for parameter in parameters
        for each in fields_in((parameter.name,), parameter.annotation, base[parameter.name])
    ]


def fields_in(path: Path, annotation: Any, base: Any) -> Iterator[Variable]:
    """Yield the single values in a value, which are its fields, as far as the base has them, or itself."""
    tables = [part for part in parts_of(annotation) if _has_fields(part)]
    if not tables or not isinstance(base, dict):
        yield Variable(path, annotation)
        return
    fields, _ = fields_of(typing.get_origin(tables[0]) or tables[0])
    for name, each in fields.items():
        if name in base:
            yield from fields_in((*path, name), each, base[name])


def _has_fields(part: Any) -> bool:
    origin = typing.get_origin(part) or part
    return (
        takes_table(part)
        and not is_mapping(origin)
        and not (hasattr(origin, "from_dict") or hasattr(origin, "model_validate"))
    )

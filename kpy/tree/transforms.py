"""Transforms: functions over parts, or over values of the API's types, that an app or a chart has applied.

    def scrape(workload: PodOwner) -> None:
        workload.pod_annotations = {**(workload.pod_annotations or {}), "prometheus.io/scrape": "true"}

    @transform(on="Container")
    def from_our_mirror(container: dict[str, Any]) -> None:
        container["image"] = f"mirror.shop.io/{container['image']}"

    App("shop", transforms=[scrape, from_our_mirror])

The annotation of the first parameter says what a function is for: parts of a class, values in parts such as
`Container`, or, with a class of `kpy.api`, values of that type in every object.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from types import UnionType
from typing import Any, NamedTuple, TypeGuard, TypeVar, Union, get_args, get_origin

from kpy.errors import ArgumentError
from kpy.model.model import Model
from kpy.model.shown import shown
from kpy.source import Location

__all__ = ["Step", "Transform", "step_of", "to_transforms", "transform"]

#: A function that changes what it is given, and returns nothing.
Transform = Callable[..., None]
F = TypeVar("F", bound=Callable[..., None])

_TYPES = "__kpy_transform__"
_HOW = (
    "annotate it with what the transform is for, such as `workload: Deployment`, "
    'or decorate the function with `@transform(on="PodSpec")`'
)


class Step(NamedTuple):
    """A transform, and what it is for."""

    function: Transform
    title: str
    """Its name and line for messages: `scrape (platform.py:12)`."""
    where: Location | None
    kinds: tuple[type, ...] = ()
    """The classes of the parts, or of the values in parts."""
    on: tuple[str, ...] = ()
    """The types of the API, as a policy names them: `Container`, `core/v1 Container`."""
    models: Mapping[str, type[Model]] = {}
    """The classes of `kpy.api` whose values it takes, by the names of their types; it takes plain JSON of others."""


def transform(*, on: str | Sequence[str]) -> Callable[[F], F]:
    """Make the decorated function a transform of all values of one type of the API, or of several.

        @kpy.transform(on=["PodTemplateSpec", "Pod"])
        def scrape(pod: dict[str, Any]) -> None:
            pod.setdefault("metadata", {}).setdefault("annotations", {})["prometheus.io/scrape"] = "true"

    It reaches every object, those of `Raw` and `Yaml` included, and gets each value as plain JSON, to change in place;
    if it takes more arguments, then the place of the value and the `Resource`, too. The type is written as in the API
    and as policies have it: `Deployment`, `Container`, `PodSpec`, or with its group and version, `apps/v1 Deployment`.
    For a custom kind that is the object: `cert-manager.io/v1 Certificate`. It counts where it is among the
    `transforms` of an app or a chart.
    """
    types = (on,) if isinstance(on, str) else tuple(on) if isinstance(on, Iterable) else ()
    if not types or not all(isinstance(each, str) and each for each in types):
        raise ArgumentError(f'`on` of transform must be the name of a type, such as "PodSpec", or several, not {on!r}')

    def decorate(function: F) -> F:
        setattr(function, _TYPES, types)
        return function

    return decorate


def to_transforms(said: Iterable[Transform]) -> list[Transform]:
    """Return the transforms as a list; refuse what cannot be one."""
    if callable(said) or isinstance(said, str | bytes | Mapping) or not isinstance(said, Iterable):
        raise ArgumentError(f"expected a list of functions, `[scrape]`, not {shown(said)}")
    transforms = list(said)
    for each in transforms:
        step_of(each)
    return transforms


def step_of(function: Transform) -> Step:
    """Return what a transform is for. Raises `ArgumentError` for what says nothing about that."""
    if not callable(function) or isinstance(function, type):
        raise ArgumentError(f"expected a function, not {shown(function)}")
    plain = _plain(function)
    name = getattr(plain, "__name__", type(function).__name__)
    code = getattr(plain, "__code__", None)
    where = None if code is None else Location(code.co_filename, code.co_firstlineno)
    title = f"{name} ({where})" if where else name
    on: tuple[str, ...] = getattr(function, _TYPES, ()) or getattr(plain, _TYPES, ())
    if on:
        return Step(function, title, where, (), on)
    first = _first_parameter(function, title)
    said = _evaluated(first.annotation, plain, first.name, title)
    types = get_args(said) if get_origin(said) in (Union, UnionType) else (said,)
    for each in types:
        _check_kind(each, first.name, title)
    models = {each._type: each for each in types if _is_of_api(each)}
    return Step(function, title, where, tuple(each for each in types if not _is_of_api(each)), tuple(models), models)


def _plain(function: Any) -> Any:
    """Return the function that runs, without what binds its arguments."""
    while isinstance(function, partial):
        function = function.func
    function = getattr(function, "__func__", function)
    return (
        function
        if hasattr(function, "__code__")
        else getattr(type(function).__call__, "__func__", type(function).__call__)
    )


def _first_parameter(function: Transform, title: str) -> Any:
    from inspect import Parameter, signature

    positional = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)
    first = next((each for each in signature(function).parameters.values() if each.kind in positional), None)
    if first is None:
        raise ArgumentError(f"the transform {title} takes no argument: {_HOW}".replace("annotate it", "give it one"))
    if first.annotation is Parameter.empty:
        raise ArgumentError(f"`{first.name}` of the transform {title} has no annotation: {_HOW}")
    return first


def _evaluated(said: object, function: Any, name: str, title: str) -> Any:
    """Return what an annotation says; it is text in modules with `from __future__ import annotations`."""
    if not isinstance(said, str):
        return said
    cells = zip(function.__code__.co_freevars, function.__closure__ or (), strict=False)
    try:
        return eval(said, {**function.__globals__, **{free: cell.cell_contents for free, cell in cells}})
    except Exception as error:
        raise ArgumentError(
            f"the annotation `{said}` of `{name}` of the transform {title} cannot be looked up: import the class at "
            "the top of the module, outside of `if TYPE_CHECKING`"
        ) from error


def _check_kind(kind: object, name: str, title: str) -> None:
    if not isinstance(kind, type) or kind.__module__ in (builtins.__name__, "typing", "collections.abc"):
        raise ArgumentError(f"`{name}` of the transform {title} is annotated with {_word(kind)}: {_HOW}")


def _word(kind: object) -> str:
    return f"`{kind.__name__}`" if isinstance(kind, type) else f"`{kind}`"


def _is_of_api(kind: type) -> TypeGuard[type[Model]]:
    """Return whether a class is a type of `kpy.api`, whose values every object has once it is lowered."""
    return issubclass(kind, Model) and kind.__module__.startswith("kpy.api.")

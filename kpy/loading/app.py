"""From `shop.py`, `shop.py:app` or `package.module:app` to an app.

An app is an `App` at the top of the module, or a function that returns one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import FunctionType, ModuleType
from typing import TYPE_CHECKING

from kpy.errors import LoadError
from kpy.loading.broken import run_user_code
from kpy.loading.modules import import_module, is_file, run_file
from kpy.loading.parameters import fill
from kpy.loading.values import Text, Values

if TYPE_CHECKING:
    from kpy.tree import App

__all__ = ["CircleError", "load", "load_app", "split"]

Factory = Callable[..., object]
#: From what a function gets to its arguments; the last text says where.
Fill = Callable[[Factory, str], tuple[Sequence[object], Mapping[str, object]]]

#: The places of the apps that are being loaded, the outermost first; of functions that run, with the call.
_under_way: tuple[tuple[str, str], ...] = ()


def load_app(
    target: str, values: Values | Mapping[str, Sequence[str]] | None = None, *, folder: str = "", root: str = ""
) -> App:
    """Return the app that the target names: `FILE[:NAME]` or `package.module[:NAME]`.

    A relative file, and a module, are looked for in the folder, which is the current one unless it is said. What is
    not beside a file may be imported from `root`, the folder of the project.

    `values` are for the parameters of a function that makes the app, each converted by its annotation; a mapping holds
    texts, as a command line has them. Raises `LoadError` when the target names no app or the values do not fit, and
    `BrokenAppError` when its code raises.
    """
    said = values if isinstance(values, Values) else Values.of_texts(values or {})
    told = {name: value.texts if isinstance(value, Text) else value for name, value in said.tree.items()}
    return load(target, told, lambda function, where: fill(function, said, where=where), folder, root)


def load(target: str, values: Mapping[str, object], filled: Fill, folder: str, root: str) -> App:
    """Return the app that a target names, as `load_app` does; `filled` makes arguments of the values."""
    from kpy.tree.part import watch

    place, name = split(target)
    _refuse_other_things(target, place, folder)
    with watch() as made:
        app = _load(place, name, values, filled, folder, root)
    app.__dict__.setdefault("_made_beside", made)
    return app


def _load(place: str, name: str, values: Mapping[str, object], filled: Fill, folder: str, root: str) -> App:
    from os.path import abspath, join

    is_of_file = is_file(place, folder)
    place = join(folder, place) if is_of_file else place
    step = abspath(place) if is_of_file else place
    with _on_the_way(step, ""):
        module, leave = run_file(place, root) if is_of_file else import_module(place, abspath(folder))
    try:
        found = _named(module, place, name) if name else _only(module, place)
        with _on_the_way(step, f"{found[0]}({', '.join(f'{key}={_text(said)}' for key, said in values.items())})"):
            return _make(found, place, values, filled)
    finally:
        leave()


def _text(value: object) -> str:
    """Return a value for a parameter as the command line has it."""
    return ",".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


class _on_the_way:  # noqa: N801  # reads as `with _on_the_way(...):`
    """A block in which a module, or a function that makes an app, runs: it cannot be needed there itself."""

    def __init__(self, place: str, call: str) -> None:
        self.step = (place, call)

    def __enter__(self) -> None:
        global _under_way
        self.before = _under_way
        place, call = self.step
        for index, step in enumerate(_under_way):
            if step[0] == place and step[1] in ("", call):
                raise CircleError([each for each, _ in (*_under_way[index:], self.step)])
        _under_way = (*_under_way, self.step)

    def __exit__(self, *_: object) -> None:
        global _under_way
        _under_way = self.before


class CircleError(LoadError):
    """Apps that need each other before they are made."""

    def __init__(self, way: Sequence[str]) -> None:
        from kpy.source import shown_file

        names = [shown_file(place) for place in way]
        super().__init__(
            f"apps cannot need each other before they are made, {' > '.join(names)}: let one of them write what it "
            'needs by name, `Service.existing("api", namespace="shop")`'
        )


def split(target: str) -> tuple[str, str]:
    """Return the file or module of a target and the name in it, which may be empty."""
    from os.path import exists

    place, colon, name = target.rpartition(":")
    if not colon or exists(target):
        return target, ""
    return place, name


def _refuse_other_things(target: str, place: str, folder: str) -> None:
    """Refuse what people name instead of an app: a URL, a file of documents, a folder."""
    from os.path import isdir, isfile, join

    if "://" in target:
        raise LoadError(f"{target}: URLs are not fetched: download it and name the file")
    if place.endswith((".yaml", ".yml", ".json")):
        what = "JSON" if place.endswith(".json") else "YAML"
        raise LoadError(f"{place}: that is {what}, not an app; did you mean `kpy validate {place}`?")
    inside = join(folder, place)
    if isfile(inside) and not place.endswith(".py"):
        raise LoadError(f"{place}: that is not a Python file: an app is in a file whose name ends in .py")
    if isdir(inside) and not isfile(join(inside, "__init__.py")):
        raise LoadError(f"{place}: this is a folder: name the file in it that has the app")


def _make(found: tuple[str, object], place: str, values: Mapping[str, object], filled: Fill) -> App:
    from kpy.tree import App

    name, value = found
    if isinstance(value, App):
        if values:
            given = ", ".join(f"`{key}`" for key in values)
            raise LoadError(
                f"{place}: `{name}` is an App, not a function, so there is no parameter to set ({given}): "
                f"make the app in a function that takes it, `def {name}({next(iter(values))}: str) -> App`"
            )
        return value
    assert callable(value)
    args, kwargs = filled(value, f"{place}: {name}()")
    made = run_user_code(place, value, *args, **kwargs)
    if not isinstance(made, App):
        raise LoadError(f"{place}: {name}() returned {_describe(made)}, not an App: end it with `return app`")
    return made


def _named(module: ModuleType, place: str, name: str) -> tuple[str, object]:
    """Return the App or function of that name."""
    from kpy.tree import App

    if name not in vars(module):
        there = [found for found, _ in _candidates(module)]
        raise LoadError(f"{place}: there is no `{name}` in it{_near(name, there, vars(module))}")
    value = vars(module)[name]
    if not isinstance(value, App) and not callable(value):
        raise LoadError(f"{place}: `{name}` is {_describe(value)}, not an App or a function that returns one")
    return name, value


def _only(module: ModuleType, place: str) -> tuple[str, object]:
    """Return the one App or function that makes one."""
    found = _candidates(module)
    if len(found) == 1:
        return found[0]
    if found:
        names = ", ".join(f"`{name}`" for name, _ in found)
        raise LoadError(f"{place}: there are {len(found)} apps in it, {names}: name one, `{place}:{found[0][0]}`")
    charts = [name for name, value in vars(module).items() if type(value).__name__ == "Chart"]
    hint = f"; `{charts[0]}` is a Chart: add it to an app" if charts else ""
    raise LoadError(
        f"{place}: there is no app in it: write `app = App(...)` at its top level, "
        f"or a function `def app() -> App` that returns one{hint}"
    )


def _candidates(module: ModuleType) -> list[tuple[str, object]]:
    """Return the Apps of a module, or else its functions that return one; private names do not count."""
    from kpy.tree import App

    public = {name: value for name, value in vars(module).items() if not name.startswith("_")}
    apps: dict[int, tuple[str, object]] = {
        id(value): (name, value) for name, value in reversed(public.items()) if isinstance(value, App)
    }
    if apps:
        return list(apps.values())[::-1]
    makers = [(name, value) for name, value in public.items() if _makes_app(name, value, App)]
    own = [(name, value) for name, value in makers if getattr(value, "__module__", None) == module.__name__]
    return own or makers


def _makes_app(name: str, value: object, app: type) -> bool:
    """Return whether this is a function that says that it returns an App, or is called `app` and says nothing."""
    if not isinstance(value, FunctionType) or value.__module__.partition(".")[0] == "kpy":
        return False
    returned = value.__annotations__.get("return")
    if returned is None:
        return name == "app"
    if isinstance(returned, str):
        try:
            returned = eval(returned, value.__globals__)
        except Exception:
            return str(returned).rpartition(".")[2] == app.__name__
    return isinstance(returned, type) and issubclass(returned, app)


def _near(name: str, likely: Sequence[str], there: Mapping[str, object]) -> str:
    from difflib import get_close_matches

    if near := get_close_matches(name, [*likely, *there], n=1):
        return f"; did you mean `{near[0]}`?"
    return f"; there is {', '.join(f'`{name}`' for name in likely)}" if likely else ""


def _describe(value: object) -> str:
    if value is None:
        return "None"
    kind = type(value).__name__
    return f"{'an' if kind[0] in 'AEIOUaeiou' else 'a'} {kind}"

"""What is public beside constructs, called wrongly: a `KpyError` at the user's line, or done."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

import kpy
from kpy import App, Chart, ConfigMap, KpyError, Manifest, Project
from tests.constructs.wrong_calls import VALUES, Call


def manifest() -> Manifest:
    app = App("shop")
    app.add(Chart("shop")).add(ConfigMap("config"))
    return app.synth()


RIGHT: dict[str, Callable[[], object]] = {
    "kind": lambda: "ConfigMap",
    "selector": lambda: "app=web",
    "folder": lambda: "out",
    "day": lambda: date(2026, 1, 1),
    "documents": list,
    "target": lambda: None,
    "name": lambda: "prod",
    "app": lambda: App("shop"),
}
OBJECTS: dict[str, Callable[[], object]] = {
    "Manifest": manifest,
    "Project": lambda: Project.load("."),
    "kpy": lambda: kpy,
}
METHODS = {
    "Manifest": ["find", "one", "select", "to_dicts", "to_yaml", "write"],
    "Project": [
        "load",
        "of_target",
        "of_app",
        "load_app",
        "in_environment",
        "on",
        "output_of",
        "outputs",
        "plus",
        "release",
        "synth",
        "validate",
    ],
    "kpy": ["validate"],
}


def calls(thing: str, method: str) -> Iterator[Call]:
    parameters = inspect.signature(getattr(OBJECTS[thing](), method)).parameters
    needed = {name: RIGHT[name] for name, each in parameters.items() if each.default is each.empty}

    def call(name: str, value: Callable[[], object]) -> object:
        named = {key: make() for key, make in needed.items()}
        return getattr(OBJECTS[thing](), method)(**{**named, name: value()})

    for name in parameters:
        for index, value in enumerate(VALUES):
            text = f"{thing}.{method}({name}=<value {index}>)"
            yield Call(text, lambda name=name, value=value: call(name, value))  # type: ignore[misc]
    yield Call(f"{thing}.{method}(1, ..., 9)", lambda: getattr(OBJECTS[thing](), method)(*range(9)))
    yield Call(f"{thing}.{method}(nonsense=1)", lambda: getattr(OBJECTS[thing](), method)(nonsense=1))


def broken(call: Call) -> str:
    try:
        call.make()
    except KpyError:
        return ""
    except Exception as error:
        return f"{call.text}: {type(error).__name__}: {error}"
    return ""


@pytest.mark.parametrize(("thing", "method"), [(thing, method) for thing in METHODS for method in METHODS[thing]])
def test_whatever_is_given_is_taken_or_refused(
    thing: str, method: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    assert [fault for call in calls(thing, method) if (fault := broken(call))] == []


def test_every_public_method_is_tried() -> None:
    for cls in (Manifest, Project):
        public = {name for name, value in vars(cls).items() if not name.startswith("_") and callable(value)}
        public |= {name for name, value in vars(cls).items() if isinstance(value, classmethod)}
        assert public == set(METHODS[cls.__name__])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Project.load(["a"]), "FILE: ['a'] cannot be the path of a folder"),  # type: ignore[arg-type]
        (lambda: Project.load("a\ud800"), "FILE: 'a\\ud800' cannot be the path of a folder"),
        (lambda: manifest().write("a\0"), "FILE: 'a\\x00' cannot be the path of a folder"),
        (
            lambda: manifest().write("a", mode=640),
            "FILE: mode=640 is not a mode of a file: write it in octal, such as 0o640",
        ),
        (lambda: Project.load(".").release(kubernetes="1.3"), "FILE: Kubernetes release '1.3' is not known; "),
        (lambda: Project.load(".").load_app(), "FILE: no app is given: name it on the command line, "),
    ],
)
def test_what_is_wrong_is_said_at_the_line(call: Callable[[], object], message: str) -> None:
    with pytest.raises(KpyError) as error:
        call()

    assert re.sub(r"^\S+test_wrong_calls.py:\d+", "FILE", str(error.value)).startswith(message)

"""The law of calls: whatever a construct or a method is given, it takes it or says what is wrong, at the user's line.

`broken` judges one call; `calls` yields all that the tests make. The fuzzer makes more of its own.
"""

from __future__ import annotations

import inspect
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import kpy
from kpy import (
    App,
    Chart,
    Claim,
    ConfigMap,
    Container,
    Defaults,
    Deployment,
    Handler,
    KpyError,
    Metric,
    Mount,
    Probe,
    Resources,
    ScalingRules,
    SynthError,
    User,
    Volume,
)
from kpy.model.declarative import Declarative
from kpy.model.fields import annotations_of
from kpy.tree.part import Part

__all__ = ["CLASSES", "Call", "broken", "calls", "construct", "instance"]

Arguments = Mapping[str, Any]


class Call(NamedTuple):
    """A call, and how it reads."""

    text: str
    make: Callable[[], object]


def loop() -> list[object]:
    """Return a list that contains itself."""
    made: list[object] = []
    made.append(made)
    return made


def deployment(name: str = "web") -> Deployment:
    """Return a workload with one port."""
    return Deployment(name, containers=[Container(image="web:1", ports={"http": 8080})])


#: Values that are wrong nearly everywhere, each made anew for each call.
VALUES: tuple[Callable[[], object], ...] = (
    lambda: None,
    lambda: True,
    lambda: 5,
    lambda: -1,
    lambda: 2.5,
    lambda: float("nan"),
    lambda: 10**30,
    lambda: "",
    lambda: "a b\n",
    lambda: "\ud800",
    lambda: b"x",
    list,
    lambda: ["a"],
    lambda: [5, None],
    lambda: [["a"]],
    dict,
    lambda: {"a": "b"},
    lambda: {"a": 5, 5: "a"},
    lambda: {"a": {"b": [1]}},
    lambda: [{"a": "b"}],
    lambda: (1, 2),
    lambda: {"s"},
    object,
    lambda: Deployment,
    deployment,
    lambda: len,
    lambda: timedelta(seconds=1.5),
    lambda: Decimal("1.5"),
    loop,
)
#: A few of them, for what is like something else that gets them all.
SOME = (VALUES[2], VALUES[8], VALUES[12], VALUES[16], VALUES[24])


def containers() -> list[Container]:
    """Return the containers of a pod."""
    return [Container(image="web:1", ports={"http": 8080})]


#: What a class needs to be called rightly, beside the name of a construct.
NEEDED: dict[str, Callable[[], Arguments]] = {
    **dict.fromkeys(
        ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Pod"), lambda: {"containers": containers()}
    ),
    "Job": lambda: {"containers": containers(), "restart_policy": "Never"},
    "CronJob": lambda: {"containers": containers(), "restart_policy": "Never", "schedule": "0 0 * * *"},
    "Grant": lambda: {"to": [User("jane")]},
    "Raw": lambda: {"tree": {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x"}}},
    "Helm": lambda: {"chart": "missing"},
    "Kustomize": lambda: {"overlay": "missing"},
    "Yaml": lambda: {"file": "missing.yaml"},
    "Mount": lambda: {"source": "data"},
}
CLASSES: dict[str, type[Declarative]] = {
    name: cls
    for name in kpy.__all__
    if isinstance(cls := getattr(kpy, name), type) and issubclass(cls, Declarative) and name != "Construct"
}


def construct(name: str, /, **arguments: object) -> object:
    """Return what a class makes of arguments, and of what it needs beside them."""
    needed: dict[str, Any] = dict(NEEDED.get(name, dict)())
    if "name" in inspect.signature(CLASSES[name]).parameters and issubclass(CLASSES[name], Part):
        needed["name"] = "x"
    return CLASSES[name](**{**needed, **arguments})


def instance(name: str) -> Any:
    """Return an object of a class that is called rightly."""
    return construct(name)


def in_an_app(made: object) -> App | None:
    """Return an app that uses what a call made; nothing for what no app can use."""
    if isinstance(made, App):
        return made
    app = App("law", defaults=made if isinstance(made, Defaults) else None)
    chart = app.add(made if isinstance(made, Chart) else Chart("law", namespace="law"))
    match made:
        case App() | Chart() | Defaults():
            chart.add(deployment())
        case Part():
            if made.__dict__["_owner"] is None and not made._is_existing:
                chart.add(made)
        case tuple():
            for part in made:
                chart.add(part)
        case Container():
            chart.add(Deployment("web", containers=[made]))
        case Volume():
            chart.add(Deployment("web", containers=containers(), volumes=[made]))
        case Resources() | Mount() | Probe() | Handler():
            chart.add(Deployment("web", containers=[_container_of(made)]))
        case Metric():
            chart.add(deployment().scale(1, 2, metrics=[made]))
        case ScalingRules():
            chart.add(deployment().scale(1, 2, cpu=80, scale_up=made))
        case _:
            return None
    return app


def _container_of(made: object) -> Container:
    match made:
        case Resources():
            return Container(image="web:1", resources=made)
        case Mount():
            return Container(image="web:1", mounts={"/data": made})
        case Probe():
            return Container(image="web:1", liveness_probe=made)
    return Container(image="web:1", lifecycle={"preStop": made})  # type: ignore[arg-type]  # wrong on purpose


def broken(call: Call) -> str:
    """Return how a call breaks the law: it raises what is no `KpyError`, or one without a line of the user's."""
    try:
        made = call.make()
        app = in_an_app(made)
        if app is not None:
            app.synth()
    except SynthError:
        return ""
    except KpyError as error:
        is_placed = error.where is not None and Path(error.where.file).parent == Path(__file__).parent
        return "" if is_placed else f"{call.text}: no line of the user's: {error}"
    except Exception as error:
        frame = traceback.extract_tb(error.__traceback__)[-1]
        return f"{call.text}: {type(error).__name__} at {frame.filename}:{frame.lineno}: {error}"
    return ""


def calls() -> Iterator[Call]:
    """Yield wrong calls of everything that is public."""
    yield from calls_of_classes()
    yield from calls_of_methods()


def calls_of_classes() -> Iterator[Call]:
    """Yield every keyword of every class with every value; those that a class shares with another, with some."""
    seen: set[object] = set()
    for name, cls in CLASSES.items():
        for keyword in inspect.signature(cls).parameters:
            home = keyword, _home_of(cls, keyword)
            for index, value in enumerate(SOME if home in seen else VALUES):
                yield Call(
                    f"{name}({keyword}=<value {index}>)",
                    lambda name=name, keyword=keyword, value=value: construct(name, **{keyword: value()}),
                )
            seen.add(home)
        yield Call(f"{name}(1, 2, 3)", lambda cls=cls: cls(1, 2, 3))
        yield Call(f"{name}()", lambda cls=cls: cls())
        yield Call(f"{name}(nonsense=1)", lambda name=name: construct(name, nonsense=1))


def _home_of(cls: type, keyword: str) -> type:
    return next(base for base in cls.__mro__ if keyword in annotations_of(base))


def calls_of_methods() -> Iterator[Call]:
    """Yield every argument of every public method with every value, and calls of the wrong shape."""
    seen: set[object] = set()
    for name, cls in CLASSES.items():
        for method in public_methods(cls):
            home = next(vars(base)[method] for base in cls.__mro__ if method in vars(base))
            yield from _calls_of(name, method, SOME if home in seen else VALUES)
            seen.add(home)


def public_methods(cls: type) -> list[str]:
    """Return the names of the methods of a class that people call, those of its bases for models left out."""
    found = []
    for name in dir(cls):
        value = inspect.getattr_static(cls, name)
        is_method = inspect.isfunction(value) or isinstance(value, classmethod)
        if is_method and (not name.startswith("_") or name == "__getitem__") and name not in INNER:
            found.append(name)
    return found


#: Methods that only kpy calls.
INNER = frozenset({"build", "ensure_selected", "lower_into", "selector_tree", "trees"})


def _calls_of(name: str, method: str, values: Sequence[Callable[[], object]]) -> Iterator[Call]:
    parameters = inspect.signature(_bound(name, method)).parameters
    own = list(parameters.values())
    right = {each.name: EXAMPLES.get(each.name, lambda: "a") for each in own if each.default is each.empty}
    for each in own:
        for index, value in enumerate(values):
            text = f"{name}.{method}({each.name}=<value {index}>)"
            if each.kind is each.VAR_POSITIONAL:
                yield Call(text, lambda value=value: _call(name, method, right, value()))
            elif each.kind is not each.VAR_KEYWORD:
                keyword = each.name
                yield Call(text, lambda k=keyword, value=value: _call(name, method, right | {k: value}))
    yield Call(f"{name}.{method}(1, ..., 9)", lambda: _bound(name, method)(*range(9)))
    yield Call(f"{name}.{method}()", lambda: _bound(name, method)())
    if method != "__getitem__":
        yield Call(f"{name}.{method}(nonsense=1)", lambda: _bound(name, method)(nonsense=1))


def _bound(name: str, method: str) -> Any:
    is_of_class = isinstance(inspect.getattr_static(CLASSES[name], method), classmethod)
    return getattr(CLASSES[name] if is_of_class else instance(name), method)


def _call(name: str, method: str, keywords: Mapping[str, Callable[[], object]], *args: object) -> object:
    named = {key: value() for key, value in keywords.items()}
    function = _bound(name, method)
    parameters = inspect.signature(function).parameters
    several = next((key for key, each in parameters.items() if each.kind is each.VAR_POSITIONAL), None)
    if several is not None:
        first = named.pop(several, None)
        by_place = [
            named.pop(key)
            for key, each in parameters.items()
            if key in named and each.kind is each.POSITIONAL_OR_KEYWORD
        ]
        return function(*by_place, *(args or (first,)), **named)
    if method == "__getitem__":
        return function(*named.values())
    return function(**named)


#: Right values for arguments that must be given, by their names.
EXAMPLES: dict[str, Callable[[], object]] = {
    "average": lambda: "10",
    "certificate": lambda: "CERTIFICATE",
    "cidr": lambda: "10.0.0.0/8",
    "claim": lambda: Claim("data", storage="1Gi"),
    "data": dict,
    "described": deployment,
    "driver": lambda: "csi.example.com",
    "file": lambda: __file__,
    "files": lambda: __file__,
    "goal": lambda: 80,
    "items": lambda: {"labels": "metadata.labels"},
    "labels": lambda: {"disk": "ssd"},
    "literals": lambda: {"a": "b"},
    "max_replicas": lambda: 5,
    "min_replicas": lambda: 2,
    "name": lambda: "a",
    "namespaces": lambda: "other",
    "other": lambda: deployment("other"),
    "part": lambda: Chart("other"),
    "peers": lambda: deployment("other"),
    "period": lambda: 60,
    "port": lambda: 80,
    "resources": lambda: "pods",
    "seconds": lambda: 5,
    "source": deployment,
    "sources": lambda: [ConfigMap("config")],
    "subjects": lambda: User("jane"),
    "target": lambda: deployment("target"),
    "topology": lambda: "zone",
    "urls": lambda: "/metrics",
    "verbs": lambda: "get",
    "workload": deployment,
    "workloads": deployment,
}

"""Context from above, and the second hook of constructs, which has it."""

from __future__ import annotations

import re
from collections.abc import Callable

import attrs
import pytest

from kpy import (
    App,
    ArgumentError,
    Chart,
    ConfigMap,
    Construct,
    Container,
    Context,
    Deployment,
    FrozenError,
    Ingress,
    KpyError,
    Namespace,
    UsageError,
)


class Env(Context):
    stage: str
    domain: str = "shop.io"


class Team(Context):
    name: str = "checkout"


class Web(Construct):
    image: str = "nginx:1"

    def build(self) -> None:
        self.deployment = self.add(Deployment(self.name, containers=[Container(image=self.image, ports={"http": 80})]))
        self.service = self.add(self.deployment.expose())

    def build_in_app(self) -> None:
        env = self.context(Env)
        self.add(Ingress(self.name, host=f"{self.name}.{env.stage}.{env.domain}", routes={"/": self.service}))


class Tenant(Construct):
    """A namespace, a chart of its own, and alerts in a chart of somebody else."""

    def build(self) -> None:
        self.namespace = self.add(Namespace(self.name))

    def build_in_app(self) -> None:
        self.chart = self.root.add(Chart(self.name, namespace=self.namespace))
        self.chart.add(Web("web"))
        self.root.find(Chart, "monitoring").add(
            ConfigMap(f"alerts-{self.name}", data={"team": self.context(Team).name})
        )


class Asks(Construct):
    """Asks for its environment, and keeps the answer."""

    def build_in_app(self) -> None:
        self.answer = self.context(Env)


def where(error: pytest.ExceptionInfo[KpyError]) -> tuple[int, str]:
    """Return the line in this file, and the text without the places of parts."""
    found = error.value.where
    assert found is not None
    assert found.file == __file__
    return found.line, re.sub(r" \([^ ]*\.py:\d+\)", "", str(error.value).partition(": ")[2])


def test_construct_builds_what_depends_on_the_app_once_it_is_in_it() -> None:
    app = App("shop", context=Env(stage="prod"))
    web = Web("web")
    kinds_before = [type(part).__name__ for part in web.parts]
    app.add(Chart("main")).add(web)

    assert kinds_before == ["Deployment", "Service"]
    assert app.synth().find("Ingress").tree["spec"]["rules"][0]["host"] == "web.prod.shop.io"


def test_construct_of_a_chart_that_is_added_later_waits_for_it() -> None:
    chart = Chart("main")
    web = chart.add(Web("web"))
    kinds_before = [type(part).__name__ for part in web.parts]
    App("shop", context=Env(stage="dev")).add(chart)

    assert kinds_before == ["Deployment", "Service"]
    assert web.find(Ingress).name == "web"


def test_construct_inside_another_one_asks_too() -> None:
    class Outer(Construct):
        def build(self) -> None:
            self.inner = self.add(Asks("inner"))

    outer = App("shop", context=Env(stage="dev")).add(Chart("main")).add(Outer("outer"))

    assert outer.inner.answer == Env(stage="dev")


def test_app_with_a_build_of_its_own_gives_its_context() -> None:
    class Shop(App):
        def build(self) -> None:
            self.web = self.add(Chart("main")).add(Web("web"))

        def build_in_app(self) -> None:
            self.add(Chart(self.context(Env).stage))

    app = Shop("shop", context=Env(stage="test"))

    assert app.web.find(Ingress).name == "web"
    assert [part.name for part in app.parts] == ["main", "test"]


def test_nearest_context_counts() -> None:
    app = App("shop", context=[Env(stage="prod"), Team()])
    near = app.add(Chart("near", context=Env(stage="canary"))).add(Asks("a"))
    far = app.add(Chart("far")).add(Asks("a"))

    assert (near.answer.stage, far.answer.stage) == ("canary", "prod")
    assert near.context(Team).name == "checkout"


def test_apps_and_charts_can_be_asked_themselves() -> None:
    app = App("shop", context=Env(stage="prod"))
    chart = app.add(Chart("main", context=Team(name="web")))

    assert app.context(Env).stage == "prod"
    assert chart.context(Env) is app.context(Env)
    assert chart.context(Team).name == "web"


def test_context_of_a_subclass_answers() -> None:
    class Prod(Env):
        stage: str = "prod"

    assert App("shop", context=Prod()).context(Env) == Prod()


def test_construct_may_bring_charts_and_parts_of_other_charts() -> None:
    app = App("platform", context=[Env(stage="prod"), Team()])
    app.add(Chart("monitoring", namespace="monitoring"))
    app.add(Chart("tenants")).add(Tenant("red"), Tenant("blue"))

    manifest = app.synth()

    assert [f"{each.namespace}/{each.name}" for each in manifest if each.kind == "ConfigMap"] == [
        "monitoring/alerts-red",
        "monitoring/alerts-blue",
    ]
    assert [f"{each.namespace}/{each.name}" for each in manifest if each.kind == "Deployment"] == [
        "red/web",
        "blue/web",
    ]
    assert manifest.to_yaml() == app.synth().to_yaml()


def test_hook_runs_once() -> None:
    app = App("shop", context=Env(stage="dev"))
    chart = app.add(Chart("main"))
    web = chart.add(Web("web"))
    chart.remove(web)
    app.add(Chart("other")).add(web)

    assert [type(part).__name__ for part in web.parts] == ["Deployment", "Service", "Ingress"]


def test_parts_that_a_transform_adds_build_in_the_app_and_leave_no_trace() -> None:
    def more(chart: Chart) -> None:
        chart.add(Web("added"))

    app = App("shop", context=Env(stage="dev"))
    chart = app.add(Chart("main", transforms=[more]))
    chart.add(ConfigMap("config", data={"A": "1"}))

    first = app.synth().to_yaml()

    assert "host: added.dev.shop.io" in first
    assert app.synth().to_yaml() == first
    assert [part.name for part in chart.parts] == ["config"]


def test_context_in_build_is_an_error_that_says_so() -> None:
    class Early(Construct):
        def build(self) -> None:
            self.context(Env)

    with pytest.raises(UsageError) as error:
        App("shop", context=Env(stage="dev")).add(Chart("main")).add(Early("web"))

    line, text = where(error)
    assert line == Early.build.__code__.co_firstlineno + 1
    assert text == (
        'Early "web" asks for `Env` in `build()`, which sees its own fields only: ask in `build_in_app()`, which runs '
        "once it is in an app"
    )


def test_root_in_build_is_an_error_that_says_so() -> None:
    class Early(Construct):
        def build(self) -> None:
            self.root.add(Chart("more"))

    with pytest.raises(UsageError) as error:
        Early("web")

    assert where(error)[1] == ('Early "web" is in no app yet: ask in `build_in_app()`, which runs once it is in an app')


def test_context_that_nobody_gives_is_named_with_the_way_to_give_it() -> None:
    app = App("shop", context=Team())

    with pytest.raises(UsageError) as error:
        app.add(Chart("main")).add(Asks("web"))

    assert where(error)[1] == (
        'Asks "web" needs the context `Env`, which nobody above it has; there is `Team`: give it to the app, '
        '`App("shop", context=Env(stage=...))`, or to a chart'
    )
    assert error.value.__notes__[0].startswith('in `build_in_app()` of Asks "web" (')


@pytest.mark.parametrize(
    ("call", "kind", "text"),
    [
        (lambda: Asks("web").context(Env), UsageError, 'Asks "web" asks for `Env`, and is in no app yet: add it first'),
        (lambda: Asks("web").root, UsageError, 'Asks "web" is in no app yet: add it first'),
        (
            lambda: App("shop").context(Context),
            ArgumentError,
            "`context` takes a class of yours, `class Env(Context)`, not the class Context",
        ),
        (
            lambda: App("shop").context("Env"),  # type: ignore[arg-type]  # as people do
            ArgumentError,
            "`context` takes a class of yours, `class Env(Context)`, not 'Env'",
        ),
        (
            lambda: App("shop", context=Env),  # type: ignore[arg-type]  # as people do
            ArgumentError,
            "`context` of App: expected a value, not the class Env: write `Env(stage=...)`",
        ),
        (
            lambda: App("shop", context={"stage": "dev"}),  # type: ignore[arg-type]  # as people do
            ArgumentError,
            "`context` of App: expected a context, a value of a class like `class Env(Context)`, not {'stage': 'dev'}",
        ),
        (
            lambda: Chart("main", context=[Team(), Team()]),
            ArgumentError,
            "`context` of Chart: Team and Team answer to one question: give one of both",
        ),
        (lambda: Env(stage=3), ArgumentError, '`stage` of Env must be text, not 3; quote it: "3"'),  # type: ignore[arg-type]  # as people do
        (
            lambda: setattr(Env(stage="dev"), "stage", "prod"),
            FrozenError,
            "a context is not changed: make another Env with this `stage`",
        ),
        (
            lambda: setattr(App("shop"), "context", Team()),
            UsageError,
            '`context` of App "shop" is given when it is made: what is in it may have asked already',
        ),
    ],
)
def test_wrong_use_says_what_is_wrong_at_its_line(call: Callable[[], object], kind: type[KpyError], text: str) -> None:
    with pytest.raises(kind) as error:
        call()

    assert where(error)[1] == text


def test_refusals_in_the_hook_are_told_together_at_the_line_of_the_call() -> None:
    class Picky(Construct):
        size: int

        def build_in_app(self) -> None:
            self.refuse(f"size={self.size} is small")
            self.refuse(f"size={self.size} is odd")

    with pytest.raises(ArgumentError) as error:
        App("shop").add(Chart("main")).add(Picky("web", size=1))

    assert where(error)[1] == "size=1 is small\n  also: size=1 is odd"


def test_field_that_the_hook_has_used_is_refused_when_it_is_set_later() -> None:
    class Late(Construct):
        size: int = 1

        def build_in_app(self) -> None:
            self.add(ConfigMap("size", data={"size": str(self.size)}))

    late = Late("late")
    late.size = 2
    App("shop").add(Chart("main")).add(late)

    assert late.find(ConfigMap).data == {"size": "2"}
    with pytest.raises(UsageError, match=r"has built its parts, and `size` set now would change none of them"):
        late.size = 3


@pytest.mark.parametrize("name", ["build", "build_in_app"])
def test_hook_that_wants_arguments_is_refused_with_its_class(name: str) -> None:
    def hook(self: Construct, app: App) -> None: ...

    with pytest.raises(UsageError) as error:
        type("Wants", (Construct,), {name: hook, "__module__": __name__})

    assert where(error)[1] == (
        f"`{name}` of class Wants takes `app`, and kpy calls it without arguments: make that a field"
    )


def test_class_may_have_a_field_of_that_name() -> None:
    class Cluster(Construct):
        context: str = "kind"  # type: ignore[assignment]  # a method for type checkers
        root: str = "/"  # type: ignore[assignment]  # likewise

    assert (Cluster("a", context="prod").context, Cluster("a").root) == ("prod", "/")


def test_context_shows_no_values_and_can_be_evolved() -> None:
    env = Env(stage="dev")

    assert repr(env) == "Env(stage=..., domain=...)"
    assert attrs.evolve(env, stage="prod") == Env(stage="prod")  # type: ignore[misc]  # attrs does not know it
    assert env != Env(stage="prod")
    assert env != "dev"


def test_evolved_chart_keeps_its_context() -> None:
    chart = attrs.evolve(Chart("main", context=Team(name="a")), name="other")  # type: ignore[misc]  # likewise

    assert chart.context(Team).name == "a"

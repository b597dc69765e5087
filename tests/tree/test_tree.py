"""The tree: adding, building, locking."""

import re

import pytest

from kpy import App, ArgumentError, Chart, ConfigMap, Construct, Container, Deployment, FrozenError, UsageError, field
from kpy.api.core.v1 import ConfigMap as ConfigMapModel
from kpy.api.meta.v1 import ObjectMeta


def chart() -> Chart:
    return App("shop").add(Chart("shop"))


def shortened(error: BaseException) -> str:
    """Return the message with every place written as FILE."""
    return re.sub(r"[^\s(]*test_tree\.py:\d+", "FILE", str(error))


def test_add_returns_what_it_was_given() -> None:
    config = ConfigMap("config")

    assert chart().add(config) is config


def test_build_runs_at_the_end_of_construction() -> None:
    class Cache(Construct):
        size: int = 3

        def build(self) -> None:
            self.add(ConfigMap.from_literals("cache", {"size": str(self.size)}))

    cache = Cache("cache", size=5)

    (config,) = cache.parts
    assert isinstance(config, ConfigMap)
    assert config.data == {"size": "5"}


def test_generated_models_can_be_added() -> None:
    app = App("shop")
    app.add(Chart("shop")).add(ConfigMapModel(metadata=ObjectMeta(name="config"), data={"a": "b"}))

    assert [str(resource) for resource in app.synth()] == ['ConfigMap "config"']


def test_part_has_one_owner() -> None:
    owner = chart()
    config = owner.add(ConfigMap("config"))

    with pytest.raises(UsageError) as caught:
        owner.add(config)

    assert shortened(caught.value) == (
        'FILE: cannot add ConfigMap "config" (FILE) to Chart "shop" (FILE): it belongs to Chart "shop" (FILE) already; '
        "make a second one, or refer to it without adding it"
    )


def test_construct_cannot_contain_itself() -> None:
    inner = Construct("inner")
    outer = Construct("outer")
    outer.add(inner)

    with pytest.raises(UsageError) as caught:
        inner.add(outer)

    assert shortened(caught.value) == (
        'FILE: cannot add Construct "outer" (FILE) to Construct "inner" (FILE): it would contain itself'
    )


def test_construct_does_not_go_into_an_app() -> None:
    with pytest.raises(UsageError) as caught:
        App("shop").add(ConfigMap("config"))

    assert shortened(caught.value) == (
        'FILE: cannot add ConfigMap "config" (FILE) to App "shop" (FILE): it goes into a chart: '
        "`chart = app.add(Chart(...))`, then `chart.add(...)`"
    )


def test_chart_goes_into_an_app_only() -> None:
    with pytest.raises(UsageError) as caught:
        chart().add(Chart("inner"))

    assert shortened(caught.value) == (
        'FILE: cannot add Chart "inner" (FILE) to Chart "shop" (FILE): a chart goes into an app: `app.add(Chart(...))`'
    )


def test_two_charts_of_one_name_are_refused() -> None:
    app = App("shop")
    app.add(Chart("web"))

    with pytest.raises(UsageError) as caught:
        app.add(Chart("web"))

    assert shortened(caught.value) == (
        'FILE: cannot add Chart "web" (FILE) to App "shop" (FILE): it has Chart "web" (FILE) already; '
        "the name of a chart is the name of its file"
    )


@pytest.mark.parametrize(
    ("part", "said"),
    [
        (ConfigMap, "FILE: `add` takes a value, not the class ConfigMap: write `ConfigMap(...)`"),
        (
            {"kind": "Pod"},
            "FILE: cannot add {'kind': 'Pod'} to Chart \"shop\" (FILE): wrap a mapping in `kpy.Raw(...)`",
        ),
        (3, 'FILE: cannot add 3 to Chart "shop" (FILE): `add` takes constructs and kinds'),
    ],
)
def test_what_is_no_construct_is_refused(part: object, said: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        chart().add(part)  # type: ignore[type-var]  # the mistake under test

    assert shortened(caught.value) == said


def test_name_must_be_text() -> None:
    with pytest.raises(ArgumentError) as caught:
        Deployment(3)  # type: ignore[arg-type]  # the mistake under test

    assert (
        shortened(caught.value)
        == 'FILE: the name of a Deployment must be text, not 3: write `Deployment("a-name", ...)`'
    )


def test_nothing_changes_after_synthesis() -> None:
    app = App("shop")
    owner = app.add(Chart("shop"))
    config = owner.add(ConfigMap("config"))
    app.synth()

    with pytest.raises(FrozenError, match="add parts before `synth"):
        owner.add(ConfigMap("late"))
    with pytest.raises(FrozenError, match="set `data` before `synth"):
        config.data = {}


def test_synthesising_twice_gives_the_same_bytes() -> None:
    app = App("shop")
    app.add(Chart("shop")).add(Deployment("api", containers=[Container(image="nginx:1")]))

    assert app.synth().to_yaml() == app.synth().to_yaml()


def test_field_factory_makes_a_fresh_default() -> None:
    class Group(Construct):
        members: list[str] = field(factory=list)

    first, second = Group("a"), Group("b")
    first.members.append("x")

    assert second.members == []

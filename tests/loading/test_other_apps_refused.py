"""What cannot be done with objects of another team's app, and what the messages say."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kpy import (
    ArgumentError,
    Chart,
    ConfigMap,
    Container,
    Deployment,
    FrozenError,
    Ingress,
    LoadError,
    OtherApp,
    Service,
    UsageError,
)
from kpy.loading import BrokenAppError, load_app
from tests.loading.billing import chart_in, errors, titles
from tests.loading.conftest import Write


def test_what_is_not_there_is_an_error_that_lists_what_is(shop: OtherApp) -> None:
    with pytest.raises(UsageError) as refused:
        shop.find(Service, "apii")

    assert str(refused.value).partition(": ")[2].partition(" (")[0] == 'App "shop"'
    assert str(refused.value).endswith(' has no Service "apii"; there is: Service "api"')


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (
            lambda: OtherApp("", from_="shop.py"),
            ArgumentError,
            "`name` of OtherApp must be text, the name of the other app, not ''",
        ),
        (
            lambda: OtherApp("shop", from_=3),  # type: ignore[arg-type]  # as people do
            ArgumentError,
            '`from_` of OtherApp must be text, "package.module:app" or "../shop/app.py", not 3',
        ),
        (
            lambda: OtherApp("shop", "shop.py"),
            ArgumentError,
            "OtherApp takes only `name` without a name; give 'shop.py' by name",
        ),  # type: ignore[call-arg,misc]  # as people do
        (
            lambda: OtherApp("shop", from_=str(Path("shop.py").absolute())).find(Container),
            ArgumentError,
            "`find` of OtherApp takes kinds and constructs, not Container, which stands in others",
        ),
        (
            lambda: OtherApp("shop", from_=str(Path("shp.py").absolute())).find(Service),
            LoadError,
            "shp.py: there is no such file; did you mean shop.py?",
        ),
        (
            lambda: OtherApp("shop", from_=str(Path("shop.py").absolute()), evn="prod").find(Service),
            LoadError,
            "shop.py: app() has no parameter `evn`; did you mean `env`?",
        ),
        (
            lambda: OtherApp("shop", from_=str(Path("shop.py").absolute()), env="stage").find(Service),
            LoadError,
            "shop.py: app(): env=stage: it is not one of DEV, PROD, dev, prod",
        ),
        (
            lambda: OtherApp("shop", from_=str(Path("shop.py").absolute()), env=3).find(Service),
            LoadError,
            "shop.py: app(): `env` must be Stage.DEV or Stage.PROD, not 3",
        ),
        (
            lambda: OtherApp("no", from_="no_such_module_of_tests:app").find(Service),
            LoadError,
            "no_such_module_of_tests: there is no such file, and no such module",
        ),
    ],
)
def test_wrong_call_says_what_is_wrong_at_its_line(
    write: Write, call: Callable[[], object], error: type[Exception], text: str
) -> None:
    with pytest.raises(error) as refused:
        call()

    where, _, message = str(refused.value).partition(": ")
    assert where.startswith(str(Path(__file__)))
    assert message == text


def test_parameter_that_is_needed_is_named(write: Write, tmp_path: Path) -> None:
    write("needs.py", "from kpy import *\ndef app(env: str) -> App: return App('needs')")

    with pytest.raises(
        LoadError, match=r"needs\.py: app\(\) needs a value for `env`: `OtherApp\(\.\.\., env=\.\.\.\)`$"
    ):
        OtherApp("needs", from_=str(tmp_path / "needs.py")).find(Service)


def test_app_of_another_name_is_refused(write: Write, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as refused:
        OtherApp("store", from_=str(tmp_path / "shop.py")).find(Service)

    assert 'shop.py makes App "shop" (' in str(refused.value)
    assert str(refused.value).endswith(
        ", not one of the name 'store': write `OtherApp(\"shop\", ...)` if that one is meant"
    )


@pytest.mark.parametrize(
    "change",
    [
        lambda shop: setattr(shop.find(Service), "type", "NodePort"),
        lambda shop: shop.find(Deployment).set_env(A="1"),
        lambda shop: shop.find(Deployment).add_patch({}),
        lambda shop: shop.find(Chart).add(ConfigMap("new")),
        lambda shop: shop.find(Chart).remove(shop.find(Service)),
    ],
)
def test_objects_of_another_app_cannot_be_changed(shop: OtherApp, change: Callable[[OtherApp], object]) -> None:
    with pytest.raises(
        FrozenError, match=r'belongs to another app, App "shop" .*: what `OtherApp` finds is used and not changed'
    ):
        change(shop)


def test_object_of_another_app_cannot_be_added(shop: OtherApp) -> None:
    _, chart = chart_in("shop-prod")

    with pytest.raises(
        UsageError, match=r'it belongs to another app, App "shop" \(.*\); refer to it without adding it$'
    ):
        chart.add(shop.find(Service))


def test_object_of_another_app_by_mistake_says_so() -> None:
    other, theirs = chart_in("shop")
    other.__dict__["name"] = "shop"
    service = theirs.add(Service("api", selector={"a": "b"}, ports=[80]))
    app, chart = chart_in("shop")
    chart.add(Ingress("edge", host="shop.io", routes={"/": service}))

    (found,) = errors(app)

    assert found.rule == "object-of-another-app"
    assert found.message.startswith('Ingress "shop/edge" refers to Service "api" (')
    assert 'as its `name`, which belongs to another app, App "shop" (' in found.message
    assert found.fix == (
        'ask that app for it: `OtherApp("shop", from_="...").find(Service, "api")`; '
        "`from_` is its file or module, such as `shop/app.py:app`"
    )


def test_nothing_comes_after_an_object_of_an_app_that_was_imported(tmp_path: Path, shop: OtherApp) -> None:
    app, chart = chart_in("shop-prod")
    imported = load_app(str(tmp_path / "shop.py"), {"env": ["prod"]})
    chart.add(ConfigMap("late", after=[imported.find(Service)]))

    (found,) = errors(app)

    assert found.rule == "object-of-another-app"
    assert found.message.startswith('ConfigMap "shop-prod/late" comes after Service "api" (')
    assert found.fix == 'say that it comes after the app: `after=[OtherApp("shop", from_="...")]`'


def test_nothing_comes_after_an_app_that_is_not_there(write: Write) -> None:
    chart = """
from kpy import *
app = App("billing")
app.add(Chart("billing")).add(ConfigMap("late", data={"a": "b"}, after=[OtherApp("shop", from_="shp.py")]))
"""
    with pytest.raises(LoadError, match=r"billing\.py:4: shp\.py: there is no such file; did you mean shop\.py\?"):
        load_app(write("billing.py", chart)).synth()


NEEDS = """
from kpy import *
{own} = App("{own}")
service = {own}.add(Chart("c", namespace="n")).add(Service("{own}", selector={{"a": "b"}}, ports=[80]))
theirs = OtherApp("{other}", from_="{other}.py").find(Service)
{own}.find(Chart).add(Ingress("i", host="{own}.io", routes={{"/": theirs}}))
"""


def test_apps_that_need_each_other_are_refused_by_name(write: Write) -> None:
    one = write("one.py", NEEDS.format(own="one", other="two"))
    write("two.py", NEEDS.format(own="two", other="one"))

    with pytest.raises(LoadError) as refused:
        load_app(one)

    assert str(refused.value).partition(": ")[2] == (
        "apps cannot need each other before they are made, one.py > two.py > one.py: let one of them write what it "
        'needs by name, `Service.existing("api", namespace="shop")`'
    )


def test_functions_that_need_each_other_are_refused_by_name(write: Write) -> None:
    text = (
        "from kpy import *\n"
        "def app(env: str = 'dev') -> App:\n"
        "    OtherApp('{other}', from_='{other}.py:app', env=env).find(Service)\n"
        "    return App('{own}')"
    )
    one = write("one.py", text.format(own="one", other="two"))
    write("two.py", text.format(own="two", other="one"))

    with pytest.raises(LoadError, match=r"apps cannot need each other before they are made, .*one\.py > .*two\.py > "):
        load_app(f"{one}:app", {"env": ["prod"]})


def test_app_of_one_environment_may_use_the_same_app_of_another(write: Write) -> None:
    path = write(
        "envs.py",
        "from kpy import *\n"
        "def app(env: str = 'prod') -> App:\n"
        "    app = App('envs')\n"
        "    config = app.add(Chart('c', namespace='n')).add(ConfigMap(env, data={'A': '1'}))\n"
        "    if env != 'base':\n"
        "        base = OtherApp('envs', from_='envs.py:app', env='base').find(ConfigMap)\n"
        "        app.find(Chart).add(Deployment('d', containers=[Container(image='x:1', env={'A': base['A']})]))\n"
        "    return app",
    )

    assert titles(load_app(path).synth()) == ["ConfigMap/prod", "Deployment/d"]


def test_other_app_that_raises_is_told_with_its_own_lines(write: Write, tmp_path: Path) -> None:
    write("raises.py", "from kpy import *\napp = App('raises')\n1 / 0")
    path = write("billing.py", "from kpy import *\nOtherApp('raises', from_='raises.py').find(Service)")

    with pytest.raises(BrokenAppError) as refused:
        load_app(path)

    assert "raises.py" in str(refused.value)
    assert "ZeroDivisionError: division by zero" in str(refused.value)

"""Which other apps come before an app, as `after` says."""

from __future__ import annotations

from pathlib import Path

from kpy import Chart, ConfigMap, OtherApp, Service, Yaml
from kpy.loading.other import Need, needs_of
from tests.loading.billing import chart_in


def names(needs: list[Need]) -> list[str]:
    return [need.name for need in needs]


def test_app_and_its_parts_come_after_other_apps(shop: OtherApp, tmp_path: Path) -> None:
    app, chart = chart_in("shop-prod")
    assert needs_of(app) == []

    late = chart.add(ConfigMap("late", data={"a": "b"}, after=[shop]))
    chart.add(ConfigMap("later", data={"a": "b"}, after=[late, shop]))
    installed = OtherApp("base", from_="acme_base.app:app", env="dev")
    app.add(Chart("more", after=[installed]))

    one, other = needs_of(app)
    assert (one.name, one.file, one.parameters, one.where) == (
        "shop",
        str(tmp_path / "shop.py"),
        {"env": "prod"},
        late._where,
    )
    assert (other.name, other.file, other.module, other.parameters) == ("base", "", "acme_base.app", {"env": "dev"})


def test_coming_after_what_another_app_has_is_coming_after_it(shop: OtherApp) -> None:
    app, chart = chart_in("shop-prod")
    chart.add(ConfigMap("late", data={"a": "b"}, after=[shop.find(Service)]))

    assert names(needs_of(app)) == ["shop"]
    assert [each.name for each in app.synth()] == ["late"]


def test_naming_an_object_of_another_app_is_no_order(shop: OtherApp) -> None:
    app, chart = chart_in("shop-prod")
    chart.add(ConfigMap("url", data={"url": shop.find(Service).fqdn}))

    assert needs_of(app) == []


def test_app_is_not_made_for_its_order(tmp_path: Path) -> None:
    """A function may have parameters that only its own environment gives."""
    (tmp_path / "base.py").write_text("raise SystemExit('nobody runs it')\n")
    (tmp_path / "some.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n")
    base = OtherApp("base", from_=str(tmp_path / "base.py"))
    app, chart = chart_in("shop-prod")
    chart.add(Yaml(tmp_path / "some.yaml", after=[base]))

    assert [each.name for each in app.synth()] == ["a"]
    assert names(needs_of(app)) == ["base"]

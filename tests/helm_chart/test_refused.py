"""Parameters that cannot be values of a chart: named, with the reason and what to do, and nothing is written."""

from __future__ import annotations

import pytest

from tests.helm_chart.conftest import Make
from tests.helm_chart.test_chart import config


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (
            config('tag: str = "v1"', '{"a": tag.upper()}'),
            '`tag` cannot be a value of the chart: data[a] of ConfigMap "web/settings" (shop.py:6) changes with it '
            "in a way that is no copy of it, and no template was found\n"
            '   with tag = "v1" it is "V1"; with tag = "w1" it is "W1"\n'
            "fix: leave it as it is in the chart, `--constant tag`, or set what the chart is for, `--set NAME=VALUE`\n",
        ),
        (
            config('a: str = "x", b: int = 2, c: str = "fine"', '{"a": a[::-1], "b": str(b * b), "c": c}'),
            "fix: leave them as they are in the chart, `--constant a --constant b`, or set what the chart is for, ",
        ),
        (
            config('only: str = "dev"', '{"a": {"dev": "1"}[only]}'),
            "`only` cannot be a value of the chart: no other value than the one it has was accepted",
        ),
        (
            """
def app(count: int = 2):
    app = App("shop")
    chart = app.add(Chart("web", namespace="web"))
    for number in range(count):
        chart.add(ConfigMap(f"no-{number}", data={"a": "x"}))
    return app
""",
            '`count` cannot be a value of the chart: ConfigMap "web/no-2" (shop.py:7) is there for some values only',
        ),
        (
            """
def app(level: str = "info"):
    app = App("shop")
    chart = app.add(Chart("web", namespace="web"))
    chart.add(ConfigMap.from_literals("settings", {"level": level}, content_hash=True))
    return app
""",
            "ends in a digest of its content, which a template cannot compute",
        ),
    ],
)
def test_parameter_is_refused_by_name(make: Make, no_helm: None, code: str, message: str) -> None:
    chart = make(code)

    print(chart.err)
    assert chart.code == 1
    assert message in chart.err
    assert not chart.folder.exists()


def test_constant_parameter_is_no_value(make: Make, no_helm: None) -> None:
    chart = make(config('tag: str = "v1", b: str = "x"', '{"a": tag.upper(), "b": b}'), "--constant", "tag")

    assert chart.code == 0
    assert "  a: V1\n" in chart.text("templates/web.yaml")
    assert "tag" not in chart.text("values.yaml")


def test_parameter_that_is_set_is_no_value(make: Make, no_helm: None) -> None:
    chart = make(config('tag: str = "v1", b: str = "x"', '{"a": tag.upper(), "b": b}'), "--set", "tag=v9")

    assert chart.code == 0
    assert "  a: V9\n" in chart.text("templates/web.yaml")

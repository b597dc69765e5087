"""The passes are held to their contracts in the debug mode: a pass that breaks one is caught, each time."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable

import pytest

from kpy import App, Chart, ConfigMap, Container, Deployment, Service
from kpy.pipeline import run as run_pipeline
from kpy.pipeline.draft import Draft
from kpy.pipeline.passes import Pass
from kpy.pipeline.run import PASSES


def shop() -> App:
    app = App("shop")
    chart = app.add(Chart("shop"))
    config = chart.add(ConfigMap.from_literals("settings", {"GREETING": "hello"}))
    web = chart.add(
        Deployment(
            "web", containers=[Container(image="nginx:1.29", env={"GREETING": config["GREETING"]}, ports={"http": 80})]
        )
    )
    chart.add(Service("web", selector=web, ports=[80]))
    return app


def _break_tree(draft: Draft) -> None:
    draft.resources[0].tree = []  # type: ignore[assignment]  # what a broken pass may do


def _break_reference(draft: Draft) -> None:
    for resource in draft.resources:
        for node, key, _ in draft.links(resource).references:
            node[key] = None


def _break_selection(draft: Draft) -> None:
    for resource in draft.resources:
        for node, key, _ in draft.links(resource).selections:
            node[key] = None


def _change_tree(draft: Draft) -> None:
    draft.resources[0].tree["extra"] = 1


def _change_order(draft: Draft) -> None:
    draft.resources.reverse()


def _forget_text(draft: Draft) -> None:
    draft.resources[0].text = ""


@pytest.mark.parametrize(
    ("name", "damage", "message"),
    [
        ("lower", _break_tree, "after the pass `lower` the draft should be lowered: shop/shop/settings has no tree"),
        ("wire", _break_reference, "after the pass `wire` the draft should be wired: .*`name` is None and not a name"),
        ("wire", _break_selection, "after the pass `wire` the draft should be wired: .*is None and not a selector"),
        ("wire", _change_order, "the pass `wire` changed the order, which it keeps"),
        ("validate", _change_tree, "the pass `validate` changed the trees, which it keeps"),
        ("order", _change_order, "after the pass `order` the draft should be ordered: ordering again gives another"),
        ("order", _change_tree, "the pass `order` changed the trees, which it keeps"),
        ("emit", _forget_text, "after the pass `emit` the draft should be written: .* has no YAML"),
    ],
)
def test_broken_pass_is_caught(
    monkeypatch: pytest.MonkeyPatch, name: str, damage: Callable[[Draft], None], message: str
) -> None:
    def broken(step: Pass) -> Pass:
        def run_and_damage(draft: Draft) -> None:
            step.run(draft)
            damage(draft)

        return step._replace(run=run_and_damage)

    passes = tuple(broken(step) if step.name == name else step for step in PASSES)
    monkeypatch.setattr(sys.modules["kpy.pipeline.run"], "PASSES", passes)

    with pytest.raises(AssertionError, match=message):
        run_pipeline(shop())


def test_what_a_pass_needs_is_left_by_those_before_it() -> None:
    left: set[str] = set()
    for step in PASSES:
        assert set(step.needs) <= left, step.name
        left |= set(step.leaves)


def test_the_tests_run_in_the_debug_mode() -> None:
    assert os.environ["KPY_CHECK_PASSES"] == "1"


def test_contracts_are_not_imported_outside_the_debug_mode(monkeypatch: pytest.MonkeyPatch) -> None:
    program = (
        "import sys; from kpy import App, Chart, ConfigMap\n"
        "app = App('a'); app.add(Chart('c')).add(ConfigMap('m', data={'a': 'b'})); app.synth()\n"
        "print('kpy.pipeline.contracts' in sys.modules)"
    )
    monkeypatch.delenv("KPY_CHECK_PASSES")

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout == "False\n"

"""Whole processes beside helm, kustomize, kubeconform and cdk8s, on the same objects, and the budgets of kpy."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.apps import build
from benchmarks.checkers import kubeconform
from benchmarks.definitions import project
from benchmarks.processes import BENCH, Cost, costs
from tools.programs import cached

__all__ = ["Budget", "budgets"]

Command = Sequence[str]
_PYTHON = sys.executable
_CHART = """\
{{- range $number := until (int .Values.apps) }}
---
%s{{- end }}
"""


class Budget(NamedTuple):
    """A piece of work in kpy, beside another."""

    work: str
    beside: str
    kpy: Cost
    other: Cost
    #: How many times the CPU of the other it may take; nothing where no budget was set.
    allowed: float | None

    @property
    def ratio(self) -> float:
        """How many times the CPU of the other it takes."""
        return self.other.ratio


def budgets(count: int, times: int, cdk8s: Command | None) -> list[Budget]:
    """Measure everything that is installed with so many apps of three objects each."""
    BENCH.mkdir(exist_ok=True)
    objects = count * 3
    kpy = [_PYTHON, "-m", "benchmarks.many_apps"]
    found = _beside(
        f"{count:,} apps, {objects:,} objects, checked",
        [*kpy, str(count), "1"],
        {
            "`helm template` of one chart with the same objects": (_helm(count), 1.0),
            "`kustomize build` of the same documents": (_kustomize(count), 0.05),
            "cdk8s, TypeScript, unchecked": ([*cdk8s, str(count), "1"] if cdk8s else [], 0.25),
        },
        times,
    )
    found += _beside(
        f"one app of {objects * 10:,} objects",
        [*kpy, "1", str(count * 10)],
        {f"one app of {objects:,} objects": ([*kpy, "1", str(count)], 11.0)},
        times,
    )
    found += _beside(
        "`kpy synth` of a custom resource, beside 6 MB of definitions",
        [_PYTHON, "-m", "kpy", "synth", str(project(100))],
        {"the same beside its own definition alone": ([_PYTHON, "-m", "kpy", "synth", str(project(1))], 1.2)},
        times * 3,
    )
    files = _files(count)
    checker = kubeconform()
    for again, cache, allowed in (("", "", 1.1), (" again, nothing has changed", str(BENCH / "findings"), 0.3)):
        found += _beside(
            f"`kpy validate` of {count:,} files, {objects:,} objects{again}",
            ["env", f"KPY_CACHE_DIR={cache}", _PYTHON, "-m", "kpy", "validate", files],
            {"`kubeconform -strict`: the schema alone": ([*checker, files] if checker else [], allowed)},
            times,
        )
    return found


def _beside(work: str, kpy: Command, others: dict[str, tuple[Command, float | None]], times: int) -> list[Budget]:
    """Measure a command of kpy in turn with those of the others that are there."""
    there = {name: command for name, (command, _) in others.items() if command}
    if not there:
        return []
    found = costs({work: kpy, **there}, times)
    return [Budget(work, name, found[work], found[name], others[name][1]) for name in there]


def _helm(count: int) -> Command:
    """Return the command that renders a chart with the objects of so many apps, one template for all."""
    program = cached("helm")
    if program is None:
        return []
    chart = BENCH / "chart"
    (chart / "templates").mkdir(parents=True, exist_ok=True)
    text = build().synth().to_yaml().replace("shop-0", "shop-{{ $number }}")
    (chart / "Chart.yaml").write_text("apiVersion: v2\nname: shop\nversion: 1.0.0\n")
    (chart / "values.yaml").write_text(f"apps: {count}\n")
    (chart / "templates" / "shop.yaml").write_text(_CHART % text)
    return [str(program), "template", "shop", str(chart)]


def _kustomize(count: int) -> Command:
    """Return the command that builds the documents of so many apps."""
    program = cached("kustomize")
    if program is None:
        return []
    folder = BENCH / "kustomize"
    folder.mkdir(exist_ok=True)
    (folder / "shop.yaml").write_text(build(count).synth().to_yaml())
    (folder / "kustomization.yaml").write_text("resources: [shop.yaml]\n")
    return [str(program), "build", str(folder)]


def _files(count: int) -> str:
    """Return a folder with a file for each app."""
    folder = BENCH / f"files-{count}"
    if not folder.exists():
        _write_files(folder, count)
    return str(folder)


def _write_files(folder: Path, count: int) -> None:
    text = build().synth().to_yaml()
    folder.mkdir()
    for number in range(count):
        (folder / f"shop-{number}.yaml").write_text(text.replace("shop-0", f"shop-{number}"))

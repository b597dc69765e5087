"""Fleets: all apps in all environments by one command, beside one for each, and again when little has changed."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from benchmarks.budgets import Budget
from benchmarks.processes import BENCH, Cost, costs

__all__ = ["fleet_budgets"]

_ENVIRONMENTS = 5
#: How many single commands stand for all of them.
_SAMPLE = 20
_APP = """\
from helpers import NAME
from lib.common import IMAGE

from kpy import App, Chart, ConfigMap, Container, Deployment


def app(env: str, replicas: int = 1) -> App:
    app = App(NAME)
    chart = app.add(Chart(NAME, namespace=f"{NAME}-{env}"))
    for name in ("api", "web"):
        settings = chart.add(ConfigMap.from_literals(f"{name}-settings", {"env": env}))
        container = Container(name, image=IMAGE, ports=[8080], env_from=[settings])
        chart.add(chart.add(Deployment(name, replicas=replicas, containers=[container])).expose(port=80))
    return app
"""


def fleet_budgets(count: int, times: int) -> list[Budget]:
    """Measure a workspace with so many outputs of six objects each."""
    apps = count // _ENVIRONMENTS
    folder = _workspace(apps)
    fleet = [sys.executable, "-m", "benchmarks.fleets", str(folder)]
    work = f"`kpy synth --all`: {apps} apps in {_ENVIRONMENTS} environments, {count * 6:,} objects, checked"
    loop = "a loop over `kpy synth APP --env ENV`"
    found = costs({work: [*fleet, "all"], loop: [*fleet, "loop", str(min(_SAMPLE, count))]}, times)
    part = count / min(_SAMPLE, count)
    other = found[loop]
    whole = Cost(other.seconds * part, other.cpu * part, other.ratio / part, other.seconds_ratio / part)
    budgets = [Budget(work, f"{loop}, {min(_SAMPLE, count)} of them measured", found[work], whole, 0.02)]
    for what, word, allowed in (
        ("again, nothing has changed", "again", 0.15),
        ("again, a module of one app has changed", "edited", 0.25),
        ("`kpy affected`, a module of one app has changed", "affected", 0.15),
    ):
        found = costs({what: [*fleet, word], work: [*fleet, "all"]}, times)
        budgets.append(Budget(what, "the same from the beginning", found[what], found[work], allowed))
    return budgets


def _workspace(apps: int) -> Path:
    """Return a folder with so many apps, new each time."""
    folder = BENCH / f"fleet-{apps}"
    shutil.rmtree(folder, ignore_errors=True)
    files = {"lib/common.py": 'IMAGE = "nginx:1.27"\n', ".gitignore": "rendered/\n"}
    settings = ['[tool.kpy]\napps = "apps/*/app.py"\noutput = "rendered/{env}/{app}"\n']
    for number in range(_ENVIRONMENTS):
        settings.append(f'[tool.kpy.environments.env-{number}]\nvalues = "values/{{env}}.yaml"\n')
        files[f"values/env-{number}.yaml"] = f"replicas: {number + 1}\n"
    files["pyproject.toml"] = "\n".join(settings)
    for number in range(apps):
        files[f"apps/app-{number}/app.py"] = _APP
        files[f"apps/app-{number}/helpers.py"] = f'NAME = "app-{number}"\n'
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    return folder


def main(folder: str, what: str, count: int = 0) -> None:
    """Do one piece of work in a workspace, as `python -m benchmarks.fleets` is asked for it."""
    import subprocess

    from kpy.cli.main import main as kpy

    os.chdir(folder)
    if what == "loop":
        for number in range(count):
            words = [f"app-{number // _ENVIRONMENTS}", "--env", f"env-{number % _ENVIRONMENTS}"]
            subprocess.run([sys.executable, "-m", "kpy", "synth", *words], check=True)
        return
    if what == "affected" and not os.path.isdir(".git"):
        name = ["-c", "user.name=a", "-c", "user.email=a@b.c"]
        for words in (["init", "-q"], ["add", "."], [*name, "commit", "-qm", "first"]):
            subprocess.run(["git", *words], check=True)
    if what in ("edited", "affected"):
        with open("apps/app-7/helpers.py", "a") as file:
            file.write("# edited\n")
    words = {"all": ["synth", "--all", "--no-cache"], "affected": ["affected", "--since", "git:HEAD"]}
    sys.argv = ["kpy", *words.get(what, ["synth", "--all"])]
    kpy()


if __name__ == "__main__":
    main(*sys.argv[1:3], *map(int, sys.argv[3:]))

"""`python -m benchmarks`: measure, and write `docs/benchmarks.md`.

`--quick` measures little and prints the page only, and `--cluster` measures and prints work on a cluster alone, which
needs `KUBEBUILDER_ASSETS` (see tools/envtest); `--install` first installs cdk8s for both languages into `.bench/`,
and fetches helm, kustomize and kubeconform into a cache.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

from benchmarks.budgets import budgets
from benchmarks.clusters import cluster_budgets
from benchmarks.fleets import fleet_budgets
from benchmarks.page import Page
from benchmarks.processes import BENCH, ROOT, in_turn, measurements, run, tidy
from tools.programs import ProgramError, program

PYTHON = sys.executable
CDK8S_PYTHON = BENCH / "cdk8s-python" / "bin" / "python"
CDK8S_MODULES = BENCH / "package.json"
TYPESCRIPT = "cdk8s, TypeScript"
SYNTH = "`kpy synth`, three objects"
PASSES = ("build", "lower", "wire", "validate", "order", "emit")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few repetitions and small sizes; prints only")
    parser.add_argument("--install", action="store_true", help="install what kpy is compared with into .bench/ first")
    parser.add_argument("--cluster", action="store_true", help="only what is done to a cluster; prints only")
    given = parser.parse_args()
    if given.cluster:
        page = Page()
        page.clusters(cluster_budgets(300 if given.quick else 1_000, 1 if given.quick else 3))
        print(page.text())
        return
    if given.install:
        install()
    page = Page()
    system = f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors"
    page.machine(f"{system}, CPython {platform.python_version()}")
    start = start_up(page, times=3 if given.quick else 31)
    count, times = (100, 1) if given.quick else (1_000, 5)
    page.budgets(start, [*budgets(count, times, cdk8s().get(TYPESCRIPT)), *fleet_budgets(count, times)])
    page.clusters(cluster_budgets(count, 1 if given.quick else 3))
    sizes = (1, 100) if given.quick else (1, 100, 1_000, 10_000)
    scale(page, sizes, apart=True)
    scale(page, sizes, apart=False)
    checks(page, 100 if given.quick else 1_000)
    writers(page, 100 if given.quick else 1_000)
    if given.quick:
        print(page.text())
    else:
        (ROOT / "docs" / "benchmarks.md").write_text(page.text())


def install() -> None:
    """Install cdk8s for Python and for TypeScript beside the project, and fetch the programs."""
    for name in ("helm", "kustomize", "kubeconform"):
        try:
            program(name)
        except ProgramError as error:
            print(f"not measured: {error}", file=sys.stderr)
    BENCH.mkdir(exist_ok=True)
    subprocess.run([PYTHON, "-m", "venv", BENCH / "cdk8s-python"], check=True)
    subprocess.run([CDK8S_PYTHON, "-m", "pip", "install", "-q", "cdk8s", "cdk8s-plus-33"], check=True)
    CDK8S_MODULES.write_text('{"private": true}\n')
    packages = ["cdk8s", "cdk8s-plus-34", "constructs"]
    subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund", *packages], cwd=BENCH, check=True)


def cdk8s() -> dict[str, list[str]]:
    """Return the commands of what is installed to compare with."""
    commands = {}
    if (BENCH / "node_modules" / "cdk8s").exists() and (node := shutil.which("node")):
        commands[TYPESCRIPT] = [node, str(ROOT / "benchmarks" / "scale_cdk8s.mjs"), str(CDK8S_MODULES)]
    if CDK8S_PYTHON.exists():
        commands["cdk8s, Python"] = [str(CDK8S_PYTHON), str(ROOT / "benchmarks" / "scale_cdk8s.py")]
    return commands


def start_up(page: Page, times: int) -> float:
    """Measure what starts, and return how many times a bare start of Python `kpy synth` takes."""
    script = Path(PYTHON).with_name("kpy")
    kpy = [str(script)] if script.exists() else [PYTHON, "-m", "kpy"]
    BENCH.mkdir(exist_ok=True)
    manifest = BENCH / "small.yaml"
    manifest.write_text(run([*kpy, "synth", "benchmarks/apps.py"]))
    commands = {
        "`python -c pass`": [PYTHON, "-c", "pass"],
        '`python -c "from kpy import App, Chart, Deployment, ConfigMap"`': [
            PYTHON,
            "-c",
            "from kpy import App, Chart, Deployment, ConfigMap",
        ],
        SYNTH: [*kpy, "synth", "benchmarks/apps.py"],
        "`kpy validate`, the same as YAML": [*kpy, "validate", str(manifest)],
        **{f"{name}, the same three": [*command, "--print"] for name, command in cdk8s().items()},
    }
    timings = in_turn(commands, times)
    page.start_up({name: (tidy(found.seconds), found.ratio) for name, found in timings.items()})
    return timings[SYNTH].ratio


def scale(page: Page, sizes: tuple[int, ...], *, apart: bool) -> None:
    """Measure many apps of one chart, or one app of many charts."""

    def shape(size: int) -> list[str]:
        return [str(size), "1"] if apart else ["1", str(size)]

    kpy = [PYTHON, "-m", "benchmarks.scale_kpy"]
    found: dict[int, dict[str, dict[str, float]]] = {}
    for size in sizes:
        others = cdk8s() if size <= (1_000 if apart else 100) else {}
        commands = {name: [*command, *shape(size)] for name, command in {"kpy": kpy, **others}.items()}
        found[size] = measurements(commands, times=3)
    page.scale(found, PASSES, apart=apart)
    if len(sizes) > 2:
        page.growth(measurements({size: [*kpy, *shape(size)] for size in sizes[-2:]}, times=3))


def checks(page: Page, count: int) -> None:
    command = [PYTHON, "-m", "benchmarks.scale_checks", str(count)]
    page.checks(measurements({"": command}, times=3)[""], count)


def writers(page: Page, charts: int) -> None:
    command = [PYTHON, "-m", "benchmarks.scale_writers", str(charts)]
    page.writers(measurements({"": command}, times=3)[""], charts * 3)


main()

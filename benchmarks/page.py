"""The figures as a page of the docs."""

from __future__ import annotations

from collections.abc import Iterable

from benchmarks.budgets import Budget
from benchmarks.clusters import ClusterBudget
from benchmarks.processes import Cost, tidy

__all__ = ["Page"]

Figures = dict[int, dict[str, dict[str, float]]]

HEAD = """\
# Benchmarks

`make bench` measures and writes this page; `make bench-install` fetches helm, kustomize, kubeconform and cdk8s
to compare with. Absolute times are of one machine on one day: read the ratios.
"""


class Page:
    """The page so far."""

    def __init__(self) -> None:
        self._parts = [HEAD]

    def text(self) -> str:
        return "\n".join(self._parts)

    def machine(self, text: str) -> None:
        self._parts.append(f"Measured on {text}.\n")

    def start_up(self, rows: dict[str, tuple[str, float]]) -> None:
        self._add(
            "Start-up",
            "Whole processes, run in turn, medians; the ratio is the median of the ratios pair by pair. Nothing is "
            "cached between processes but compiled modules.",
            ("command", "time", "ratio"),
            ((name, seconds, f"{ratio:.1f} x") for name, (seconds, ratio) in rows.items()),
        )

    def budgets(self, start: float, found: Iterable[Budget]) -> None:
        """Say what kpy may take beside others, and what it takes."""
        rows = [("`kpy synth`, three objects", "`python -c pass`", "", "", f"{start:.1f} x", "7.5 x")]
        for each in found:
            allowed = f"{each.allowed:g} x" if each.allowed is not None else ""
            rows.append((each.work, each.beside, _cost(each.kpy), _cost(each.other), f"{each.ratio:.2f} x", allowed))
        self._add(
            "Budgets",
            "Whole processes, started anew, run in turn; time of processors, and in brackets the time that passed. The "
            "ratio is of processors, pair by pair, and the budget is what it shall not exceed. kpy checks "
            "everything; helm, kustomize and cdk8s check nothing of what Kubernetes says, kubeconform the schema.",
            ("kpy", "beside", "kpy's time", "the other's", "ratio", "budget"),
            rows,
        )

    def clusters(self, found: Iterable[ClusterBudget]) -> None:
        """Say what work on a cluster may take beside kubectl, and what it takes."""
        rows = [
            (each.work, each.beside, tidy(each.kpy), tidy(each.other), f"{each.ratio:.2f} x", f"{each.allowed:g} x")
            for each in found
        ]
        if rows:
            self._add(
                "A cluster",
                "Whole processes against an API server on the same machine, in turn; the time that passed, and the "
                "median of the ratios round by round. kpy looks for what is there, has the server try all objects, "
                "applies them and writes down what it made; it deletes each object only if it is still the same one.",
                ("kpy", "beside", "kpy's time", "the other's", "ratio", "budget"),
                rows,
            )

    def scale(self, found: Figures, passes: tuple[str, ...], *, apart: bool) -> None:
        what = "Many apps" if apart else "One large app"
        unit = "apps" if apart else "charts"
        text = (
            "Each app has a ConfigMap, a Deployment that uses it, and its Service."
            if apart
            else "One app of many charts with these three objects each."
        )
        self._add(
            what,
            f"{text} All in one process, without its start and its first app; the tools run in turn and the ratio is "
            "the median pair by pair. kpy checks every object against the API's types and rules; "
            "cdk8s checks nothing at this point, and writes defaults of its own. Memory is the peak of the process, "
            "with that of Node, which cdk8s for Python starts.",
            (unit, "tool", *passes, "whole", "objects a second", "output", "memory", "ratio to kpy"),
            self._scale_rows(found, passes),
        )

    def growth(self, figures: dict[int, dict[str, float]]) -> None:
        """Say what ten times the objects cost; both sizes were measured in turn."""
        small, large = figures
        grown = figures[large]
        self._parts.append(
            f"From {small * 3:,} to {large * 3:,} objects, measured in turn, kpy takes {grown['ratio']:.1f} times as "
            f"long and {grown['memory_ratio']:.1f} times the memory.\n"
        )

    def checks(self, figures: dict[str, float], documents: int) -> None:
        names = {
            "kpy": "kpy, parsed: types, the server's rules, references",
            "policies": "kpy, parsed: all policies too, which find fault with it",
            "jsonschema": "jsonschema, parsed: the published schema",
            "kpy command": "`kpy validate`, from YAML",
            "kubeconform command": "`kubeconform -strict`, from YAML: the published schema",
        }
        self._add(
            "Checking alone",
            f"What a Deployment costs among {documents:,}, and for commands, which start a process, what each but the "
            "first adds.",
            ("checker", "time", "ratio"),
            (
                (name, tidy(figures[key]), f"{figures[key] / figures['kpy']:.1f} x")
                for key, name in names.items()
                if key in figures
            ),
        )

    def writers(self, figures: dict[str, float], objects: int) -> None:
        names = {"json": "`json.dumps`", "emit": "kpy's emitter", "pyyaml": "PyYAML with its C library"}
        self._add(
            "Writing alone",
            f"The same {objects:,} trees.",
            ("writer", "time", "ratio"),
            ((name, tidy(figures[key]), f"{figures[key] / figures['json']:.1f} x") for key, name in names.items()),
        )

    def _scale_rows(self, found: Figures, passes: tuple[str, ...]) -> Iterable[tuple[str, ...]]:
        for size, rows in found.items():
            for tool, figures in rows.items():
                yield (
                    f"{size:,}",
                    tool,
                    *(tidy(figures[step]) if step in figures else "" for step in passes),
                    tidy(figures["whole"]),
                    f"{size * 3 / figures['whole']:,.0f}",
                    f"{figures['bytes'] / 1024:,.0f} KiB",
                    f"{figures['memory']:.0f} MiB",
                    f"{figures['ratio']:.1f} x",
                )

    def _add(self, title: str, text: str, head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
        lines = [f"## {title}\n", f"{text}\n", _row(head), _row("---" for _ in head), *map(_row, rows)]
        self._parts.append("\n".join(lines) + "\n")


def _cost(cost: Cost) -> str:
    return f"{tidy(cost.cpu)} ({tidy(cost.seconds)})"


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"

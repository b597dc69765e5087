"""The proof of a chart: for many value sets, what the real helm renders is what kpy synthesises."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import zip_longest
from typing import Any, NamedTuple

from kpy.delivery.helm_chart.expressions import MISSING, Values, is_equal, key_of_values
from kpy.delivery.helm_chart.following import first_difference, shown_place
from kpy.documents import read_documents
from kpy.errors import KpyError
from kpy.objects import Key, key_of, title
from kpy.programs.helm import HelmRenderer
from kpy.programs.rendered import RenderError

__all__ = ["Case", "ProofError", "prove"]


class Case(NamedTuple):
    """A value set that is rendered."""

    #: What it is called in messages.
    name: str
    values: Values
    #: What kpy synthesises with it.
    trees: Sequence[Mapping[str, Any]]


class ProofError(KpyError, RuntimeError):
    """A chart that renders something else than kpy synthesises."""


def prove(
    helm: HelmRenderer,
    files: Mapping[str, bytes],
    cases: Iterable[Case],
    *,
    kubernetes: str,
    step: Callable[[int], None] = lambda count: None,
) -> int:
    """Render the chart with each value set, and return how many there were; the first one is what it is linted with.

    Raises `ProofError` where something differs, and `ProgramError` when helm cannot be run.
    """
    count = 0
    with tempfile.TemporaryDirectory(prefix="kpy-chart-") as folder:
        _lay_down(folder, files)
        for case in cases:
            if not count:
                _lint(helm, folder, case, kubernetes)
            _check(helm, folder, case, kubernetes)
            count += 1
            step(count)
    return count


def _lay_down(folder: str, files: Mapping[str, bytes]) -> None:
    for path, content in files.items():
        place = os.path.join(folder, *path.split("/"))
        os.makedirs(os.path.dirname(place), exist_ok=True)
        with open(place, "wb") as file:
            file.write(content)


def _lint(helm: HelmRenderer, folder: str, case: Case, kubernetes: str) -> None:
    if said := helm.lint(folder, values=case.values, kubernetes=kubernetes):
        raise ProofError(f"`helm lint --strict` does not accept the chart: {'; '.join(said)}")


def _check(helm: HelmRenderer, folder: str, case: Case, kubernetes: str) -> None:
    try:
        text = helm.template(folder, values=case.values, kubernetes=kubernetes, with_crds=True, with_tests=True)
    except RenderError as error:
        raise ProofError(f"helm cannot render the chart with {case.name}: {error}") from None
    reading = read_documents(text, "the output of helm")
    if reading.errors:
        raise ProofError(f"with {case.name}, helm renders what is no YAML: {reading.errors[0].message}")
    rendered, wanted = _by_key(document.tree for document in reading.documents), _by_key(case.trees)
    for key, trees in wanted.items():
        tree: Any
        other: Any
        for tree, other in zip_longest(trees, rendered.get(key, ()), fillvalue=MISSING):
            if tree is MISSING or other is MISSING:
                what = "no" if other is MISSING else "more than one"
                raise ProofError(f"with {case.name}, helm renders {what} {title(trees[0])}")
            if not is_equal(other, tree):
                place, _, _ = first_difference((), other, tree)
                raise ProofError(f"with {case.name}, helm renders another {title(tree)}: {shown_place(place)} differs")
    if more := [trees[0] for key, trees in rendered.items() if key not in wanted]:
        raise ProofError(f"with {case.name}, helm renders a {title(more[0])}, which the app does not have")


def _by_key(trees: Iterable[Mapping[str, Any]]) -> dict[Key, list[Any]]:
    """Return objects by what makes them one object; those without a name may be several."""
    found: dict[Key, list[Any]] = {}
    for tree in trees:
        found.setdefault(key_of(tree), []).append(tree)
    return {key: sorted(trees, key=key_of_values) for key, trees in found.items()}

"""`kpy validate --all`: every output of a workspace is made and judged, and nothing is written."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from kpy.cli.apps import project_with
from kpy.cli.baselines import sift_by_baseline
from kpy.cli.codes import CANNOT, DONE, FAULT, FOUND, code_of_report
from kpy.cli.failures import say_failures, with_failures
from kpy.cli.findings import findings_to_product, say_summary
from kpy.cli.fleet import chosen_outputs, joined, judged, refuse_contradictions
from kpy.cli.options import Given
from kpy.cli.output import Product, say
from kpy.diagnostics import Report
from kpy.reporting.summary import not_judged

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kpy.delivery.rendering import Rendered
    from kpy.project import Project

__all__ = ["run"]

#: What is about one output, or about files, and so not about all outputs.
_OF_ONE = {"env": "--env", "cluster": "--cluster", "render": "--render", "exclude": "--exclude"}


def run(given: Given) -> int:
    """Judge every output that is chosen and write what was found; return the worst exit code."""
    refuse_contradictions(given, _OF_ONE)
    form = given.text("format")
    project = project_with(given, None).on(date.today(), lists_waivers=given.has("waivers"))
    outputs = chosen_outputs(given, project.outputs(below="."))
    with Product() as product:
        rendered = judged(given, project, outputs)
        found = joined(rendered, form)
        if given.has("waivers"):
            from kpy.cli.waivers import code_of_waivers, waivers_to_text

            product.write(waivers_to_text(found, product.view(given)))
            return code_of_waivers(found)
        report, known = sift_by_baseline(found, given)
        failed = joined(with_failures([each._replace(findings=()) for each in rendered], form), form)
        told = Report([*report, *failed], mask=report.mask)
        product.write(findings_to_product(told, given, product.view(given)))
    say_failures(rendered, form)
    count = sum(each.objects for each in rendered)
    say_summary(told, given, count, skipped=not_judged(found), has_policies=_has_policies(given, project), known=known)
    say(_summary(rendered))
    codes = [code_of_report(report, given.text("fail_on")), *(each.code for each in rendered if each.failure)]
    return next((code for code in (FAULT, CANNOT, FOUND) if code in codes), DONE)


def _has_policies(given: Given, project: Project) -> bool:
    """Return whether policies were selected, or are not wanted."""
    from kpy.checking.choice import ALL

    select, ignore = ([*getattr(project.settings, name), *given.texts(name)] for name in ("select", "ignore"))
    return bool(select) or ALL in ignore


def _summary(rendered: Sequence[Rendered]) -> str:
    apps = len({each.output.app.word for each in rendered})
    said = f"{len(rendered)} output{'s' if len(rendered) != 1 else ''} of {apps} app{'s' if apps != 1 else ''}"
    failed = sum(bool(each.failure) for each in rendered)
    return f"{said}, {failed} that could not be made" if failed else said

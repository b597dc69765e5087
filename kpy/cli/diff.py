"""`kpy diff`: an app against a cluster, and what applying it would do."""

from __future__ import annotations

from kpy.cli.bad_effects import too_bad
from kpy.cli.clusters import explain, open_session, plan_for
from kpy.cli.options import Given
from kpy.cli.output import Product, say
from kpy.reporting.formats import write_changes

__all__ = ["run"]


def run(given: Given) -> int:
    """Write what applying the app would change; return 1 where the cluster would refuse it, or `--fail-on` says so."""
    session = open_session(given)
    plan = plan_for(given, session)
    found = plan.comparison
    with Product() as product:
        product.write(write_changes(found, given.text("format"), product.view(given)))
    for line in explain(plan):
        say(line)
    if any(item.failure is not None and item.failure.reason == "forbidden" for item in plan.failures):
        say("--dry-run=client compares without any right to change something")
    least = given.text("fail_on")
    if bad := too_bad(found, least):
        say(f"{bad} change{'s are' if bad > 1 else ' is'} as bad as --fail-on {least}, or worse")
    return 1 if bad or plan.failures else 0

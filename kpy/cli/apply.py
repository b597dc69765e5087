"""`kpy apply`: an app to a cluster, as carefully as a good operator would."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kpy.cli.clusters import (
    Session,
    ask,
    explain,
    me,
    open_session,
    plan_for,
    timeout_of,
    wait,
)
from kpy.cli.options import Given
from kpy.cli.output import say, tell, view
from kpy.cli.stopping import code_of_stop, interruptible, uninterruptible, word_of_stop
from kpy.errors import ClusterError
from kpy.reporting.formats import write_changes

if TYPE_CHECKING:
    from kpy.kubectl import Gone, Plan, Work

__all__ = ["run"]


def run(given: Given) -> int:
    """Show what will change, ask, and apply; return 1 when the cluster refuses something, or a person does."""
    timeout_of(given)
    session = open_session(given)
    plan = plan_for(given, session)
    say(write_changes(plan.comparison, view=view(given)).rstrip("\n"))
    for line in explain(plan):
        say(line)
    if reason := _refusal(given, plan):
        say(f"{reason}; nothing was changed")
        return 1
    pruned = _pruned(given, plan)
    if given.text("dry_run"):
        say("nothing was changed: this was a dry run")
        return 0
    has_work = not all(item.change.effect == "no change" for item in plan.items)
    if has_work and not given.has("yes") and not ask("Apply these changes?"):
        say("nothing was changed")
        return 1
    pruned = pruned if given.has("prune") or not pruned or _may_prune(given, pruned) else []
    gone = [gone for gone in plan.gone if gone in pruned or gone.successor is not None]
    if has_work or gone or plan.open_jobs or plan.is_restored:
        return _carry_out(given, session, plan, gone)
    return 0 if not given.has("wait") or wait(given, session.cluster, plan.items) else 1


def _refusal(given: Given, plan: Plan) -> str:
    """Return why the plan must not be carried out; empty when it may."""
    from kpy.compare import Comparison

    if plan.failures:
        count = len(plan.failures)
        return f"the cluster would refuse {count} object{'s' if count > 1 else ''}"
    if plan.immutable and not given.has("replace"):
        names = ", ".join(str(item.key) for item in plan.immutable)
        return f"{names} cannot be changed in place: --replace deletes and creates anew"
    if foreign := [str(item.key) for item in plan.immutable if item.is_adopted]:
        return f"{', '.join(foreign)}: not made by kpy, so --replace does not delete it without --adopt"
    kept = Comparison(item.change for item in plan.items).refused
    if not kept and given.has("prune"):
        kept = plan.comparison.refused
    if kept:
        return "; ".join(kept)
    replaced = [item for item in plan.immutable if item.holds_data]
    lost = [*replaced, *(item for item in plan.items if item.change.effect == "data loss")]
    if lost and not given.has("allow_data_loss"):
        return f"{', '.join(str(item.key) for item in lost)}: this can lose data; allow it with --allow-data-loss"
    return ""


def _pruned(given: Given, plan: Plan) -> list[Gone]:
    """Return what may be pruned, and say what stays and why; a Job whose place is taken is not asked about."""
    from kpy.compare import Comparison

    undeclared = [gone for gone in plan.gone if gone.successor is None]
    if plan.is_pruning_everything and not given.has("prune_all"):
        say(f"all {len(undeclared)} objects of earlier applies are no longer declared: they stay without --prune-all")
        return []
    protected = [gone for gone in undeclared if gone.change.protected]
    for text in Comparison(gone.change for gone in protected).refused:
        say(f"no longer declared, but {text}")
    undeclared = [gone for gone in undeclared if gone not in protected]
    kept = [gone for gone in undeclared if gone.holds_data and not given.has("allow_data_loss")]
    for gone in kept:
        say(f"{gone.key}: no longer declared, but it holds data: it stays without --allow-data-loss")
    return [gone for gone in undeclared if gone not in kept]


def _may_prune(given: Given, pruned: list[Gone]) -> bool:
    names = ", ".join(str(gone.key) for gone in pruned)
    if given.has("yes"):
        say(f"no longer declared: {names}; --prune deletes them")
        return False
    return ask(f"Delete what is no longer declared: {names}?")


def _carry_out(given: Given, session: Session, plan: Plan, pruned: list[Gone]) -> int:
    from kpy.kubectl import Work

    work = Work(
        session.cluster,
        plan,
        me=me(),
        tell=tell,
        force=given.has("force_conflicts"),
        replace=given.has("replace"),
        await_jobs=lambda jobs: wait(given, session.cluster, jobs, work.renew, are_jobs=True),
        timeout=timeout_of(given),
    )
    try:
        with interruptible():
            is_done = work.apply()
            others = [item for item in plan.items if item.key not in work.complete]
            is_ready = is_done and (not given.has("wait") or wait(given, session.cluster, others, work.renew))
            is_done = is_done and (not is_ready or work.delete(pruned))
            if is_done:
                left = [gone.key for gone in plan.gone if gone not in pruned or not is_ready]
                work.finish([*(item.key for item in plan.items if not item.is_adopted), *left])
    except KeyboardInterrupt as stop:
        _report(work)
        say(f"{word_of_stop(stop)}: the next kpy apply completes it")
        return code_of_stop(stop)
    except ClusterError as error:
        if not work.deeds:
            raise
        say(f"error: {error}")
        return _report(work)
    finally:
        with uninterruptible():
            work.abandon()
    if is_done and not is_ready:
        say("everything was applied, but not everything is ready" + ("; nothing was pruned" if pruned else ""))
        return 1
    return 0 if is_done else _report(work)


def _report(work: Work) -> int:
    """Say what was done and what was not, and return 1."""
    if unknown := [key for key, deed in work.deeds.items() if deed == "unknown"]:
        say(f"not known whether applied: {', '.join(map(str, unknown))}")
    done = sum(deed not in ("refused", "unknown") for deed in work.deeds.values())
    refused = sum(deed == "refused" for deed in work.deeds.values())
    say(f"{done} applied, {refused} refused, {len(work.left)} not applied")
    for key in work.left:
        say(f"not applied: {key}")
    return 1

"""`kpy delete`: out of a cluster with what applies of an app have created, and with nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kpy.cli.clusters import ask, me, note_elsewhere, open_session, timeout_of
from kpy.cli.options import Given
from kpy.cli.output import say, tell, view
from kpy.cli.stopping import code_of_stop, interruptible, uninterruptible, word_of_stop
from kpy.errors import ClusterError
from kpy.reporting.formats import write_changes

if TYPE_CHECKING:
    from kpy.kubectl import Cluster, Gone, Inventory, Key, Work

__all__ = ["run"]


def run(given: Given) -> int:
    """Show what goes, ask, and delete it; return 1 when the cluster refuses something, or a person does."""
    timeout_of(given)
    session = open_session(given)
    from kpy.compare import Comparison
    from kpy.kubectl import deletions, find_inventory

    inventory = find_inventory(
        session.cluster,
        session.manifest,
        namespace=given.text("namespace"),
        owner=session.owner,
        origin=session.origin,
    )
    if not given.has("take_over"):
        inventory.refuse_other_owner()
    members = inventory.members()
    if inventory.live is None and not members:
        note_elsewhere(session.cluster, inventory)
        where = f'from namespace "{inventory.namespace}"'
        say(f'the app "{inventory.app}" has never been applied {where}: there is nothing to delete')
        return 0
    if inventory.live is None:
        say(
            f"note: {inventory.key}, which keeps what belongs to the app, is gone: these objects were found by their "
            "label, in the namespaces and of the kinds that the app declares"
        )
    going = deletions(list(members.values()))
    say(write_changes(Comparison(gone.change for gone in going), view=view(given)).rstrip("\n"))
    if protected := Comparison(gone.change for gone in going).refused:
        for text in protected:
            say(f"error: {text}")
        say("nothing was deleted")
        return 1
    kept = [gone for gone in going if gone.holds_data and not given.has("allow_data_loss")]
    for gone in kept:
        say(f"{gone.key}: it holds data: it stays without --allow-data-loss")
    going = [gone for gone in going if gone not in kept]
    if given.text("dry_run"):
        say("nothing was deleted: this was a dry run")
        return 0
    if not given.has("yes") and going and not ask(f"Delete {len(going)} objects?"):
        say("nothing was deleted")
        return 1
    return _carry_out(given, session.cluster, inventory, going, kept)


def _carry_out(given: Given, cluster: Cluster, inventory: Inventory, going: list[Gone], kept: list[Gone]) -> int:
    from kpy.kubectl import Plan, Work, wait_until_gone

    work = Work(cluster, Plan([], going, inventory), me=me(), tell=tell)
    try:
        with interruptible():
            if not work.delete(going):
                return _report(work, going)
            left: list[Key] = []
            if given.has("wait"):
                left = wait_until_gone(cluster, [gone.live for gone in going], timeout=timeout_of(given))
            if kept or left:
                work.finish([*(gone.key for gone in kept), *left])
            else:
                work.forget()
    except KeyboardInterrupt as stop:
        _report(work, going)
        say(f"{word_of_stop(stop)}: the next kpy delete completes it")
        return code_of_stop(stop)
    except ClusterError as error:
        if not work.deeds:
            raise
        say(f"error: {error}")
        return _report(work, going)
    finally:
        with uninterruptible():
            work.abandon()
    for key in left:
        say(f"error: {key}: it is still being deleted; something holds it by a finalizer")
    return 1 if left else 0


def _report(work: Work, going: list[Gone]) -> int:
    """Say what was deleted and what was not, and return 1."""
    done = sum(deed == "deleted" for deed in work.deeds.values())
    say(f"{done} deleted, {len(work.refusals)} refused, {len(going) - done - len(work.refusals)} not deleted")
    return 1

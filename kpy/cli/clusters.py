"""What the commands that speak to a cluster have in common."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from kpy.cli.apps import app_for, kubernetes_of, project_for, synth_for_cluster
from kpy.cli.options import Given, MisuseError
from kpy.cli.output import Product, say, say_findings
from kpy.cli.revisions import IN_GIT
from kpy.errors import SynthError

if TYPE_CHECKING:
    from kpy.kubectl import Cluster, Inventory, Item, Owner, Plan, Transport
    from kpy.kubectl.objects import Tree
    from kpy.manifest import Manifest
    from kpy.project import Project
    from kpy.project.origin import Origin

__all__ = [
    "Session",
    "ask",
    "context_for",
    "explain",
    "me",
    "note_elsewhere",
    "open_session",
    "plan_for",
    "timeout_of",
    "transport_for",
    "wait",
]


class Session(NamedTuple):
    """An app, whose it is, and the cluster it goes to."""

    cluster: Cluster
    manifest: Manifest
    owner: Owner
    origin: Origin


def transport_for(given: Given, context: str | None) -> Transport:
    """Return the kubectl that a command line means. Raises `ClusterError` when there is none."""
    from kpy.kubectl import Kubectl

    return Kubectl(given.text("kubectl"), context=context, kubeconfig=given.text("kubeconfig"), tell=say)


def context_for(given: Given, project: Project) -> str | None:
    """Return the context that is meant; nothing for the current one of kubectl.

    Raises `MisuseError` for one that the project does not allow, and where it allows several and none is chosen.
    """
    context, allowed = given.text("context"), project.settings.contexts
    if not allowed or given.has("any_context"):
        return context
    names = ", ".join(allowed)
    chosen = project.environment
    table = f"environments.{chosen.name}" if chosen is not None and chosen.contexts is not None else ""
    where = f"[tool.kpy.{table}]" if table else "[tool.kpy]"
    if context is None and len(allowed) > 1:
        what = f"the environment {chosen.name}" if table and chosen is not None else "this project"
        raise MisuseError(f"{what} may be applied to several contexts: choose one with --context: {names}")
    if context is not None and context not in allowed:
        raise MisuseError(
            f"--context {context}: `contexts` of {where} does not allow it; it allows {names}. "
            "Use one of these, or lift the limit with --any-context"
        )
    return context or next(iter(allowed))


def open_session(given: Given) -> Session:
    """Return the app, checked for the cluster's release, and the cluster. Raises `SynthError` when the app has errors.

    Whatever the code of the app prints goes to standard error. An app at a Git revision, `git:v1.2`, is made as it was
    then; whose it is, and where it may go, is what the project says now.
    """
    if (given.text("app") or "").startswith(IN_GIT):
        return _open_revision(given, given.text("app") or "")
    kubernetes = kubernetes_of(given)
    project = project_for(given.text("app"), given.text("env"), given.text("cluster"))
    with Product():
        app = app_for(given, project, given.text("app"))
        cluster = _cluster_for(given, project)
        release = project.release(app, kubernetes=kubernetes) or _known(cluster.release)
        try:
            manifest = synth_for_cluster(project, app, release)
        except SynthError as error:
            error.add_note("nothing was changed in the cluster")
            raise
    _note_release(cluster, manifest)
    say_findings(manifest.report.only("warning"), given)
    from kpy.kubectl import Owner
    from kpy.project.origin import origin_of

    folder = os.path.dirname(app._where.file) if app._where is not None else ""
    return Session(cluster, manifest, Owner(project.name, given.text("env") or ""), origin_of(folder))


def _open_revision(given: Given, target: str) -> Session:
    from kpy.cli.handover import manifest_at
    from kpy.kubectl import Owner

    kubernetes_of(given)
    project = project_for(None, given.text("env"), given.text("cluster"))
    cluster = _cluster_for(given, project)
    manifest, origin = manifest_at(given, project, target, _known(cluster.release))
    _note_release(cluster, manifest)
    return Session(cluster, manifest, Owner(project.name, given.text("env") or ""), origin)


def _cluster_for(given: Given, project: Project) -> Cluster:
    """Return the cluster that is meant, and say where its kubectl is one that is not tested."""
    from kpy.kubectl import Cluster

    cluster = Cluster(transport_for(given, context_for(given, project)))
    if cluster.versions.warning:
        say(f"warning: {cluster.versions.warning}")
    return cluster


def _note_release(cluster: Cluster, manifest: Manifest) -> None:
    if cluster.release != manifest.release:
        say(f"warning: the cluster is Kubernetes {cluster.release}, and the app was checked for {manifest.release}")


def _known(release: str) -> str | None:
    from kpy.schema import RELEASES

    return release if release in RELEASES else None


def plan_for(given: Given, session: Session) -> Plan:
    """Return what applying the app would do."""
    from kpy.kubectl import make_plan

    plan = make_plan(
        session.cluster,
        session.manifest,
        namespace=given.text("namespace"),
        force=given.has("force_conflicts"),
        adopt=given.has("adopt"),
        ask=given.text("dry_run") != "client",
        owner=session.owner,
        origin=session.origin,
        take_over=given.has("take_over"),
    )
    for warning in session.cluster.warnings:
        say(f"warning: {warning}")
    if plan.is_restored:
        say(
            f"note: {plan.inventory.key}, which keeps what belongs to the app, is gone: its objects were found by "
            "their label, and the next apply writes it anew. What the app no longer declares is found only in the "
            "namespaces and of the kinds that it still declares"
        )
    elif plan.inventory.live is None:
        note_elsewhere(session.cluster, plan.inventory)
    return plan


def note_elsewhere(cluster: Cluster, inventory: Inventory) -> None:
    """Say where else an app of this name has been applied, since it may have moved."""
    from kpy.kubectl import elsewhere

    if places := elsewhere(cluster, inventory):
        more = f" and {len(places) - 3} more" if len(places) > 3 else ""
        say(
            f'note: an app "{inventory.app}" has been applied from namespace {", ".join(places[:3])}{more}; '
            "if this is the same app, name that namespace with --namespace"
        )


def explain(plan: Plan) -> list[str]:
    """Return what there is to know about a plan beyond its changes, as lines."""
    lines = []
    for why, items in _grouped((item.untried, item) for item in plan.items if item.untried).items():
        lines.append(f"{_names(items)} cannot be tried by the server yet: {why}")
    if adopted := [item for item in plan.items if item.is_adopted and item.failure is None]:
        lines.append(f"{_names(adopted)}: not made by kpy, which will never delete it")
    if given_up := [item for item in plan.items if item.handover is not None and item.handover.given_up]:
        lines.append(f"{_names(given_up)}: `replicas` is left to the autoscaler, with the number that it has now")
    if ran := [item for item in plan.items if item.has_run]:
        lines.append(f"{_names(ran)}: has run with this content already, and is not made again")
    if moved := _branches(plan):
        lines.append(moved)
    if taken := [item for item in plan.items if item.is_from_kubectl]:
        lines.append(f"{_names(taken)}: applied by kubectl so far; fields that it set and the app does not will go")
    for item in plan.items:
        if item.failure is not None and item.failure.reason != "immutable":
            lines.append(f"{_place(item)}error: {item.key}: {item.failure}")
            lines += [f'    {conflict.field} belongs to "{conflict.owner}"' for conflict in item.failure.conflicts]
    return lines


def _branches(plan: Plan) -> str:
    """Return what to say before objects go that another branch may have made; empty where there is nothing to say."""
    before, now = plan.inventory.recorded_origin, plan.inventory.origin
    if not plan.gone or not before.branch or before.branch == now.branch:
        return ""
    here = f'the branch "{now.branch}"' if now.branch else f"git:{now.revision}" if now.revision else "no branch"
    return f"what is no longer declared was last applied from {before}; this is {here}"


def _grouped(pairs: Iterable[tuple[str, Item]]) -> dict[str, list[Item]]:
    found: dict[str, list[Item]] = {}
    for why, item in pairs:
        found.setdefault(why, []).append(item)
    return found


def _names(items: Sequence[Item]) -> str:
    names = ", ".join(str(item.key) for item in items[:3])
    return f"{names} and {len(items) - 3} more" if len(items) > 3 else names


def _place(item: Item) -> str:
    return f"{item.change.where}: " if item.change.where is not None else ""


def timeout_of(given: Given) -> float:
    """Return how long to wait, in seconds. Raises `MisuseError` for what is no duration."""
    said = given.text("timeout") or "5m"
    from kpy.errors import UnitError
    from kpy.units import parse_duration

    try:
        seconds = parse_duration(said).total_seconds()
    except UnitError as error:
        raise MisuseError(f"--timeout {said}: {error}") from None
    if seconds < 0:
        raise MisuseError(f"--timeout {said}: write how long to wait, such as 90s or 10m")
    return seconds


def wait(
    given: Given,
    cluster: Cluster,
    items: Iterable[Item],
    renew: Callable[[], None] = lambda: None,
    *,
    are_jobs: bool = False,
) -> bool:
    """Wait until objects of an app are ready, and return whether they are; say why where one is not."""
    from kpy.cli.progress import progress
    from kpy.kubectl import reasons_for, wait_for

    items = [item for item in items if not item.has_run]
    trees = [item.tree for item in items]
    with progress() as show:
        states = wait_for(cluster, trees, timeout=timeout_of(given), show=show, renew=renew, are_jobs=are_jobs)
    failed = [item for item in items if states[item.key].phase == "failed"]
    live = cluster.get(item.tree for item in failed)
    for item in failed:
        say(f"{_place(item)}error: {item.key}: {states[item.key].message}")
        for line in reasons_for(cluster, live[item.key]) if item.key in live else ():
            say(f"    {line}")
        if are_jobs and item.key in live:
            for line in _what_now(given, item, live[item.key]):
                say(f"    {line}")
    return not failed


def _what_now(given: Given, job: Item, live: Tree) -> list[str]:
    """Return how to see all that a Job wrote, and how it goes on."""
    from kpy.kubectl.jobs import has_failed

    context = f" --context {given.text('context')}" if given.text("context") else ""
    where = f"{context} --namespace {job.key.namespace}"
    logs = f"its logs: kubectl logs{where} --selector job-name={job.key.name} --tail=-1"
    if not has_failed(live):
        return [logs, "it goes on; the next kpy apply waits for it again"]
    if job.may_run_again:
        return [logs, "the next kpy apply runs it again"]
    return [logs, f"to run it again, delete it first: kubectl delete{where} job/{job.key.name}"]


def ask(question: str) -> bool:
    """Ask a person, and return whether they agree. Raises `MisuseError` where there is nobody to ask."""
    if sys.stdin is None or not sys.stdin.isatty():
        raise MisuseError(f"{question} There is nobody to ask, so nothing was changed: add --yes")
    sys.stderr.write(f"{question} [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def me() -> str:
    """Return who is at work, for whoever finds the lock."""
    import socket

    user = os.environ.get("USER") or os.environ.get("USERNAME") or "somebody"
    return f"{user} at {socket.gethostname()}, process {os.getpid()}"

"""`kpy status`: how far the objects of an app are in a cluster, and whether they are what the app says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kpy.cli.clusters import open_session, timeout_of, wait
from kpy.cli.options import Given
from kpy.cli.output import Product, say

if TYPE_CHECKING:
    from kpy.kubectl import Item, Key, Plan, State

__all__ = ["run"]


def run(given: Given) -> int:
    """Write how far every object is; return 1 unless all are there and ready."""
    timeout_of(given)
    session = open_session(given)
    from kpy.kubectl import make_plan, states_of

    plan = make_plan(session.cluster, session.manifest, namespace=given.text("namespace"), ask=False)
    if given.has("wait"):
        wait(given, session.cluster, plan)
        plan = make_plan(session.cluster, session.manifest, namespace=given.text("namespace"), ask=False)
    live = {item.key: item.live for item in plan.items if item.live is not None}
    states = states_of(session.cluster, live, [item.key for item in plan.items])
    with Product() as product:
        product.write(_to_json(plan, states) if given.text("format") == "json" else _to_text(plan, states))
    if given.text("format") != "json":
        say(_summary(plan, states))
    return 0 if all(state.phase == "ready" for state in states.values()) else 1


def _to_text(plan: Plan, states: dict[Key, State]) -> str:
    lines = [f"{states[item.key].phase:<10}{item.key}: {states[item.key].message}{_drift(item)}" for item in plan.items]
    lines += [f"{'leftover':<10}{gone.key}: no longer declared" for gone in plan.gone]
    return "".join(f"{line}\n" for line in lines)


def _drift(item: Item) -> str:
    if item.live is None or item.change.effect == "no change":
        return ""
    paths = [difference.path for difference in item.change.differences]
    more = f" and {len(paths) - 2} more" if len(paths) > 2 else ""
    return f"; it differs from the app in {', '.join(paths[:2])}{more}"


def _summary(plan: Plan, states: dict[Key, State]) -> str:
    phases = [state.phase for state in states.values()]
    counts = ", ".join(f"{phases.count(phase)} {phase}" for phase in ("ready", "waiting", "failed") if phase in phases)
    said = [counts or "no objects"]
    inventory = plan.inventory
    if inventory.live is None:
        said.append(f'never applied from namespace "{inventory.namespace}"')
    elif holder := inventory.holder():
        said.append(f"being applied by {holder}")
    else:
        said.append(f"last applied {inventory.renewed or 'at an unknown time'}")
    return "; ".join(said)


def _to_json(plan: Plan, states: dict[Key, State]) -> str:
    import json

    objects = [
        {
            **_named(item.key),
            "phase": states[item.key].phase,
            "message": states[item.key].message,
            "differs": item.live is not None and item.change.effect != "no change",
        }
        for item in plan.items
    ]
    inventory = plan.inventory
    said = {
        "app": inventory.app,
        "namespace": inventory.namespace,
        "renewed": inventory.renewed or None,
        "holder": inventory.holder() or None,
        "objects": objects,
        "leftover": [_named(gone.key) for gone in plan.gone],
    }
    return json.dumps(said, indent=2, ensure_ascii=False) + "\n"


def _named(key: Key) -> dict[str, str]:
    return key._asdict()

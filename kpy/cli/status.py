"""`kpy status`: how far the objects of an app are in a cluster, and whether they are what the app says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kpy.cli.clusters import open_session, timeout_of, wait
from kpy.cli.options import Given
from kpy.cli.output import Product, say
from kpy.printable import printable, printable_json

if TYPE_CHECKING:
    from kpy.cli.clusters import Session
    from kpy.kubectl import Apply, Item, Key, Plan, State

__all__ = ["run"]


def run(given: Given) -> int:
    """Write how far every object is; return 1 unless all are there and ready."""
    timeout_of(given)
    session = open_session(given)
    from kpy.kubectl import State, make_plan, states_of

    if given.has("history"):
        return _show_history(given, session)
    plan = make_plan(session.cluster, session.manifest, namespace=given.text("namespace"), ask=False)
    if given.has("wait"):
        wait(given, session.cluster, plan.items)
        plan = make_plan(session.cluster, session.manifest, namespace=given.text("namespace"), ask=False)
    live = {item.key: item.live for item in plan.items if item.live is not None}
    states = states_of(session.cluster, live, [item.key for item in plan.items])
    states |= {item.key: State("ready", "complete, and gone since") for item in plan.items if item.has_run}
    with Product() as product:
        product.write(_to_json(plan, states) if given.text("format") == "json" else _to_text(plan, states))
    if given.text("format") != "json":
        say(_summary(plan, states))
    return 0 if all(state.phase == "ready" for state in states.values()) else 1


def _show_history(given: Given, session: Session) -> int:
    """Write the last applies of the app, newest first; return 1 when there is none."""
    from kpy.kubectl import find_inventory

    inventory = find_inventory(session.cluster, session.manifest, namespace=given.text("namespace"))
    history = inventory.history
    with Product() as product:
        if given.text("format") == "json":
            import json

            entries = json.dumps([apply._asdict() for apply in history], indent=2, ensure_ascii=False)
            product.write(printable_json(entries) + "\n")
        else:
            product.write("".join(_line_of(apply) for apply in history))
    if not history:
        say(f'no apply of the app "{inventory.app}" is remembered in namespace "{inventory.namespace}"')
    return 0 if history else 1


def _line_of(apply: Apply) -> str:
    origin = f"  from {apply.origin}" if apply.origin else ""
    return printable(f"{apply.time}  {apply.changes}  by {apply.who}{origin}") + "\n"


def _to_text(plan: Plan, states: dict[Key, State]) -> str:
    lines = [f"{states[item.key].phase:<10}{item.key}: {states[item.key].message}{_drift(item)}" for item in plan.items]
    lines += [f"{'leftover':<10}{gone.key}: no longer declared" for gone in plan.gone]
    return "".join(f"{printable(line)}\n" for line in lines)


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
    return printable_json(json.dumps(said, indent=2, ensure_ascii=False)) + "\n"


def _named(key: Key) -> dict[str, str]:
    return key._asdict()

"""What only a handover makes valid is tried without the part that has to go first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from kpy.kubectl import Key
from kpy.kubectl.cluster import Outcome
from kpy.kubectl.failures import Failure
from kpy.kubectl.ownership import Handover, after_rehearsal, handover_for, rehearsal
from kpy.kubectl.rehearsal import rehearsed

Tree = dict[str, Any]

KEY = Key("apps", "Deployment", "default", "web")
ROLLING = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%"}}
UNION = Failure("invalid", "not with Recreate", "", ("spec.strategy.rollingUpdate",))
OTHER = Failure("invalid", "no such class", "", ("spec.template.spec.priorityClassName",))
BOTH = Failure("invalid", "both", "", (*UNION.fields, *OTHER.fields))
DENIED = Failure("webhook", "images must be signed")


def web(strategy: object = None, **pod: object) -> Tree:
    template = {"spec": {"containers": [{"name": "main", "image": "web:1"}], **pod}}
    spec = {"template": template, **({"strategy": strategy} if strategy else {})}
    metadata = {"name": "web", "namespace": "default"}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": spec}


LIVE = web(ROLLING, volumes=[{"name": "data", "emptyDir": {}}, {"name": "more", "emptyDir": {}}])
NEW = web(
    {"type": "Recreate"}, volumes=[{"name": "data", "configMap": {"name": "c"}}, {"name": "more", "emptyDir": {}}]
)


def handover(live: Tree, tree: Tree, key: Key = KEY) -> Handover:
    found = handover_for(key, live, tree, frozenset())
    assert found is not None
    return found


class Server:
    """Answers a dry run, and remembers what was tried."""

    def __init__(self, failure: Failure | None) -> None:
        self.failure = failure
        self.tried: list[Mapping[str, Any]] = []

    def apply(self, trees: Sequence[Mapping[str, Any]], *, dry_run: bool, force: bool) -> list[Outcome]:
        assert dry_run
        self.tried += trees
        return [Outcome(None, self.failure) if self.failure else Outcome(dict(tree)) for tree in trees]


def outcome_after(first: Failure | None, second: Failure | None) -> tuple[Outcome, Server]:
    server = Server(second)
    before = {KEY: Outcome(None, first) if first else Outcome(NEW)}
    handovers = {KEY: handover(LIVE, NEW)}
    found = rehearsed(server, before, {KEY: NEW}, {KEY: LIVE}, handovers, force=False)  # type: ignore[arg-type]
    return found[KEY], server


def test_what_goes_first_is_tried_as_it_is_and_then_as_it_is_declared() -> None:
    trial = rehearsal(LIVE, NEW, handover(LIVE, NEW))

    assert trial == LIVE
    assert after_rehearsal(trial, NEW, handover(LIVE, NEW))["spec"] == {
        "template": {
            "spec": {
                "containers": [{"name": "main", "image": "web:1"}],
                "volumes": [
                    {"name": "data", "emptyDir": {}, "configMap": {"name": "c"}},
                    {"name": "more", "emptyDir": {}},
                ],
            }
        },
        "strategy": {"type": "Recreate", "rollingUpdate": {"maxSurge": "25%"}},
    }


@pytest.mark.parametrize("said", [{}, {"sessionAffinity": "None"}])
def test_session_affinity_is_tried_with_its_settings(said: dict[str, str]) -> None:
    spec = {"ports": [{"port": 80}]}
    settings = {"clientIP": {"timeoutSeconds": 10800}}
    live = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}, "spec": dict(spec)}
    live["spec"] |= {"sessionAffinity": "ClientIP", "sessionAffinityConfig": settings}  # type: ignore[operator]
    tree = {**live, "spec": {**spec, **said}}
    found = handover(live, tree, Key("", "Service", "default", "web"))

    trial = rehearsal(live, tree, found)

    assert trial["spec"] == live["spec"]
    assert after_rehearsal(trial, tree, found)["spec"]["sessionAffinity"] == "None"


def test_what_is_valid_then_is_what_will_be() -> None:
    found, server = outcome_after(UNION, None)

    assert server.tried == [LIVE]
    assert found.result == after_rehearsal(LIVE, NEW, handover(LIVE, NEW))


@pytest.mark.parametrize("second", [OTHER, BOTH, DENIED])
def test_what_is_wrong_apart_from_that_is_refused(second: Failure) -> None:
    assert outcome_after(BOTH, second)[0].failure == second


def test_what_is_wrong_only_beside_what_stays_for_now_is_left_open() -> None:
    assert outcome_after(UNION, OTHER)[0].failure == UNION


@pytest.mark.parametrize("first", [None, DENIED, Failure("immutable", "no", "", ("spec.selector",))])
def test_nothing_else_is_tried_anew(first: Failure | None) -> None:
    found, server = outcome_after(first, None)

    assert (found.failure, server.tried) == (first, [])

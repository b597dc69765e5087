"""What becomes of fields that `kubectl apply` set."""

from __future__ import annotations

import json
from typing import Any

import pytest

from kpy.kubectl.takeover import after_takeover, is_from_kubectl

LAST = "kubectl.kubernetes.io/last-applied-configuration"


def live(before: object) -> dict[str, Any]:
    return {"metadata": {"annotations": {LAST: before if isinstance(before, str) else json.dumps(before)}}}


@pytest.mark.parametrize(
    ("before", "tried", "now", "after"),
    [
        ({"data": {"a": "1", "b": "2"}}, {"data": {"a": "1", "b": "2", "c": "3"}}, {"data": {"a": "1"}},
         {"data": {"a": "1", "c": "3"}}),
        ({"metadata": {"annotations": {"team": "a"}}}, {"metadata": {"annotations": {"team": "a", "other": "b"}}},
         {"metadata": {}}, {"metadata": {"annotations": {"other": "b"}}}),
        ({"containers": [{"name": "a", "image": "i", "tty": True}, {"name": "b"}]},
         {"containers": [{"name": "a", "image": "i", "tty": True}, {"name": "b"}, {"name": "c"}]},
         {"containers": [{"name": "a", "image": "i"}]},
         {"containers": [{"name": "a", "image": "i"}, {"name": "c"}]}),
        ({"args": ["a"]}, {"args": ["b"]}, {"args": ["b"]}, {"args": ["b"]}),
        ({"args": ["a"]}, {"args": ["a"]}, {}, {}),
        ("broken", {"data": {"a": "1"}}, {}, {"data": {"a": "1"}}),
    ],
)  # fmt: skip
def test_fields_that_only_kubectl_set_go(before: Any, tried: Any, now: Any, after: Any) -> None:
    assert after_takeover(live(before), tried, now) == after


def test_other_objects_are_left_alone() -> None:
    assert after_takeover({"metadata": {}}, {"data": {"a": "1"}}, {}) == {"data": {"a": "1"}}
    assert not is_from_kubectl({"metadata": {}})

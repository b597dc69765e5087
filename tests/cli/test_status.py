"""What the status of objects is written as."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from kpy.cli.status import _to_text
from kpy.kubectl import Key


def test_message_of_a_cluster_is_shown_and_not_obeyed() -> None:
    key = Key("apps", "Deployment", "shop", "web")
    item: Any = SimpleNamespace(key=key, live=None)
    state: Any = SimpleNamespace(phase="failed", message="a\n::error::owned\x1b[2J")
    plan: Any = SimpleNamespace(items=[item], gone=[])

    assert _to_text(plan, {key: state}) == 'failed    Deployment "shop/web": a\\n::error::owned\\x1b[2J\n'

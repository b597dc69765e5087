"""Updates that an API server refuses are called so; `tests/cluster/test_compare.py` asks a real one."""

from __future__ import annotations

import pytest

from kpy.compare import compare
from kpy.schema import RELEASES

from .cases import Update, updates


@pytest.mark.parametrize("update", updates(), ids=lambda update: update.name)
def test_update_is_judged_as_an_api_server_does(update: Update) -> None:
    (change,) = compare([update.old], [update.new]).changes

    assert update.is_refused == (change.effect == "immutable field changed")


@pytest.mark.parametrize("update", [each for each in updates() if each.since], ids=lambda update: update.name)
def test_update_that_older_servers_refuse_is_refused_for_them(update: Update) -> None:
    before = RELEASES[RELEASES.index(update.since) - 1]
    (first,) = compare([update.old], [update.new], kubernetes=update.since).changes
    (older,) = compare([update.old], [update.new], kubernetes=before).changes

    assert (first.effect, older.effect) == ("update in place", "immutable field changed")

"""Updates that an API server refuses are called so; `tests/cluster/test_compare.py` asks a real one."""

from __future__ import annotations

import pytest

from kpy.compare import compare

from .cases import Update, updates


@pytest.mark.parametrize("update", updates(), ids=lambda update: update.name)
def test_update_is_judged_as_an_api_server_does(update: Update) -> None:
    (change,) = compare([update.old], [update.new]).changes

    assert update.is_refused == (change.effect == "immutable field changed")

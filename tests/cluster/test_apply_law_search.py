"""The law of `test_apply_law` on pairs that nobody chose: as many changes on either side as chance has it.

They are tried where the environment says which: `LAW="1 2 3"` makes forty pairs of each of these seeds. What breaks the
law becomes a change of its own in `cluster.pairs`, or a case.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from random import Random

import pytest

from cluster.pairs import BASES, CHANGES, Change, Pair, with_changes, with_name
from cluster.servers import Cluster as Server
from cluster.test_apply_law import hold
from kpy.checking.walk import validate_document

pytestmark = [pytest.mark.cluster, pytest.mark.usefixtures("controllers")]

SEEDS = os.environ.get("LAW", "").split()
_SIZE = 40


@pytest.mark.parametrize("seed", SEEDS)
def test_what_was_planned_is_what_happens(cluster: Server, namespace: str, seed: str) -> None:
    hold(cluster, namespace, list(searched(namespace, seed)))


def searched(namespace: str, seed: str) -> Iterator[Pair]:
    """Yield pairs of objects that are legal before and after; the same ones for the same seed."""
    choose = Random(seed)
    found = 0
    while found < _SIZE:
        base = choose.choice(list(CHANGES))
        name = f"{base}-{seed}-{found}"
        old, new = (with_name(with_changes(BASES[base], *_some(base, choose)), name, namespace) for _ in range(2))
        pair = Pair(name, old, new)
        if pair.old != pair.new and not any(map(validate_document, (pair.old, pair.new))):
            found += 1
            yield pair


def _some(base: str, choose: Random) -> list[Change]:
    """Return up to four of the changes of a base, in any order."""
    changes = [change for _, change in CHANGES[base]]
    return choose.sample(changes, min(len(changes), choose.randrange(5)))

"""The real kubectls that tests run with."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tools.programs import LAYERS, cached

#: The oldest and the newest that kpy is tested with, or what the environment says.
RELEASES = os.environ.get("KUBECTLS", "").split() or [min(LAYERS), max(LAYERS)]


def kubectl_of(release: str) -> Path:
    """Return the kubectl of a release; the test is skipped where it was not fetched."""
    found = cached("kubectl", release)
    if found is None:
        pytest.skip(f"needs kubectl {release}: `python tools/programs.py kubectl {release}` fetches it")
    return found

"""An object that is deleted and created anew, on a server that still remembers the old one for a moment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from kpy.kubectl import Answer, work

from .conftest import Kpy
from .fake import FakeKubectl

REMEMBERED = (
    'Error from server (Conflict): Operation cannot be fulfilled on deployments.apps "web": '
    "Precondition failed: UID in precondition: uid-4, UID in object meta: \n"
)


@pytest.fixture
def remembered(kpy: Kpy, kubectl: FakeKubectl, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return what makes the server remember the Deployment that was deleted, so many times."""
    kpy("apply", "--yes")
    kubectl.refusals["dry:web"] = 'The Deployment "web" is invalid: spec.selector: Invalid value: field is immutable\n'
    monkeypatch.setattr(work, "_TRIES", 3)
    real = kubectl.run

    def remembered(times: int) -> None:
        left = iter(range(times))

        def run(arguments: Sequence[str], stdin: str = "") -> Answer:
            is_web = arguments[0] == "apply" and "--dry-run=server" not in arguments and '"Deployment"' in stdin
            if is_web and next(left, None) is not None:
                return Answer(1, "", REMEMBERED)
            return real(arguments, stdin)

        monkeypatch.setattr(kubectl, "run", run)

    return remembered


def test_it_is_created_when_the_server_has_forgotten_the_old_one(
    kpy: Kpy, kubectl: FakeKubectl, remembered: Any
) -> None:
    remembered(2)

    code, out, _ = kpy("apply", "--yes", "--replace", "--set", "image=web:2")

    assert (code, out.splitlines()[-1]) == (0, 'replaced  Deployment "default/web"')
    assert kubectl.names("Deployment") == ["web"]


def test_server_that_never_forgets_is_told(kpy: Kpy, remembered: Any) -> None:
    remembered(100)

    code, out, _ = kpy("apply", "--yes", "--replace", "--set", "image=web:2")

    assert code == 1
    assert out.splitlines()[-1] == (
        'refused   Deployment "default/web": somebody else has changed it meanwhile: run the command again'
    )

"""Which kubectl this is, and which cluster is behind it, as `kubectl version` says."""

from __future__ import annotations

import re
from typing import NamedTuple

from kpy.errors import ClusterError
from kpy.kubectl.objects import mapping_in, read_json, text_in
from kpy.kubectl.transport import Answer

__all__ = ["OLDEST", "TESTED", "Versions", "read_versions"]

#: The oldest kubectl that checks fields strictly.
OLDEST = (1, 25)
#: The oldest and the newest kubectl that the tests run with.
TESTED = ((1, 32), (1, 37))

_ELSEWHERE = "say where kubectl itself is with --kubectl FILE"
_RELEASE = re.compile(r"v?(\d+)\.(\d+)")


class Versions(NamedTuple):
    """What kubectl says of itself and of the API server."""

    #: Its version in full: `v1.33.2`.
    client: str
    #: The minor release of the API server: `1.33`.
    release: str

    @property
    def warning(self) -> str:
        """What to say of a kubectl that the tests do not run with; empty for one that they do."""
        oldest, newest = TESTED
        release = _release(self.client)
        if release is not None and oldest <= release <= newest:
            return ""
        return (
            f"kubectl is {self.client}, and kpy is tested with {_text(oldest)} to {_text(newest)}: "
            "if something goes wrong, install one of these, or say where one is with --kubectl FILE"
        )


def read_versions(answer: Answer) -> Versions | None:
    """Return what kubectl says of versions; nothing where it failed to reach the cluster.

    Raises `ClusterError` for what is no kubectl, or one that is too old.
    """
    if not answer.code and not answer.out.strip():
        raise ClusterError(
            f"kubectl printed nothing when it was asked for its version: if it is a wrapper, {_ELSEWHERE}"
        )
    try:
        said = read_json(answer.out)
    except ClusterError:
        said = {}
    client = text_in(mapping_in(said, "clientVersion"), "gitVersion")
    if not client:
        if answer.code:
            return None
        said_what = "does not say which version kubectl is" if said else "printed something other than JSON"
        raise ClusterError(f"`kubectl version -o json` {said_what}: if it is a wrapper that prints more, {_ELSEWHERE}")
    found = _release(client)
    if found is not None and found != (0, 0) and found < OLDEST:
        raise ClusterError(
            f"kubectl is {client}, and kpy needs v{_text(OLDEST)} or newer: "
            "install a newer one, or say where one is with --kubectl FILE"
        )
    if answer.code:
        return None
    server = _release(text_in(mapping_in(said, "serverVersion"), "gitVersion"))
    if server is None:
        raise ClusterError(
            f"`kubectl version` does not say which version the cluster has: if kubectl is a wrapper, {_ELSEWHERE}"
        )
    return Versions(client, _text(server))


def _release(version: str) -> tuple[int, int] | None:
    """Return `(1, 33)` for `v1.33.2-gke.100`; nothing for what is no version."""
    found = _RELEASE.match(version)
    return (int(found[1]), int(found[2])) if found else None


def _text(release: tuple[int, int]) -> str:
    return f"{release[0]}.{release[1]}"

"""The Kubernetes releases that people name: `1.33`, `v1.33`, `1.33.4`."""

from __future__ import annotations

from kpy.errors import UsageError

__all__ = ["known_range", "minor_of"]


def minor_of(release: str) -> str:
    """Return the minor release, `1.33`, that a text means. Raises `UsageError` for one that kpy does not know."""
    from kpy.schema import RELEASES, api

    if not isinstance(release, str):
        return api(release).release  # which says what is wrong with it
    minor = ".".join(release.removeprefix("v").split(".")[:2])
    if minor not in RELEASES:
        raise UsageError(f"Kubernetes release {release!r} is not known; kpy knows {known_range()}")
    return minor


def known_range() -> str:
    """Return which releases kpy knows, in words."""
    from kpy.schema import RELEASES

    return f"{RELEASES[0]} to {RELEASES[-1]}"

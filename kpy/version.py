"""The version of kpy that runs."""

from __future__ import annotations

__all__ = ["version"]


def version() -> str:
    """Return the version of the installed package; empty where kpy runs from its sources alone."""
    from importlib.metadata import PackageNotFoundError
    from importlib.metadata import version as version_of

    try:
        return version_of("kpy-k8s")
    except PackageNotFoundError:
        return ""

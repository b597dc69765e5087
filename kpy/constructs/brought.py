"""What tells the objects of others from one's own, without the code that reads them: most apps have none."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

__all__ = ["RELEASE", "is_included", "is_job_of_hook", "is_rendered"]

#: The release that is synthesised for, while it is.
RELEASE: ContextVar[str | None] = ContextVar("release", default=None)


def is_included(part: Any) -> bool:
    """Return whether a part stands for objects of others: `kpy.constructs.included.Included`."""
    return getattr(type(part), "_is_included", False) is True


def is_rendered(part: Any) -> bool:
    """Return whether another program makes the objects of a part: `kpy.constructs.included.rendered.Rendered`."""
    return getattr(type(part), "_is_rendered", False) is True


def is_job_of_hook(part: Any) -> bool:
    """Return whether a part is the Job of a hook that is kept, which runs once for each content."""
    return "_is_job_of_hook" in part.__dict__

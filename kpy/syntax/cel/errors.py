"""What can be wrong with an expression of CEL, and what can go wrong when it runs."""

from __future__ import annotations

__all__ = ["CelError", "ClusterError", "CostError", "EvaluationError"]


class CelError(ValueError):
    """The text is not a sound expression of CEL; the message is a phrase that continues `the expression ...`."""


class EvaluationError(CelError):
    """An expression has no value; the message is what an API server says, such as `no such key: a`."""


class CostError(CelError):
    """An expression costs more than it may; unlike other errors, `||` and `&&` do not take it."""

    def __init__(self) -> None:
        super().__init__("operation cancelled: actual cost limit exceeded")


class ClusterError(EvaluationError):
    """A value depends on a cluster, such as on what a user may do there."""

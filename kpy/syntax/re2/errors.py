"""What is wrong with a pattern, in Go's words."""

from __future__ import annotations

from typing import Final

__all__ = ["PatternError"]

_LONGEST: Final = 60
_LOOK_AROUND: Final = ("(?=", "(?!", "(?<=", "(?<!")


class PatternError(ValueError):
    """The text is not a regular expression that Go would compile.

    The text of the error is what Go says after `error parsing regexp: `.
    """

    def __init__(self, reason: str, expression: str) -> None:
        super().__init__(f"{reason}: `{expression}`")
        #: What is wrong, such as `missing closing )`.
        self.reason = reason
        #: The part of the pattern that is wrong.
        self.expression = expression

    @property
    def summary(self) -> str:
        """The text of the error, of a long expression no more than its begin, and what helps."""
        expression = self.expression
        if len(expression) > _LONGEST:
            expression = expression[: _LONGEST - 3] + "..."
        hint = " (RE2 has no look-ahead and no look-behind)" if expression.startswith(_LOOK_AROUND) else ""
        return f"{self.reason}: {expression!r}{hint}"

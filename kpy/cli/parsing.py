"""Reading a command line by the table of options.

The rules are those of click, on which Typer stands: options may stand anywhere before `--`, a value follows as the
next word or after `=`, the last of an option given twice counts unless it gathers.
"""

from __future__ import annotations

from collections.abc import Sequence

from kpy.cli.options import HELP, Command, Given, MisuseError, Option, Value

__all__ = ["parse"]


def parse(command: Command, words: Sequence[str]) -> Given | None:
    """Return what the words of a command line give to a command; nothing when they ask for help.

    Raises `MisuseError`.
    """
    given = _Parser(command, words).run()
    if given.pop("help", None):
        return None
    for option in command.options:
        value = given.get(option.name)
        for text in value if isinstance(value, list) else [value]:
            if option.choices and text is not None and text not in option.choices:
                raise MisuseError(f"{option.flags[-1]} {text}: choose one of {', '.join(option.choices)}")
    return Given(given)


class _Parser:
    """The words that are left, and what they gave so far."""

    def __init__(self, command: Command, words: Sequence[str]) -> None:
        self._command = command
        self._flags = {flag: option for option in command.options for flag in option.flags}
        self._flags |= dict.fromkeys(HELP.flags, HELP)
        self._rest = list(words)[::-1]
        self._given: dict[str, Value] = {}

    def run(self) -> dict[str, Value]:
        words: list[str] = []
        while self._rest:
            word = self._rest.pop()
            if word == "--":
                words.extend(reversed(self._rest))
                break
            if word.startswith("-") and len(word) > 1:
                self._read(word)
            else:
                words.append(word)
        argument = self._command.argument
        if argument.many:
            self._given[argument.name] = words
        elif words:
            self._given[argument.name] = words[0]
            if len(words) > 1 and not self._given.get("help"):
                raise MisuseError(
                    f"kpy {self._command.name} takes one {argument.metavar}; {words[1]!r} is one too many"
                )
        return self._given

    def _read(self, word: str) -> None:
        """Read one word that is an option, or several of one letter."""
        flag, equals, value = word.partition("=")
        if option := self._flags.get(flag if len(flag) > 2 else ""):
            if equals and not option.metavar:
                raise MisuseError(f"{flag} takes no value")
            self._put(option, flag, value if equals else None)
            return
        if word.startswith("--"):
            raise MisuseError(f"there is no option {flag}{self._near(flag)}")
        for at, letter in enumerate(word[1:], 2):
            flag = f"-{letter}"
            option = self._flags.get(flag)
            if option is None:
                raise MisuseError(f"there is no option {flag}{self._near(word)}")
            self._put(option, flag, word[at:] or None)
            if option.metavar:
                return

    def _put(self, option: Option, flag: str, value: str | None) -> None:
        if not option.metavar:
            self._given[option.name] = True
            return
        if value is None:
            if not self._rest:
                raise MisuseError(f"{flag} needs a value: {flag} {option.metavar}")
            value = self._rest.pop()
        if option.many:
            gathered = self._given.setdefault(option.name, [])
            assert isinstance(gathered, list)
            gathered.append(value)
        else:
            self._given[option.name] = value

    def _near(self, flag: str) -> str:
        from difflib import get_close_matches

        near = get_close_matches(flag, list(self._flags), n=1)
        return f"; did you mean {near[0]}?" if near else f"; kpy {self._command.name} --help lists them"

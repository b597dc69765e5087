"""What every command takes, and reading it from a command line.

The rules are those of click, on which Typer stands: options may stand anywhere before `--`, a value follows as the
next word or after `=`, the last of an option given twice counts unless it gathers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from kpy.errors import KpyError

__all__ = ["COMMANDS", "Argument", "Command", "Given", "MisuseError", "Option", "parse"]

Value = str | bool | list[str] | None


class MisuseError(KpyError, ValueError):
    """A command line that asks for nothing kpy can do."""


class Option(NamedTuple):
    """An option of a command."""

    #: Its name in `Given`.
    name: str
    flags: tuple[str, ...]
    help: str
    #: What stands for its value in the help; an option without one is a switch.
    metavar: str = ""
    choices: tuple[str, ...] = ()
    #: Whether it may be given several times, and gathers.
    many: bool = False


class Argument(NamedTuple):
    """A word that a command takes, or with `many` all of them; none is fine."""

    name: str
    metavar: str
    help: str
    many: bool = False


class Command(NamedTuple):
    """A command."""

    name: str
    help: str
    #: The function that runs it, which takes a `Given` and returns the exit code: `module:function`.
    run: str
    argument: Argument
    options: tuple[Option, ...]


class Given:
    """What was given to a command, by the names in the table."""

    def __init__(self, values: Mapping[str, Value]) -> None:
        self._values = values

    def text(self, name: str) -> str | None:
        """Return the value of an option or argument; nothing when it was not given."""
        value = self._values.get(name)
        assert value is None or isinstance(value, str), f"{name} is no text"
        return value

    def texts(self, name: str) -> list[str]:
        """Return all values of an option or argument that gathers."""
        value = self._values.get(name)
        assert value is None or isinstance(value, list), f"{name} does not gather"
        return value or []

    def has(self, name: str) -> bool:
        """Return whether a switch was given."""
        return self._values.get(name) is True


_SET = Option("set", ("--set",), "A parameter of the function that makes the app.", "KEY=VALUE", many=True)
_KUBERNETES = Option("kubernetes", ("--kubernetes",), "The minor release to check against, such as 1.33.", "MINOR")
_APP = Argument("app", "APP", "FILE[:NAME] or package.module[:NAME]; unsaid, the app of [tool.kpy].")
_FAIL_ON = Option(
    "fail_on",
    ("--fail-on",),
    "Exit 1 if a change has this effect, or a worse one.",
    "EFFECT",
    ("create", "update", "restart", "scale-down", "delete", "outage", "immutable", "data-loss"),
)
_CHANGES = Option("format", ("--format",), "How changes are written.", "FORMAT", ("text", "json", "markdown"))
#: Which cluster is meant, and how it is spoken to.
_CLUSTER = (
    Option("context", ("--context",), "The context of the kubeconfig; unsaid, the current one.", "NAME"),
    Option("namespace", ("-n", "--namespace"), "Where objects go that name no namespace.", "NAME"),
    Option("kubeconfig", ("--kubeconfig",), "The kubeconfig to use.", "FILE"),
    Option("kubectl", ("--kubectl",), "The kubectl to use; unsaid, the one on PATH.", "FILE"),
)
_DRY_RUN = Option(
    "dry_run", ("--dry-run",), "Change nothing: let the server try, or only read.", "WHO", ("server", "client")
)
_YES = Option("yes", ("-y", "--yes"), "Do not ask.")
_DATA = Option("allow_data_loss", ("--allow-data-loss",), "Also delete what holds data: claims, namespaces, CRDs.")
_FORCE = Option("force_conflicts", ("--force-conflicts",), "Take fields over from other field managers.")
_ADOPT = Option("adopt", ("--adopt",), "Make objects part of the app that it has not created.")
_WAIT = Option("wait", ("--wait",), "Wait until everything is done: rolled out, complete, bound, or gone.")
_TIMEOUT = Option("timeout", ("--timeout",), "How long to wait, such as 90s or 10m; unsaid, 5m.", "DURATION")

COMMANDS: dict[str, Command] = {
    command.name: command
    for command in (
        Command(
            "synth",
            "Write the Kubernetes YAML of an app.",
            "kpy.cli.synth:run",
            _APP,
            (
                _SET,
                Option("output", ("-o", "--output"), "Write files into this folder, whole or not at all.", "DIR"),
                Option(
                    "layout", ("--layout",), "One file a chart, or one a resource.", "LAYOUT", ("chart", "resource")
                ),
                Option("prune_files", ("--prune-files",), "Remove files that kpy wrote and no longer writes."),
                Option("check", ("--check",), "Write nothing; exit 1 if files are missing, different or stale."),
                Option(
                    "mode", ("--mode",), "The mode of all files; if not given, 600 for new ones with a Secret.", "MODE"
                ),
                _KUBERNETES,
                Option("format", ("--format",), "How objects are written.", "FORMAT", ("yaml", "json", "kyaml")),
                Option(
                    "print_after",
                    ("--print-after",),
                    "Show the objects after this pass, on standard error.",
                    "PASS",
                    ("lower", "wire", "validate", "order", "emit"),
                    many=True,
                ),
                Option("time_passes", ("--time-passes",), "Show how long each pass takes, on standard error."),
            ),
        ),
        Command(
            "validate",
            "Check an app, or Kubernetes YAML and JSON written by anyone.",
            "kpy.cli.validate:run",
            Argument("targets", "TARGET", "An app, files, folders, or - for standard input.", many=True),
            (
                _SET,
                _KUBERNETES,
                Option("format", ("--format",), "How findings are written.", "FORMAT", ("text", "json", "github")),
                Option("explain", ("--explain",), "Explain a rule, and check nothing.", "RULE"),
            ),
        ),
        Command(
            "compare",
            "Say what changes between two manifests, and what that does to a cluster.",
            "kpy.cli.compare:run",
            Argument("sides", "OLD NEW", "Each an app, a file, a folder, or git:REV[:PATH].", many=True),
            (
                _SET,
                _KUBERNETES,
                _CHANGES,
                _FAIL_ON,
            ),
        ),
        Command(
            "init",
            "Start a project: an app, a test with a snapshot, and a file for continuous integration.",
            "kpy.cli.init:run",
            Argument("folder", "DIR", "The folder of the project; unsaid, this one."),
            (Option("ci", ("--ci",), "Where the project is tested.", "SERVICE", ("github", "gitlab", "none")),),
        ),
        Command(
            "graph",
            "Draw the construct tree and the references between objects.",
            "kpy.cli.graph:run",
            Argument("target", "TARGET", "An app, a file or a folder; unsaid, the app of [tool.kpy]."),
            (
                _SET,
                _KUBERNETES,
                Option("format", ("--format",), "The language of the picture.", "FORMAT", ("mermaid", "dot")),
            ),
        ),
        Command(
            "diff",
            "Say what applying an app would change in a cluster.",
            "kpy.cli.diff:run",
            _APP,
            (_SET, _KUBERNETES, *_CLUSTER, _DRY_RUN, _FORCE, _ADOPT, _CHANGES, _FAIL_ON),
        ),
        Command(
            "apply",
            "Take an app to a cluster.",
            "kpy.cli.apply:run",
            _APP,
            (
                *(_SET, _KUBERNETES, *_CLUSTER, _DRY_RUN, _YES, _WAIT, _TIMEOUT, _FORCE, _ADOPT),
                Option("replace", ("--replace",), "Delete and create anew what cannot be changed in place."),
                Option("prune", ("--prune",), "Delete what earlier applies made and the app no longer declares."),
                Option("prune_all", ("--prune-all",), "Prune even if nothing of what was made stays."),
                _DATA,
            ),
        ),
        Command(
            "delete",
            "Remove from a cluster what applies of an app have created.",
            "kpy.cli.delete:run",
            _APP,
            (_SET, _KUBERNETES, *_CLUSTER, _DRY_RUN, _YES, _DATA, _WAIT, _TIMEOUT),
        ),
        Command(
            "status",
            "Say how far the objects of an app are in a cluster.",
            "kpy.cli.status:run",
            _APP,
            (
                *(_SET, _KUBERNETES, *_CLUSTER, _WAIT, _TIMEOUT),
                Option("format", ("--format",), "How the status is written.", "FORMAT", ("text", "json")),
            ),
        ),
    )
}


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
        self._flags["--help"] = Option("help", ("--help",), "")
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
                raise MisuseError(f"one {argument.metavar} is enough: {words[1]!r} is too much")
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
                raise MisuseError(f"{flag} takes a value: {flag} {option.metavar}")
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

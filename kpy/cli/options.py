"""What options are, and those that several commands have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

from kpy.errors import KpyError
from kpy.reporting.formats import CHANGES, FINDINGS

__all__ = [
    "ADOPT",
    "ALL",
    "APP",
    "APPLIED",
    "CHANGED",
    "CHANGE_FORMAT",
    "CHART",
    "CLUSTER",
    "CLUSTER_NAME",
    "COLOR",
    "DATA",
    "DRY_RUN",
    "ENV",
    "ENVS",
    "EXCLUDE",
    "FAIL_ON",
    "FAIL_ON_FINDING",
    "FORCE",
    "HELP",
    "KUBERNETES",
    "REPORT",
    "RULES",
    "SET",
    "TAKE_OVER",
    "TARGET",
    "TARGETS",
    "TIMEOUT",
    "WAIT",
    "WHERE",
    "YES",
    "Argument",
    "Command",
    "Given",
    "MisuseError",
    "Option",
    "Value",
]

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
    #: Whether it takes the names of the apps of a workspace: beside other things, or apps alone.
    apps: Literal["", "also", "only"] = ""


class Command(NamedTuple):
    """A command."""

    name: str
    help: str
    #: The function that runs it, which takes a `Given` and returns the exit code: `module:function`.
    run: str
    argument: Argument
    options: tuple[Option, ...]
    #: Command lines that show what it is for.
    examples: tuple[str, ...] = ()


class Given:
    """What was given to a command, by the names in the table."""

    def __init__(self, values: Mapping[str, Value]) -> None:
        self._values = values

    @property
    def values(self) -> Mapping[str, Value]:
        """Everything that was given, by name."""
        return self._values

    def text(self, name: str) -> str | None:
        """Return the value of an option or argument; nothing when it was not given."""
        value = self._values.get(name)
        assert value is None or isinstance(value, str), f"{name} is not text"
        return value

    def texts(self, name: str) -> list[str]:
        """Return all values of an option or argument that gathers."""
        value = self._values.get(name)
        assert value is None or isinstance(value, list), f"{name} does not gather"
        return value or []

    def has(self, name: str) -> bool:
        """Return whether a switch was given."""
        return self._values.get(name) is True


#: What every command takes.
HELP = Option("help", ("-h", "--help"), "Show this help and exit.")

SET = Option(
    "set",
    ("--set",),
    "Set a parameter of the function that makes the app; a.b=1 sets a value in a table. May be repeated.",
    "KEY=VALUE",
    many=True,
)
ENV = Option("env", ("--env",), "The environment: one of those in [tool.kpy.environments] of pyproject.toml.", "NAME")
CLUSTER_NAME = Option(
    "cluster", ("--cluster",), "The cluster: one of those in [tool.kpy.clusters] of pyproject.toml.", "NAME"
)
WHERE = Option(
    "where",
    ("--where",),
    "Only outputs like this, such as env=prod or app=shop,cart. May be repeated.",
    "KEY=VALUE",
    many=True,
)
ALL = (
    Option("all", ("--all",), "Do it for every app, in every environment and cluster of the project."),
    WHERE._replace(help="With --all: only outputs like this, such as env=prod or app=shop,cart. May be repeated."),
    Option("shard", ("--shard",), "With --all: only this part of the outputs, such as 2/8.", "NUMBER/COUNT"),
    Option("jobs", ("-j", "--jobs"), "With --all: how many processes share the work. Default: 1.", "COUNT"),
)
#: What `kpy synth --all` need not make.
CHANGED = (
    Option(
        "since", ("--since",), "With --all: only outputs that a change since this Git revision affects.", "git:REVISION"
    ),
    Option("no_cache", ("--no-cache",), "With --all: make every output again, also where nothing has changed."),
)
ENVS = Option(
    "env",
    ("--env",),
    "The environment of both sides; given twice, the first is that of OLD and the second that of NEW.",
    "NAME",
    many=True,
)
KUBERNETES = Option("kubernetes", ("--kubernetes",), "Check against this Kubernetes release, such as 1.33.", "RELEASE")
EXCLUDE = Option(
    "exclude",
    ("--exclude",),
    "Leave out files and folders of this name or path, such as 'fixtures' or 'deploy/old*'. May be repeated.",
    "PATTERN",
    many=True,
)
#: What a command line adds to the settings about rules.
RULES = (
    Option(
        "select",
        ("--select",),
        "Check these policies too: rules, groups or patterns, separated by commas. May be repeated.",
        "RULES",
        many=True,
    ),
    Option(
        "ignore",
        ("--ignore",),
        "Do not report these: rules, families or patterns, separated by commas. May be repeated.",
        "RULES",
        many=True,
    ),
    Option(
        "crds",
        ("--crds",),
        "Read definitions of custom resources from this file or folder too. May be repeated.",
        "PATH",
        many=True,
    ),
    Option(
        "external",
        ("--external",),
        "Do not miss this object, which lives outside: KIND/NAME, such as 'Secret/db-*'. May be repeated.",
        "OBJECT",
        many=True,
    ),
)
FAIL_ON_FINDING = Option(
    "fail_on",
    ("--fail-on",),
    "Exit with 1 if there is a finding of this severity or a worse one. Default: error.",
    "SEVERITY",
    ("error", "warning", "note"),
)
REPORT = Option("report", ("--report",), "Form of the findings. Default: text.", "FORM", tuple(FINDINGS))
COLOR = Option(
    "color", ("--color",), "When to use colour. Default: auto, on a terminal.", "WHEN", ("auto", "always", "never")
)
APP = Argument(
    "app",
    "APP",
    "The app: FILE[:NAME], MODULE:NAME or the name of an app of the workspace. Default: the app that [tool.kpy] in "
    "pyproject.toml names.",
    apps="only",
)
APPLIED = Argument(
    "app",
    "APP",
    "The app: FILE[:NAME], MODULE:NAME or the name of an app of the workspace, or git:REV[:APP] as it was at a Git "
    "revision. Default: the app that [tool.kpy] in pyproject.toml names.",
    apps="only",
)
TARGET = Argument(
    "target", "TARGET", "An app, a file or a folder. Default: the app that [tool.kpy] names.", apps="also"
)
TARGETS = Argument(
    "targets",
    "TARGET",
    "Apps, files, folders, or - for standard input. Default: the app that [tool.kpy] names, or every output of a "
    "workspace, as with --all.",
    many=True,
    apps="also",
)
FAIL_ON = Option(
    "fail_on",
    ("--fail-on",),
    "Exit with 1 if a change has this effect or a worse one.",
    "EFFECT",
    ("create", "update", "restart", "scale-down", "delete", "replace", "outage", "immutable", "refused", "data-loss"),
)
CHANGE_FORMAT = Option("format", ("--format",), "Format of the changes. Default: text.", "FORMAT", tuple(CHANGES))
#: What is said of a Helm chart.
CHART = (
    Option(
        "constants",
        ("--constant",),
        "With --format helm: parameters that stay as they are by default, and become no values. May be repeated.",
        "PARAMETERS",
        many=True,
    ),
    Option(
        "values",
        ("-f", "--values"),
        "With --format helm: prove the chart with the values of this file, too. May be repeated.",
        "FILE",
        many=True,
    ),
    Option(
        "chart_version",
        ("--chart-version",),
        "With --format helm: the version of the chart. Default: that of [project] in pyproject.toml, or 0.1.0.",
        "VERSION",
    ),
    Option("no_proof", ("--no-proof",), "With --format helm: do not hold the chart against the real helm."),
)
#: Which cluster is meant, and how kpy reaches it.
CLUSTER = (
    Option("context", ("--context",), "Context of the kubeconfig. Default: the current one.", "NAME"),
    Option("namespace", ("-n", "--namespace"), "Namespace for objects that name none.", "NAME"),
    Option("any_context", ("--any-context",), "Allow contexts that `contexts` of [tool.kpy] does not name."),
    Option("kubeconfig", ("--kubeconfig",), "The kubeconfig to use.", "FILE"),
    Option("kubectl", ("--kubectl",), "The kubectl to run. Default: the one on PATH.", "FILE"),
)
DRY_RUN = Option(
    "dry_run",
    ("--dry-run",),
    "Change nothing. server: the API server checks the changes. client: kpy only reads.",
    "WHERE",
    ("server", "client"),
)
YES = Option("yes", ("-y", "--yes"), "Do not ask for confirmation.")
DATA = Option(
    "allow_data_loss",
    ("--allow-data-loss",),
    "Also delete objects that hold data: claims, namespaces, CustomResourceDefinitions.",
)
FORCE = Option("force_conflicts", ("--force-conflicts",), "Take over fields that other field managers own.")
ADOPT = Option("adopt", ("--adopt",), "Make existing objects that kpy did not create part of the app.")
TAKE_OVER = Option("take_over", ("--take-over",), "Take over an app that another project has applied.")
WAIT = Option("wait", ("--wait",), "Wait until all objects are rolled out, complete, bound or gone.")
TIMEOUT = Option("timeout", ("--timeout",), "How long to wait, such as 90s or 10m. Default: 5m.", "DURATION")

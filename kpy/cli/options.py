"""What every command takes: one table, of which the command line, its help and its completion are made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from kpy.errors import KpyError
from kpy.reporting.formats import CHANGES, FINDINGS

__all__ = ["COMMANDS", "HELP", "Argument", "Command", "Given", "MisuseError", "Option", "Value"]

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

_SET = Option(
    "set", ("--set",), "Set a parameter of the function that makes the app. May be repeated.", "KEY=VALUE", many=True
)
_KUBERNETES = Option("kubernetes", ("--kubernetes",), "Check against this Kubernetes release, such as 1.33.", "RELEASE")
_EXCLUDE = Option(
    "exclude",
    ("--exclude",),
    "Leave out files and folders of this name or path, such as 'fixtures' or 'deploy/old*'. May be repeated.",
    "PATTERN",
    many=True,
)
#: What a command line adds to the settings about rules.
_RULES = (
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
_FAIL_ON_FINDING = Option(
    "fail_on",
    ("--fail-on",),
    "Exit with 1 if there is a finding of this severity or a worse one. Default: error.",
    "SEVERITY",
    ("error", "warning", "note"),
)
_REPORT = Option("report", ("--report",), "Form of the findings. Default: text.", "FORM", tuple(FINDINGS))
_COLOR = Option(
    "color", ("--color",), "When to use colour. Default: auto, on a terminal.", "WHEN", ("auto", "always", "never")
)
_APP = Argument(
    "app", "APP", "The app: FILE[:NAME] or MODULE:NAME. Default: the app that [tool.kpy] in pyproject.toml names."
)
_APPLIED = Argument(
    "app",
    "APP",
    "The app: FILE[:NAME] or MODULE:NAME, or git:REV[:APP] as it was at a Git revision. Default: the app that "
    "[tool.kpy] in pyproject.toml names.",
)
_FAIL_ON = Option(
    "fail_on",
    ("--fail-on",),
    "Exit with 1 if a change has this effect or a worse one.",
    "EFFECT",
    ("create", "update", "restart", "scale-down", "delete", "replace", "outage", "immutable", "data-loss"),
)
_CHANGES = Option("format", ("--format",), "Format of the changes. Default: text.", "FORMAT", tuple(CHANGES))
#: Which cluster is meant, and how kpy reaches it.
_CLUSTER = (
    Option("context", ("--context",), "Context of the kubeconfig. Default: the current one.", "NAME"),
    Option("namespace", ("-n", "--namespace"), "Namespace for objects that name none.", "NAME"),
    Option("any_context", ("--any-context",), "Allow contexts that `contexts` of [tool.kpy] does not name."),
    Option("kubeconfig", ("--kubeconfig",), "The kubeconfig to use.", "FILE"),
    Option("kubectl", ("--kubectl",), "The kubectl to run. Default: the one on PATH.", "FILE"),
)
_DRY_RUN = Option(
    "dry_run",
    ("--dry-run",),
    "Change nothing. server: the API server checks the changes. client: kpy only reads.",
    "WHERE",
    ("server", "client"),
)
_YES = Option("yes", ("-y", "--yes"), "Do not ask for confirmation.")
_DATA = Option(
    "allow_data_loss",
    ("--allow-data-loss",),
    "Also delete objects that hold data: claims, namespaces, CustomResourceDefinitions.",
)
_FORCE = Option("force_conflicts", ("--force-conflicts",), "Take over fields that other field managers own.")
_ADOPT = Option("adopt", ("--adopt",), "Make existing objects that kpy did not create part of the app.")
_TAKE_OVER = Option("take_over", ("--take-over",), "Take over an app that another project has applied.")
_WAIT = Option("wait", ("--wait",), "Wait until all objects are rolled out, complete, bound or gone.")
_TIMEOUT = Option("timeout", ("--timeout",), "How long to wait, such as 90s or 10m. Default: 5m.", "DURATION")

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
                Option(
                    "output",
                    ("-o", "--output"),
                    "Write files into this folder, all of them or none, instead of standard output.",
                    "DIR",
                ),
                Option(
                    "layout",
                    ("--layout",),
                    "One file per chart, or one per resource. Default: chart.",
                    "LAYOUT",
                    ("chart", "resource"),
                ),
                Option(
                    "prune_files",
                    ("--prune-files",),
                    "Remove files that kpy wrote earlier and that are no longer part of the app.",
                ),
                Option(
                    "check",
                    ("--check",),
                    "Write nothing. Show what differs and exit with 1 if the files are not up to date.",
                ),
                Option(
                    "mode",
                    ("--mode",),
                    "Mode of all files, such as 640. Default: 600 for new files with a Secret, kept for others.",
                    "MODE",
                ),
                _KUBERNETES,
                *_RULES,
                _FAIL_ON_FINDING,
                _REPORT,
                Option(
                    "format",
                    ("--format",),
                    "Format of the objects. Default: yaml.",
                    "FORMAT",
                    ("yaml", "json", "kyaml"),
                ),
                Option(
                    "print_after",
                    ("--print-after",),
                    "Print the objects after this pass on standard error. May be repeated.",
                    "PASS",
                    ("transform", "lower", "wire", "validate", "order", "emit"),
                    many=True,
                ),
                Option("show_secrets", ("--show-secrets",), "Let --print-after show the values of Secrets."),
                Option("time_passes", ("--time-passes",), "Print how long each pass takes on standard error."),
                _COLOR,
            ),
            (
                "kpy synth shop.py",
                "kpy synth shop.py --set env=prod -o deploy/prod",
                "kpy synth shop.py -o deploy --check",
            ),
        ),
        Command(
            "validate",
            "Check an app, or Kubernetes YAML and JSON from anywhere.",
            "kpy.cli.validate:run",
            Argument(
                "targets",
                "TARGET",
                "Apps, files, folders, or - for standard input. Default: the app that [tool.kpy] names.",
                many=True,
            ),
            (
                _SET,
                _KUBERNETES,
                _EXCLUDE,
                Option(
                    "render",
                    ("--render",),
                    "Render charts with helm and kustomizations with kustomize or kubectl, and check what they make.",
                ),
                *_RULES,
                _FAIL_ON_FINDING,
                Option("format", ("--format",), "Format of the findings. Default: text.", "FORMAT", tuple(FINDINGS)),
                Option(
                    "baseline", ("--baseline",), "Report only what is new: findings in this file are known.", "FILE"
                ),
                Option(
                    "write_baseline", ("--write-baseline",), "Write all findings to the file that --baseline names."
                ),
                Option("notes", ("--notes",), "Show notes too, which are only counted otherwise."),
                Option(
                    "all_findings", ("--all-findings",), "Show all findings. Default: the first 100, or 1,000 as data."
                ),
                Option("group", ("--group",), "Put the findings of each together.", "WHAT", ("file", "object", "rule")),
                Option("statistics", ("--statistics",), "Show how often each rule was found, and no findings."),
                Option("waivers", ("--waivers",), "List the waivers, each with its reason, and no findings."),
                _COLOR,
            ),
            ("kpy validate k8s/", "kpy validate shop.py --set env=prod", "helm template ./chart | kpy validate -"),
        ),
        Command(
            "explain",
            "Explain a field, a kind or a rule.",
            "kpy.cli.explain:run",
            Argument(
                "what",
                "WHAT",
                "A field (deployment.spec.strategy, Container.env), a kind, a rule, or a group or pattern of rules. "
                "Default: list all rules.",
            ),
            (Option("recursive", ("--recursive",), "Show all fields below as a tree."), _COLOR),
            ("kpy explain deployment.spec.strategy", "kpy explain Deployment --recursive", "kpy explain bad-quantity"),
        ),
        Command(
            "compare",
            "Show what changes between two manifests, and what that does to a cluster.",
            "kpy.cli.compare:run",
            Argument(
                "sides", "OLD NEW", "Each an app, a file, a folder, or a Git revision: git:REV[:PATH].", many=True
            ),
            (_SET, _KUBERNETES, _CHANGES, _FAIL_ON, _REPORT, _COLOR),
            (
                "kpy compare git:main shop.py",
                "kpy compare deploy/staging deploy/prod --format markdown",
            ),
        ),
        Command(
            "init",
            "Start a project with an app, a test and a file for continuous integration.",
            "kpy.cli.init:run",
            Argument("folder", "DIR", "The folder of the project. Default: the current one."),
            (
                Option(
                    "ci",
                    ("--ci",),
                    "The CI service to write a file for. Default: gitlab beside a .gitlab-ci.yml, else github.",
                    "SERVICE",
                    ("github", "gitlab", "none"),
                ),
                _COLOR,
            ),
            ("kpy init shop", "kpy init shop --ci gitlab"),
        ),
        Command(
            "crds",
            "Keep definitions of custom resources, and make typed Python of them.",
            "kpy.cli.crds:run",
            Argument(
                "words",
                "ACTION",
                "What to do: add FILE, FOLDER, URL or -, list, or remove NAME. Default: write the types anew.",
                many=True,
            ),
            (
                Option(
                    "chart",
                    ("--chart",),
                    "Add the definitions of a Helm chart, a folder or a .tgz.",
                    "CHART",
                    many=True,
                ),
                Option("set", ("--set",), "Set a value of the chart. May be repeated.", "KEY=VALUE", many=True),
                Option("cluster", ("--cluster",), "Add the definitions of a cluster, through kubectl."),
                *(option for option in _CLUSTER if option.name != "namespace"),
                Option(
                    "group", ("--group",), "Add only these groups, such as '*.cert-manager.io'.", "PATTERN", many=True
                ),
                Option("check", ("--check",), "Write nothing. Exit with 1 if definitions or types are not as pinned."),
                Option("force", ("--force",), "Write over files that were edited, or that come from elsewhere."),
                _COLOR,
            ),
            (
                "kpy crds add cert-manager.crds.yaml",
                "kpy crds add --chart cert-manager-1.19.0.tgz --set crds.enabled=true",
                "kpy crds --check",
            ),
        ),
        Command(
            "graph",
            "Draw the construct tree and the references between objects.",
            "kpy.cli.graph:run",
            Argument("target", "TARGET", "An app, a file or a folder. Default: the app that [tool.kpy] names."),
            (
                _SET,
                _KUBERNETES,
                Option(
                    "format", ("--format",), "Language of the picture. Default: mermaid.", "FORMAT", ("mermaid", "dot")
                ),
                _REPORT,
                _COLOR,
            ),
            ("kpy graph shop.py > shop.mmd", "kpy graph shop.py --format dot | dot -Tsvg > shop.svg"),
        ),
        Command(
            "diff",
            "Show what applying an app would change in a cluster.",
            "kpy.cli.diff:run",
            _APPLIED,
            (_SET, _KUBERNETES, *_CLUSTER, _DRY_RUN, _FORCE, _ADOPT, _TAKE_OVER, _CHANGES, _FAIL_ON, _REPORT, _COLOR),
            ("kpy diff shop.py --context staging",),
        ),
        Command(
            "apply",
            "Apply an app to a cluster.",
            "kpy.cli.apply:run",
            _APPLIED,
            (
                *(_SET, _KUBERNETES, *_CLUSTER, _DRY_RUN, _YES, _WAIT, _TIMEOUT, _FORCE, _ADOPT, _TAKE_OVER),
                Option("replace", ("--replace",), "Delete and re-create objects that cannot be changed in place."),
                Option(
                    "prune",
                    ("--prune",),
                    "Delete objects that earlier applies created and that the app no longer declares.",
                ),
                Option(
                    "prune_all", ("--prune-all",), "Allow --prune to delete everything that earlier applies created."
                ),
                _DATA,
                _REPORT,
                _COLOR,
            ),
            (
                "kpy apply shop.py --context staging --wait",
                "kpy apply shop.py --yes --prune",
                "kpy apply git:v1.2 --wait",
            ),
        ),
        Command(
            "delete",
            "Delete from a cluster what applying an app has created.",
            "kpy.cli.delete:run",
            _APPLIED,
            (_SET, _KUBERNETES, *_CLUSTER, _DRY_RUN, _YES, _DATA, _TAKE_OVER, _WAIT, _TIMEOUT, _REPORT, _COLOR),
            ("kpy delete shop.py --context staging",),
        ),
        Command(
            "status",
            "Show the state of the objects of an app in a cluster.",
            "kpy.cli.status:run",
            _APPLIED,
            (
                *(_SET, _KUBERNETES, *_CLUSTER, _WAIT, _TIMEOUT),
                Option("history", ("--history",), "Show the last ten applies instead."),
                Option("format", ("--format",), "Format of the status. Default: text.", "FORMAT", ("text", "json")),
                _REPORT,
                _COLOR,
            ),
            ("kpy status shop.py --context staging --wait",),
        ),
    )
}

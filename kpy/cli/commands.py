"""Every command: one table, of which the command line, its help and its completion are made."""

from __future__ import annotations

from kpy.cli.fleet_commands import FLEET_COMMANDS
from kpy.cli.options import (
    ADOPT,
    ALL,
    APP,
    APPLIED,
    CHANGE_FORMAT,
    CHANGED,
    CHART,
    CLUSTER,
    CLUSTER_NAME,
    COLOR,
    DATA,
    DRY_RUN,
    ENV,
    ENVS,
    EXCLUDE,
    FAIL_ON,
    FAIL_ON_FINDING,
    FORCE,
    KUBERNETES,
    REPORT,
    RULES,
    SET,
    TAKE_OVER,
    TARGET,
    TARGETS,
    TIMEOUT,
    WAIT,
    YES,
    Argument,
    Command,
    Option,
)
from kpy.reporting.formats import FINDINGS

__all__ = ["COMMANDS"]

COMMANDS: dict[str, Command] = {
    command.name: command
    for command in (
        Command(
            "synth",
            "Write the Kubernetes YAML of an app.",
            "kpy.cli.synth:run",
            APP,
            (
                SET,
                ENV,
                CLUSTER_NAME,
                *ALL,
                *CHANGED,
                Option(
                    "output",
                    ("-o", "--output"),
                    "Write files into this folder, all of them or none, instead of standard output. Default: the "
                    "output of the environment, if it names one; - is standard output.",
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
                    "kustomization",
                    ("--kustomization",),
                    "Write a kustomization.yaml beside the files, which names them.",
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
                KUBERNETES,
                *RULES,
                FAIL_ON_FINDING,
                REPORT,
                Option(
                    "format",
                    ("--format",),
                    "Format of the objects; oci is an image layout, as Flux takes it, and helm a chart whose values "
                    "are the parameters of the app. Default: yaml.",
                    "FORMAT",
                    ("yaml", "json", "kyaml", "oci", "helm"),
                ),
                *CHART,
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
                COLOR,
            ),
            (
                "kpy synth shop.py",
                "kpy synth shop.py --set env=prod -o deploy/prod",
                "kpy synth shop.py --env prod",
                "kpy synth --all --where env=prod",
                "kpy synth --all --since git:main",
                "kpy synth shop.py -o deploy --check",
                "kpy synth shop.py --format helm -o charts/shop",
            ),
        ),
        Command(
            "validate",
            "Check an app, or Kubernetes YAML and JSON from anywhere.",
            "kpy.cli.validate:run",
            TARGETS,
            (
                SET,
                ENV,
                CLUSTER_NAME,
                *ALL,
                KUBERNETES,
                EXCLUDE,
                Option(
                    "render",
                    ("--render",),
                    "Render charts with helm and kustomizations with kustomize or kubectl, and check what they make.",
                ),
                *RULES,
                FAIL_ON_FINDING,
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
                COLOR,
            ),
            (
                "kpy validate k8s/",
                "kpy validate shop.py --set env=prod",
                "kpy validate --all --where env=prod",
                "helm template ./chart | kpy validate -",
            ),
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
            (Option("recursive", ("--recursive",), "Show all fields below as a tree."), COLOR),
            ("kpy explain deployment.spec.strategy", "kpy explain Deployment --recursive", "kpy explain bad-quantity"),
        ),
        Command(
            "compare",
            "Show what changes between two manifests, and what that does to a cluster.",
            "kpy.cli.compare:run",
            Argument(
                "sides",
                "OLD NEW",
                "Each an app, a file, a folder, or a Git revision: git:REV[:PATH]. One app for two environments.",
                many=True,
                apps="also",
            ),
            (SET, ENVS, *ALL[:2], KUBERNETES, CHANGE_FORMAT, FAIL_ON, REPORT, COLOR),
            (
                "kpy compare git:main shop.py",
                "kpy compare deploy/staging deploy/prod --format markdown",
                "kpy compare shop.py --env staging --env prod",
                "kpy compare git:main . --all --format markdown",
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
                Option(
                    "library",
                    ("--library",),
                    "Start a package for a platform team: constructs, policies, settings, and an app that uses them.",
                ),
                COLOR,
            ),
            ("kpy init shop", "kpy init shop --ci gitlab", "kpy init acme-kpy --library"),
        ),
        Command(
            "import",
            "Write the Python that makes existing YAML, and prove that it does.",
            "kpy.cli.import_:run",
            Argument("paths", "PATH", "Files and folders of YAML, or compose files; - is standard input.", many=True),
            (
                Option(
                    "output",
                    ("-o", "--output"),
                    "Write into this file instead of standard output, whole or not at all.",
                    "FILE",
                ),
                Option("force", ("--force",), "Write over a file that is there."),
                Option(
                    "live",
                    ("--live",),
                    "The objects come from a cluster: leave out what servers add.",
                ),
                Option(
                    "kustomize",
                    ("-k", "--kustomize"),
                    "Import what a kustomization makes; several become one app with a parameter `env`.",
                    "DIR",
                    many=True,
                ),
                Option(
                    "env",
                    ("--env",),
                    "Import several environments as one app: PATH is an overlay, a folder or file of YAML or, with "
                    "--chart, a file of values. May be repeated, also with one name.",
                    "NAME=PATH",
                    many=True,
                ),
                Option("chart", ("--chart",), "Import what a Helm chart makes, a folder or a .tgz.", "CHART"),
                Option(
                    "profiles",
                    ("--profile",),
                    "Take the services of a profile of a compose file. May be repeated.",
                    "NAME",
                    many=True,
                ),
                Option(
                    "values", ("-f", "--values"), "A file of values for the chart. May be repeated.", "FILE", many=True
                ),
                EXCLUDE,
                COLOR,
            ),
            (
                "kpy import k8s/ -o app.py",
                "kpy import -k overlays/prod -o app.py",
                "kpy import overlays/dev overlays/prod -o app.py",
                "kpy import --chart web.tgz --env dev=dev.yaml --env prod=prod.yaml -o app.py",
                "kubectl get deploy,svc,cm -n shop -o yaml | kpy import - --live -o shop.py",
            ),
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
                *(option for option in CLUSTER if option.name != "namespace"),
                Option(
                    "group", ("--group",), "Add only these groups, such as '*.cert-manager.io'.", "PATTERN", many=True
                ),
                Option("check", ("--check",), "Write nothing. Exit with 1 if definitions or types are not as pinned."),
                Option("force", ("--force",), "Write over files that were edited, or that come from elsewhere."),
                COLOR,
            ),
            (
                "kpy crds add cert-manager.crds.yaml",
                "kpy crds add --chart cert-manager-1.19.0.tgz --set crds.enabled=true",
                "kpy crds --check",
            ),
        ),
        Command(
            "vendor",
            "Keep Helm charts, pinned by their digests, and make types of their values.",
            "kpy.cli.vendor:run",
            Argument(
                "words",
                "CHART",
                "Charts to add: oci://HOST/PATH/NAME, an archive, or names in --repo; or list, or remove NAME. "
                "Default: fetch what kpy.lock names and is not there.",
                many=True,
            ),
            (
                Option("repo", ("--repo",), "The repository that the charts are in: https://...", "URL"),
                Option(
                    "version",
                    ("--version",),
                    "The version of the chart, such as 1.2.3. Default: the newest.",
                    "VERSION",
                ),
                Option("update", ("--update",), "Take the newest versions of charts that are kept. Default: of all."),
                Option("check", ("--check",), "Write nothing. Exit with 1 if charts or types are not as pinned."),
                Option("force", ("--force",), "Write over files that were edited, or that were published anew."),
                COLOR,
            ),
            (
                "kpy vendor oci://ghcr.io/acme/charts/web --version 1.2.3",
                "kpy vendor --repo https://kubernetes.github.io/ingress-nginx ingress-nginx --version 4.15.1",
                "kpy vendor --check",
            ),
        ),
        Command(
            "graph",
            "Draw the construct tree and the references between objects, or who may talk to whom.",
            "kpy.cli.graph:run",
            TARGET,
            (
                SET,
                ENV,
                KUBERNETES,
                Option(
                    "format",
                    ("--format",),
                    "Form of the picture: text for Mermaid or Graphviz, a drawing, or a page to look around in. "
                    "Default: mermaid.",
                    "FORMAT",
                    ("mermaid", "dot", "svg", "html"),
                ),
                Option(
                    "traffic",
                    ("--traffic",),
                    "Draw who may talk to whom by the network policies, instead of references.",
                ),
                REPORT,
                COLOR,
            ),
            (
                "kpy graph shop.py > shop.mmd",
                "kpy graph shop.py --format html > shop.html",
                "kpy graph deploy/ --traffic --format svg > traffic.svg",
            ),
        ),
        *FLEET_COMMANDS,
        Command(
            "diff",
            "Show what applying an app would change in a cluster.",
            "kpy.cli.diff:run",
            APPLIED,
            (
                SET,
                ENV,
                CLUSTER_NAME,
                KUBERNETES,
                *CLUSTER,
                DRY_RUN,
                FORCE,
                ADOPT,
                TAKE_OVER,
                CHANGE_FORMAT,
                FAIL_ON,
                REPORT,
                COLOR,
            ),
            ("kpy diff shop.py --context staging",),
        ),
        Command(
            "apply",
            "Apply an app to a cluster.",
            "kpy.cli.apply:run",
            APPLIED,
            (
                *(SET, ENV, CLUSTER_NAME, KUBERNETES, *CLUSTER, DRY_RUN, YES, WAIT, TIMEOUT, FORCE, ADOPT, TAKE_OVER),
                Option("replace", ("--replace",), "Delete and re-create objects that cannot be changed in place."),
                Option(
                    "prune",
                    ("--prune",),
                    "Delete objects that earlier applies created and that the app no longer declares.",
                ),
                Option(
                    "prune_all", ("--prune-all",), "Allow --prune to delete everything that earlier applies created."
                ),
                DATA,
                REPORT,
                COLOR,
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
            APPLIED,
            (SET, ENV, CLUSTER_NAME, KUBERNETES, *CLUSTER, DRY_RUN, YES, DATA, TAKE_OVER, WAIT, TIMEOUT, REPORT, COLOR),
            ("kpy delete shop.py --context staging",),
        ),
        Command(
            "status",
            "Show the state of the objects of an app in a cluster.",
            "kpy.cli.status:run",
            APPLIED,
            (
                *(SET, ENV, CLUSTER_NAME, KUBERNETES, *CLUSTER, WAIT, TIMEOUT),
                Option("history", ("--history",), "Show the last ten applies instead."),
                Option("format", ("--format",), "Format of the status. Default: text.", "FORMAT", ("text", "json")),
                REPORT,
                COLOR,
            ),
            ("kpy status shop.py --context staging --wait",),
        ),
    )
}

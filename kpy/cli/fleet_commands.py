"""The commands that are about several environments or outputs, for the table of all commands."""

from __future__ import annotations

from kpy.cli.options import (
    ALL,
    APP,
    CHANGE_FORMAT,
    CLUSTER_NAME,
    COLOR,
    ENV,
    FAIL_ON,
    FAIL_ON_FINDING,
    KUBERNETES,
    REPORT,
    RULES,
    SET,
    WHERE,
    Argument,
    Command,
    Option,
)

__all__ = ["FLEET_COMMANDS"]

FLEET_COMMANDS = (
    Command(
        "promote",
        "Give an environment what another one says, in its file of values.",
        "kpy.cli.promote:run",
        APP,
        (
            Option("from_env", ("--from",), "The environment whose values are taken.", "NAME"),
            Option("to_env", ("--to",), "The environment whose file of values is changed.", "NAME"),
            Option(
                "only",
                ("--only",),
                "Only this key, or what is in this table, such as image or database.size. May be repeated. "
                "Default: all keys of the file, but for secrets.",
                "KEY",
                many=True,
            ),
            CLUSTER_NAME,
            SET,
            KUBERNETES,
            Option("check", ("--check",), "Change nothing. Show what would change, and exit with 1 if anything would."),
            CHANGE_FORMAT,
            FAIL_ON._replace(help="Change nothing, and exit with 1, if a change has this effect or a worse one."),
            REPORT,
            COLOR,
        ),
        (
            "kpy promote shop --from staging --to prod",
            "kpy promote shop --from staging --to prod --only image --check",
        ),
    ),
    Command(
        "affected",
        "Show which outputs of a workspace a change affects.",
        "kpy.cli.affected:run",
        Argument("apps", "APP", "Only these apps, by their names. Default: all of the project.", many=True),
        (
            Option("since", ("--since",), "What has changed since this Git revision counts.", "git:REVISION"),
            WHERE,
            SET,
            KUBERNETES,
            *RULES,
            Option(
                "format",
                ("--format",),
                "Format of the outputs; github is for $GITHUB_OUTPUT, with a matrix of jobs. Default: text.",
                "FORMAT",
                ("text", "json", "github"),
            ),
            COLOR,
        ),
        (
            "kpy affected --since git:main",
            "kpy affected --since git:origin/main --where env=prod --format json",
        ),
    ),
    Command(
        "gitops",
        "Write the objects by which Argo CD or Flux run what kpy synth --all has written.",
        "kpy.cli.gitops:run",
        Argument("engine", "ENGINE", "What runs the fleet: argocd or flux."),
        (
            WHERE,
            Option("sets", ("--sets",), "Write an ApplicationSet for each app instead of many Applications."),
            Option(
                "steps",
                ("--steps",),
                "Write an ApplicationSet for each environment and cluster, which takes its apps in steps.",
            ),
            Option(
                "plugin",
                ("--plugin",),
                "Write the file of the plug-in instead, by which Argo CD runs kpy synth itself.",
            ),
            COLOR,
        ),
        ("kpy gitops argocd > applications.yaml", "kpy gitops flux --where cluster=eu"),
    ),
    Command(
        "push",
        "Send the image of an app, or of every output, to a registry.",
        "kpy.cli.push:run",
        Argument(
            "words",
            "WHAT ADDRESS",
            "What is sent, an app or an OCI layout that kpy synth has made, and where to: oci://HOST/PATH[:TAG]. "
            "Default: the app that [tool.kpy] names, to the image that [tool.kpy.gitops] names; the tag is the "
            "environment.",
            many=True,
            apps="only",
        ),
        (
            SET,
            ENV,
            CLUSTER_NAME,
            *ALL,
            Option(
                "layout",
                ("--layout",),
                "In the image, one file per chart, or one per resource. Default: chart.",
                "LAYOUT",
                ("chart", "resource"),
            ),
            Option("kustomization", ("--kustomization",), "In the image, add a kustomization.yaml."),
            Option("check", ("--check",), "Send nothing. Exit with 1 if the registry has another image, or none."),
            KUBERNETES,
            *RULES,
            FAIL_ON_FINDING,
            REPORT,
            COLOR,
        ),
        (
            "kpy push shop.py oci://ghcr.io/acme/shop --env prod",
            "kpy push shop.oci oci://ghcr.io/acme/shop:prod",
            "kpy push --all --where env=prod",
        ),
    ),
)

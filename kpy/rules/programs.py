"""What only an app can get wrong, because it is made of objects and not of names."""

from __future__ import annotations

from typing import Final

from kpy.checking.rule import declare

__all__ = [
    "APP_RULES",
    "CHANGED_TOO_LATE",
    "DEPRECATED_FIELD",
    "EMPTY_APP",
    "FOREIGN_PODS",
    "FORGOTTEN_ADD",
    "NEVER_ADDED",
    "OBJECT_OF_ANOTHER_APP",
    "OTHER_NAMESPACE",
    "OUTPUT_FAILED",
    "SECRET_IN_PROGRAM",
    "STRAY_CLAIM",
]

FORGOTTEN_ADD: Final = declare(
    "forgotten-add",
    "An object of an app names another one, or selects its pods, and nobody added that to a chart.",
    source="https://kubernetes.io/docs/concepts/overview/working-with-objects/names/",
    family="reference",
)
OBJECT_OF_ANOTHER_APP: Final = declare(
    "object-of-another-app",
    "An object of an app names an object of another one, and did not get it from `OtherApp`: nobody looks whether it "
    "is there, and which ports and keys it has. Or it shall come after an object of another app, which nobody orders.",
    source="https://kubernetes.io/docs/concepts/overview/working-with-objects/names/",
    family="reference",
)
OTHER_NAMESPACE: Final = declare(
    "other-namespace",
    "An object was given that is in another namespace: its name leads to nothing, or to another object.",
    source="https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/",
    family="reference",
)
FOREIGN_PODS: Final = declare(
    "foreign-pods-selected",
    "An object was given a workload, and its selector selects the pods of another workload too.",
    source="https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/",
    family="reference",
    severity="warning",
)

NEVER_ADDED: Final = declare(
    "never-added",
    "A part was made while the app was loaded, and is not in the output, because nobody added it to a chart; a chart "
    "that nobody added to the app is an error.",
    source="https://kubernetes.io/docs/concepts/overview/working-with-objects/",
    family="reference",
    severity="warning",
)
EMPTY_APP: Final = declare(
    "empty-app",
    "An app has no objects, so there is nothing to write; commands refuse it.",
    source="https://kubernetes.io/docs/concepts/overview/working-with-objects/",
    family="reference",
    severity="warning",
)
CHANGED_TOO_LATE: Final = declare(
    "changed-too-late",
    "A list or a mapping in a field of a construct was changed in place when the construct had made its parts of it "
    "already, so that the change is not in the output.",
    source="https://kubernetes.io/docs/concepts/overview/working-with-objects/",
    family="reference",
)
STRAY_CLAIM: Final = declare(
    "claim-beside-template",
    "A claim was added to a chart and is a template of a StatefulSet too: it becomes a volume that no pod mounts.",
    source="https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#volume-claim-templates",
    family="reference",
    severity="warning",
)
SECRET_IN_PROGRAM: Final = declare(
    "secret-in-program",
    "The value of a Secret is plain text in the program, and so in its repository; reported without being selected.\n\n"
    "Why: Everybody who can read the repository, a copy of it or an old commit can read the secret.",
    source="https://kubernetes.io/docs/concepts/security/secrets-good-practices/",
    family="policy",
    severity="warning",
)
DEPRECATED_FIELD: Final = declare(
    "deprecated-field",
    "A construct was given a field that its library has deprecated; reported without being selected.",
    source="https://kubernetes.io/docs/concepts/overview/working-with-objects/",
    family="policy",
    severity="warning",
)
OUTPUT_FAILED: Final = declare(
    "output-failed",
    "An output of a workspace, one app in one environment, could not be made: its code raised, a parameter does not "
    "fit, or its files cannot be read or written. Commands with `--all` report it in forms that programs read.\n\n"
    "Why: What is made of all outputs lacks this one, or has it as it was.",
    source="https://docs.python.org/3/tutorial/errors.html",
    family="schema",
)

#: The rules that documents cannot break.
APP_RULES: Final = (
    FORGOTTEN_ADD,
    OBJECT_OF_ANOTHER_APP,
    OTHER_NAMESPACE,
    FOREIGN_PODS,
    NEVER_ADDED,
    EMPTY_APP,
    CHANGED_TOO_LATE,
    STRAY_CLAIM,
    SECRET_IN_PROGRAM,
    DEPRECATED_FIELD,
    OUTPUT_FAILED,
)

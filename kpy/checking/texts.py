"""What is refused in the text of a file, before there is a document to check; `kpy.documents` reports it."""

from __future__ import annotations

from kpy.checking.rule import declare

__all__ = ["TEXT_RULES", "VARIANTS"]

_YAML = "https://yaml.org/spec/1.2.2/"
_ALIASES = f"{_YAML}#71-alias-nodes"
_KEYS = f"{_YAML}#3213-node-comparison"
_JSON = "https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-encoding"

_TEXTS = (
    ("yaml-syntax", "Refuse text that is not valid YAML.", _YAML),
    ("yaml-value", "Refuse a value that does not fit its tag, or that JSON does not have, such as infinity.", _JSON),
    (
        "yaml-key",
        "Refuse a key that is not text: a list, a mapping or null; warn of a truth value such as `on`.",
        _JSON,
    ),
    ("yaml-recursion", "Refuse an alias inside its own anchor: such a document has no end.", _ALIASES),
    (
        "yaml-expansion",
        "Refuse a document that is nearly all repetition by aliases, as kubectl does: a small one can fill a memory.",
        _ALIASES,
    ),
    ("yaml-too-deep", "Refuse a document with more levels than any kind has.", _JSON),
    (
        "duplicate-key",
        "Refuse a mapping that has a key twice: one of the values would be lost.",
        _KEYS,
    ),
    ("file-unreadable", "Say that a file or folder cannot be opened or read.", _YAML),
    ("file-too-big", "Refuse a file that would fill the memory.", _YAML),
    ("file-not-text", "Refuse a file that is not text in UTF-8.", f"{_YAML}#52-character-encodings"),
)

VARIANTS = declare(
    "variants",
    "Say that files declare the same objects differently: one of them is applied, and each is checked by itself.",
    source="https://kubernetes.io/docs/concepts/overview/working-with-objects/names/",
    family="reference",
    severity="note",
)

#: The rules on texts, in the order of their names here.
TEXT_RULES = (
    *(declare(name, description, source=source) for name, description, source in _TEXTS),
    VARIANTS,
    declare(
        "folder-link",
        "Say that a symbolic link to a folder is not followed: it may lead anywhere, and in circles.",
        source="https://kubernetes.io/docs/reference/kubectl/",
        severity="note",
    ),
    declare(
        "no-documents",
        "Warn of a file, or of standard input, without any document: often the command before the pipe has failed.",
        source=_YAML,
        severity="warning",
    ),
    declare(
        "chart",
        "Say that a Helm chart is not checked as it is: its templates are rendered first.",
        source="https://helm.sh/docs/topics/charts/",
        severity="note",
    ),
    declare(
        "not-rendered",
        "Say that charts or kustomizations are not rendered, although --render asks for it: the program is not there.",
        source="https://kubernetes.io/docs/tasks/manage-kubernetes-objects/kustomization/",
        severity="warning",
    ),
    declare(
        "template",
        "Say that files are templates, which are not YAML before something fills them in, and are not checked.",
        source=_YAML,
        severity="note",
    ),
    declare(
        "stray-patch",
        "Say that a file beside a kustomization looks like a patch, and no kustomization names it: it is not checked.",
        source="https://kubernetes.io/docs/tasks/manage-kubernetes-objects/kustomization/#customizing",
        severity="note",
    ),
    declare(
        "placeholder",
        "Say that a file has placeholders where a server would refuse them; a file that is named is refused.",
        source="https://kubernetes.io/docs/concepts/overview/working-with-objects/",
        severity="note",
    ),
    declare(
        "encrypted",
        "Say that SOPS has encrypted a document: its encrypted values are not checked.",
        source="https://getsops.io/docs/",
        severity="note",
    ),
    declare(
        "sops-value-in-clear",
        "Refuse a value in the clear that the rules of SOPS in the same document have encrypted; empty text never is.",
        source="https://getsops.io/docs/#encrypting-only-parts-of-a-file",
    ),
    declare(
        "sops-signed-together",
        "Warn that SOPS has encrypted several documents of one file, which an app writes one by one: it signs all of "
        "them together, so that none can be decrypted alone.",
        source="https://getsops.io/docs/#message-authentication-code",
        severity="warning",
    ),
    declare(
        "encrypted-without-namespace",
        "Warn that an encrypted object says no namespace, and its chart has one, which cannot be written into it.",
        source="https://getsops.io/docs/#message-authentication-code",
        severity="warning",
    ),
    declare(
        "test-data",
        "Say that a folder of test data, such as `testdata`, is not looked into: much in it is wrong on purpose.",
        source="https://pkg.go.dev/cmd/go#hdr-Test_packages",
        severity="note",
    ),
    declare(
        "not-manifest",
        "Say which files of a folder are not manifests, and refuse one that is named: programs read it, and no server.",
        source="https://kubernetes.io/docs/concepts/overview/working-with-objects/#required-fields",
        severity="note",
    ),
    declare(
        "kustomization",
        "Say that a kustomization is skipped: it is read by `kubectl kustomize`, and never sent to a cluster itself.",
        source="https://kubernetes.io/docs/tasks/manage-kubernetes-objects/kustomization/",
        severity="note",
    ),
)

"""Texts that are secret by their form, and names whose values are: sure ones only, since a false alarm is noise."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["is_plain", "is_secret_name", "secret_form", "secret_setting"]

#: A piece of text without which a form cannot be there, the form, and what it is.
_FORMS: Final = tuple(
    (piece, re.compile(form), what)
    for piece, form, what in (
        (
            "PRIVATE KEY",
            r"-----BEGIN (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----(?:\\n|[A-Za-z0-9+/=\s:,-]){64}",
            "a private key",
        ),
        ("github_pat_", r"\bgithub_pat_\w{50}", "a token of GitHub"),
        ("gh", r"\bgh[pousr]_[A-Za-z0-9]{36}", "a token of GitHub"),
        ("glpat-", r"\bglpat-[\w-]{20}", "a token of GitLab"),
        ("xox", r"\bxox[abeprs]-\d[\w-]{20}", "a token of Slack"),
        ("hooks.slack.com/services/", r"hooks\.slack\.com/services/T\w{6,12}/B\w{6,12}/\w{16}", "a webhook of Slack"),
        ("AIza", r"\bAIza[\w-]{35}(?![\w-])", "an API key of Google"),
        ("A", r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b", "an access key of AWS"),
        ("ccess", r"(?i)secret_?access_?key[\"']?\s{0,9}[=:]\s{0,9}[\"']?[A-Za-z0-9/+]{40}\b", "a key of AWS"),
        ("CCESS", r"SECRET_ACCESS_KEY[\"']?\s{0,9}[=:]\s{0,9}[\"']?[A-Za-z0-9/+]{40}\b", "a key of AWS"),
        ("AccountKey=", r"AccountKey=[A-Za-z0-9+/]{60}", "a key of an Azure account"),
        ("SharedAccessKey=", r"SharedAccessKey=[A-Za-z0-9+/]{40}", "a key of Azure"),
        ("k_live_", r"\b[rs]k_live_[A-Za-z0-9]{20}", "a key of Stripe"),
        ("SG.", r"\bSG\.[\w-]{22}\.[\w-]{43}", "a key of SendGrid"),
        ("npm_", r"\bnpm_[A-Za-z0-9]{36}\b", "a token of npm"),
        ("pypi-", r"\bpypi-AgE[\w-]{50}", "a token of PyPI"),
        ("hf_", r"\bhf_[A-Za-z0-9]{34}\b", "a token of Hugging Face"),
        ("sk-ant-", r"\bsk-ant-[\w-]{30}", "an API key of Anthropic"),
        ("dop_v1_", r"\bdop_v1_[a-f0-9]{64}", "a token of DigitalOcean"),
        ("eyJ", r"\beyJ[\w-]{10,2000}\.eyJ[\w-]{10,4000}\.[\w-]{20}", "a signed token"),
    )
)
_LOGIN: Final = re.compile(r"(?<![A-Za-z0-9+.-])[A-Za-z][A-Za-z0-9+.-]{1,20}://[^\s/:@\"']{0,99}:([^\s/@\"']{1,99})@")
_LONGEST_LINE: Final = 500
_COMMENT: Final = re.compile(r"^\s*(?:#|//|;|\*)")
#: Names that end so are those of secrets.
_NAME: Final = re.compile(
    r"(?:password|passwd|passphrase)s?$"
    r"|(?:^|[_.-])(?:pwd|pass|secret|token|credentials?|(?:api|private|access|secret|account|storage|signing|encryption)"
    r"[_.-]?key)$",
    re.IGNORECASE,
)
_CAMEL_NAME: Final = re.compile(r"[a-z0-9](?:Secret|Token|ApiKey|PrivateKey|AccessKey|SecretKey)$")
#: Names that end so too, but whose values are public, or names of Secrets.
_OPEN_NAME: Final = re.compile(
    r"public|(?:pull|tls|cert|certificate|existing|image|ca|name)[_.-]?secret$|(?:next|page|continue|max)[_.-]?token$",
    re.IGNORECASE,
)
_MAY_NAME_A_SECRET: Final = re.compile(r"(?:secret|credentials?)$", re.IGNORECASE)
_OBJECT_NAME: Final = re.compile(r"(?:[a-z0-9.-]+/)?[a-z]+(?:-[a-z0-9]+)+")
#: A line of a file of settings: a name, which may have a prefix, and a value without brackets, which code has.
_SETTING: Final = re.compile(
    r"""^\s{0,40}(?:export\s+|-\s+)?["']?((?:[\w-]{1,60}[.:]){0,6}[\w-]{0,60})["']?\s{0,9}[=:]\s{0,9}"""
    r"""("[^"]{1,200}"|'[^']{1,200}'|[^\s"'()\[\]{},;]{1,200})[,;]?\s*$"""
)
#: The names of settings that are secrets: passwords and keys, whose names mean nothing else.
_SECRET_SETTING: Final = re.compile(
    r"(?:password|passwd|passphrase)$|(?:^|[_.-])(?:api|secret|private|access|account)[_-]?key$|client[_-]?secret$",
    re.IGNORECASE,
)
_FILES_OF_SETTINGS: Final = re.compile(
    r"\.(?:cfg|cnf|conf|config|env|ini|json|properties|toml|ya?ml)$|^[^.]+$|^\.env", re.IGNORECASE
)
#: Values that stand for what is put in later, or elsewhere.
_REFERENCE: Final = re.compile(
    r"\$.*|.*(?:\$\{|\$\(|\{\{|%\().*|<.*>|[@~.]?/.*|\.\./.*|[A-Za-z]:\\.*"
    r"|(?:arn|awssm|azurekeyvault|env|file|gcpsm|https?|k8s|projects|ref\+\w+|secret|secretref|sops|ssm|vault)[:/].*"
    r"|ENC\[.*|[*xX.]+|(?:true|false|yes|no|on|off|none|null|nil|undefined|required|optional|enabled|disabled|redacted)",
    re.IGNORECASE | re.DOTALL,
)


def secret_form(text: str) -> str:
    """Return what a text has in it that is secret by its form, such as `a private key`; empty if there is nothing."""
    for piece, form, what in _FORMS:
        if piece in text and form.search(text):
            return what
    if "://" in text and "@" in text:
        for line in text.splitlines():
            for match in _LOGIN.finditer(line) if "@" in line and not _COMMENT.match(line) else ():
                if is_plain("password", match[1]):
                    return "a URL with a password"
    return ""


def secret_setting(key: str, text: str) -> str:
    """Return the name of a setting in a file of settings whose value is a secret; empty if there is none."""
    if not _FILES_OF_SETTINGS.search(key):
        return ""
    for line in text.splitlines():
        match = None if _COMMENT.match(line) or len(line) > _LONGEST_LINE else _SETTING.match(line)
        if match is not None:
            name, value = match[1], match[2].strip("\"'")
            if _SECRET_SETTING.search(name) and not _OPEN_NAME.search(name) and is_plain(name, value):
                return name
    return ""


def is_secret_name(name: str) -> bool:
    """Return whether what is called so is a secret."""
    return bool(_NAME.search(name) or _CAMEL_NAME.search(name)) and not _OPEN_NAME.search(name)


def is_plain(name: str, value: str) -> bool:
    """Return whether the value of a secret of this name is the secret itself, and not where to find it."""
    text = value.strip().strip("\"'")
    if not text or _REFERENCE.fullmatch(text):
        return False
    if _MAY_NAME_A_SECRET.search(name) and _OBJECT_NAME.fullmatch(text):
        return False
    if text.isdigit():  # a switch, or an amount, but for passwords such as 1234
        return len(text) > 1 and bool(re.search("pass|pwd", name, re.IGNORECASE))
    return True

"""What in a compose file is a secret: such values come from a Secret, and never into a program.

A compose file has them as plain text more often than not.
"""

from __future__ import annotations

import re
from typing import Final

from kpy.rules.policies.secret_values import is_plain, is_secret_name, secret_form

__all__ = ["is_secret", "is_secret_word", "secrets_in_script"]

#: Options and variables whose values are passwords, beside those that are called so.
_PASSWORDS: Final = re.compile(r"(?:pass|pw|auth)$", re.IGNORECASE)
#: Names that may be of secrets, which long values of them then are; and ends that say that they are not.
_LOOSE: Final = re.compile(r"secret|passw|token_?id$|(?:^|_)key$|salt$|credential", re.IGNORECASE)
_OTHER: Final = re.compile(r"(?:name|file|path|arn|dir|url|ttl|enabled|public_?key)$", re.IGNORECASE)
_LONG: Final = 8
_OPTION: Final = re.compile(r"(?<!\S)--?([A-Za-z][\w-]*)(?:=|\s+)(\"[^\"]*\"|'[^']*'|[^\s\"'-][^\s\"']*)")
_ASSIGNED: Final = re.compile(r"(?<!\S)([A-Za-z_]\w*)=(\"[^\"]*\"|'[^']*'|[^\s\"']+)")
#: Programs with a short option whose value is a password.
_SHORT: Final = (
    (re.compile(r"\b(?:mysql|mariadb)"), re.compile(r"(?<!\S)-p([^\s\"'$]+)")),
    (re.compile(r"\bredis-cli\b"), re.compile(r"(?<!\S)-a\s+([^\s\"'$]+)")),
    (re.compile(r"\bsqlcmd\b"), re.compile(r"(?<!\S)-P\s+([^\s\"'$]+)")),
)


def is_secret_word(name: str) -> bool:
    """Return whether the value of a variable or an option of this name is a secret."""
    plain = name.replace("-", "_")
    return is_secret_name(plain) or bool(_PASSWORDS.search(plain))


def is_secret(name: str, value: str) -> bool:
    """Return whether a value is a secret, by its name or its form."""
    if (is_secret_word(name) and is_plain(name, value)) or secret_form(value):
        return True
    is_loose = _LOOSE.search(name) is not None and _OTHER.search(name) is None
    return is_loose and len(value) >= _LONG and is_plain(name, value)


def secrets_in_script(text: str) -> list[tuple[str, int, int]]:
    """Return the secrets in a line of a shell: the name of the option, and where the value begins and ends."""
    found: list[tuple[str, int, int]] = []
    for pattern in (_OPTION, _ASSIGNED):
        for match in pattern.finditer(text):
            if is_secret_word(match[1]) and is_plain("password", match[2]):
                found.append((match[1], match.start(2), match.end(2)))
    for program, option in _SHORT:
        if program.search(text):
            found += [("password", match.start(1), match.end(1)) for match in option.finditer(text)]
    return sorted({each[1]: each for each in found}.values(), key=lambda each: each[1])

"""What texts must look like. Each check returns nothing, or a phrase that says what is wrong.

    subdomain_fault("My_App")      'must be lower-case letters, digits, "-" or ".", ...'

The phrases continue a sentence that begins with the value: `name "My_App" must be ...`.
"""

from __future__ import annotations

import re
from functools import lru_cache

__all__ = [
    "config_key_fault",
    "env_name_fault",
    "label_fault",
    "label_key_fault",
    "label_value_fault",
    "path_segment_fault",
    "qualified_name_fault",
    "rfc1035_label_fault",
    "size_of",
    "subdomain_fault",
    "wildcard_subdomain_fault",
]

_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
_RFC1035 = re.compile(r"[a-z]([-a-z0-9]*[a-z0-9])?")
_SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_QUALIFIED = re.compile(r"[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?")
_CONFIG_KEY = re.compile(r"[-._a-zA-Z0-9]+")
_PRINTABLE = re.compile(r"[ -<>-~]+")
_ENV_NAME = re.compile(r"[-._a-zA-Z][-._a-zA-Z0-9]*")


def size_of(text: str) -> int:
    """Return how many bytes a server counts; half a character, which JSON can hold, counts as three."""
    return len(text.encode(errors="surrogatepass"))


def _too_long(text: str, most: int) -> bool:
    """Return whether the text has more bytes than allowed."""
    return len(text) > most or size_of(text) > most


@lru_cache(4096)
def subdomain_fault(text: str) -> str | None:
    """Check a DNS subdomain: the name of most objects."""
    if _too_long(text, 253):
        return "must be at most 253 characters long"
    if not _SUBDOMAIN.fullmatch(text):
        return 'must be lower-case letters, digits, "-" or ".", with a letter or digit at both ends of each part'
    return None


@lru_cache(4096)
def label_fault(text: str) -> str | None:
    """Check a DNS label (RFC 1123): the name of a container, a namespace, a volume."""
    if _too_long(text, 63):
        return "must be at most 63 characters long"
    if not _LABEL.fullmatch(text):
        return 'must be lower-case letters, digits or "-", with a letter or digit at both ends'
    return None


def rfc1035_label_fault(text: str) -> str | None:
    """Check a DNS label that begins with a letter (RFC 1035)."""
    if _too_long(text, 63):
        return "must be at most 63 characters long"
    if not _RFC1035.fullmatch(text):
        return 'must be lower-case letters, digits or "-", with a letter first and a letter or digit last'
    return None


def wildcard_subdomain_fault(text: str) -> str | None:
    """Check a DNS subdomain with `*` as its first label."""
    if _too_long(text, 253):
        return "must be at most 253 characters long"
    if not (text.startswith("*.") and _SUBDOMAIN.fullmatch(text[2:])):
        return 'must be "*." and then a DNS name of lower-case letters, digits, "-" and "."'
    return None


@lru_cache(4096)
def qualified_name_fault(text: str) -> str | None:
    """Check `name` or `prefix/name`, in which the prefix is a DNS subdomain: label keys, resource names."""
    prefix, slash, name = text.rpartition("/")
    if "/" in prefix:
        return 'must have at most one "/"'
    if slash and not prefix:
        return 'must have something before the "/"'
    if prefix and (fault := subdomain_fault(prefix)):
        return f"has a bad prefix: it {fault}"
    if not name:
        return "must have a name" + (' after the "/"' if slash else "")
    if _too_long(name, 63):
        return "must have a name of at most 63 characters"
    if not _QUALIFIED.fullmatch(name):
        return 'must be letters, digits, "-", "_" or ".", with a letter or digit at both ends'
    return None


def label_key_fault(text: str) -> str | None:
    """Check the key of a label."""
    return qualified_name_fault(text)


@lru_cache(4096)
def label_value_fault(text: str) -> str | None:
    """Check the value of a label; it may be empty."""
    if _too_long(text, 63):
        return "must be at most 63 characters long"
    if text and not _QUALIFIED.fullmatch(text):
        return 'must be letters, digits, "-", "_" or ".", with a letter or digit at both ends'
    return None


@lru_cache(1024)
def config_key_fault(text: str) -> str | None:
    """Check a key of a ConfigMap or Secret."""
    if _too_long(text, 253):
        return "must be at most 253 characters long"
    if not _CONFIG_KEY.fullmatch(text):
        return 'must be letters, digits, "-", "_" or "."'
    if text == "." or text.startswith(".."):
        return 'must not be "." nor begin with ".."'
    return None


@lru_cache(1024)
def env_name_fault(text: str, *, lenient: bool) -> str | None:
    """Check the name of an environment variable; a server is much more lenient from 1.32 on."""
    if lenient:
        return None if _PRINTABLE.fullmatch(text) else 'must be printable ASCII characters other than "="'
    if not _ENV_NAME.fullmatch(text):
        return 'must be letters, digits, "_", "-" or ".", and not begin with a digit'
    return 'must not be "." nor begin with ".."' if text == "." or text.startswith("..") else None


def path_segment_fault(text: str) -> str | None:
    """Check a name that only has to fit into a URL, as the names of roles do."""
    if text in (".", ".."):
        return f'must not be "{text}"'
    for character in "/%":
        if character in text:
            return f'must not contain "{character}"'
    return None

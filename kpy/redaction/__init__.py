"""Secrets stay out of every text that kpy prints, but for the manifest itself.

A value is secret by the field in which it stands (`fields`). It is hidden where it stands, in trees (`mask`), in
YAML and JSON (`yaml_text`) and in Python (`python_text`), and wherever else it turns up in a text (`mask`).
"""

from kpy.redaction.fields import HIDDEN, is_secret, is_secret_field, is_secret_kind
from kpy.redaction.mask import Mask, hide_value, redacted

__all__ = ["HIDDEN", "Mask", "hide_value", "is_secret", "is_secret_field", "is_secret_kind", "redacted"]

"""Encrypted objects, which no cluster can take."""

from __future__ import annotations

from kpy.errors import UsageError
from kpy.manifest import Manifest
from kpy.redaction.encrypted import is_signed
from kpy.source import shown_file

__all__ = ["refuse_encrypted"]


def refuse_encrypted(manifest: Manifest) -> None:
    """Raise `UsageError` when an object is encrypted, and say how to decrypt it."""
    signed = [resource for resource in manifest.resources if is_signed(resource.tree)]
    if not signed:
        return
    first, *more = signed
    file = shown_file(first.document.file) if first.document is not None else "db.enc.yaml"
    others = f", and so {'is' if len(more) == 1 else 'are'} {len(more)} more" if more else ""
    raise UsageError.at(
        first.where,
        f"{first} is encrypted by SOPS{others}, and no cluster can decrypt it; nothing was changed. Decrypt it first, "
        f"`sops decrypt {file} | kubectl apply -f -`, and refer to it by `Secret.existing({first.name!r})`; or give "
        "the app the decrypted file by a parameter, as the page on secrets shows: "
        f"`--set secrets=<(sops decrypt {file})`",
    )

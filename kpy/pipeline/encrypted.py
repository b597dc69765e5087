"""What is said of the encrypted objects of an app."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from kpy.diagnostics import Diagnostic
from kpy.manifest import Resource
from kpy.pipeline.draft import Draft
from kpy.redaction.encrypted import SOPS, is_cipher, is_signed
from kpy.source import shown_file
from kpy.tree.part import said_namespace
from kpy.tree.shared import waivers_of

if TYPE_CHECKING:
    from kpy.documents import Document

__all__ = ["find_encrypted", "is_of_ciphers"]


def is_of_ciphers(resource: Resource, steps: tuple[str | int, ...]) -> bool:
    """Return whether a place of an object is of SOPS itself, or has an encrypted value: nobody can judge it."""
    if not resource.is_raw or not is_signed(resource.tree):
        return False
    from kpy.inputs.encrypted import value_at

    return steps[:1] == (SOPS,) or is_cipher(value_at(resource.tree, steps))


def find_encrypted(draft: Draft) -> Iterator[Diagnostic]:
    """Yield what is said of the encrypted objects of an app: that they are, and what is wrong with them."""
    signed = [resource for resource in draft.resources if resource.is_raw and is_signed(resource.tree)]
    documents = [resource.document for resource in signed if resource.document is not None]
    if documents:
        from kpy.inputs.notes import note_on_encrypted

        yield note_on_encrypted(documents)
    together = Counter(document.file for document in documents)
    for resource in signed:
        for found in _of(resource, draft, together):
            if not str(waivers_of(resource.construct, draft.shared).get(found.rule) or "").strip():
                yield found


def _of(resource: Resource, draft: Draft, together: Counter[str]) -> Iterator[Diagnostic]:
    from kpy.inputs.encrypted import is_wholly_encrypted, values_in_the_clear
    from kpy.inputs.notes import refuse_value_in_the_clear

    document = resource.document
    if document is None:
        return
    if is_wholly_encrypted(document.tree):
        message = "SOPS has encrypted all of it, so that nobody can tell which object it is"
        fix = "encrypt the values of a Secret alone: `sops encrypt --encrypted-regex '^(data|stringData)$'`"
        yield Diagnostic("encrypted", "schema", "error", "", message, fix, where=document.where())
        return
    for steps in values_in_the_clear(document.tree):
        yield refuse_value_in_the_clear(document, steps)
    if together[document.file] > 1:
        yield _signed_together(resource, document, together[document.file])
    if _lacks_namespace(resource, draft):
        namespace = said_namespace(resource.construct)
        name = getattr(namespace, "name", namespace)
        yield Diagnostic(
            "encrypted-without-namespace",
            "schema",
            "warning",
            "metadata",
            f"it says no namespace, and {str(name)!r}, that of its chart, cannot be written into what is encrypted",
            f"write `namespace: {name}` into its metadata, by `sops edit {shown_file(document.file)}`",
            str(resource),
            document.where(("metadata",)),
        )


def _signed_together(resource: Resource, document: Document, count: int) -> Diagnostic:
    return Diagnostic(
        "sops-signed-together",
        "schema",
        "warning",
        "",
        f"SOPS has signed the {count} documents of this file together: alone, as it is written, none can be decrypted",
        "give each of them a file of its own, and encrypt that",
        str(resource),
        document.where(),
    )


def _lacks_namespace(resource: Resource, draft: Draft) -> bool:
    kind = resource.kind_data
    is_namespaced = kind is not None and kind.namespaced
    return is_namespaced and resource.namespace is None and said_namespace(resource.construct) is not None

"""The objects of others one by one: which are taken, and what is changed of them before anybody sees them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from kpy.constructs.included.given import Given
from kpy.constructs.included.images import images_in, replaced, without_tag
from kpy.constructs.included.patterns import is_meant, near_misses
from kpy.constructs.raw import Raw
from kpy.diagnostics import Diagnostic
from kpy.errors import UsageError
from kpy.model.suggestions import listed
from kpy.objects import title
from kpy.redaction.encrypted import is_signed
from kpy.source import shown_file
from kpy.tree.part import describe

if TYPE_CHECKING:
    from typing import TypeVar

    from kpy.documents import Document, Reading
    from kpy.model.model import ApiObject
    from kpy.tree.part import Part

    P = TypeVar("P", bound=Part | ApiObject)

__all__ = ["Item", "Loaded", "copied", "load"]

Tree = dict[str, Any]
#: What is said for all objects, and would have to be written into each.
_WRITTEN: Final = ("namespace", "labels", "annotations", "aliases", "protect")


class Item:
    """One object of somebody else's: the document, and the part of the app that stands for it."""

    __slots__ = ("document", "opened", "part", "patches", "text", "tree")

    def __init__(self, document: Document, owner: Given) -> None:
        #: The document as it was read, which knows the lines.
        self.document = document
        #: The object, with the images that were given for it, before all other changes.
        self.tree: Tree = document.tree
        #: The object as it was when its part was made, where it was rendered anew since.
        self.opened: Tree | None = None
        #: The patches that were given for it, to be merged last.
        self.patches: list[Mapping[str, object]] = []
        #: The text of an encrypted document, which must not change in any byte; else empty.
        self.text = ""
        self.part: Any = self.stand_in(Raw(self.tree), owner)

    @property
    def identity(self) -> Tree:
        """The kind and the name of the object, and nothing else of it."""
        metadata = self.tree.get("metadata")
        known = metadata if isinstance(metadata, Mapping) else {}
        named = {key: known[key] for key in ("name", "namespace") if isinstance(known.get(key), str)}
        return {"apiVersion": self.tree.get("apiVersion"), "kind": self.tree.get("kind"), "metadata": named}

    def stand_in(self, part: P, owner: Given) -> P:
        """Return a part that stands for the object in the tree of the app."""
        state = part.__dict__
        state["_owner"] = owner
        state["_where"] = self.document.where()
        if self.patches:
            state["_patches"] = list(self.patches)
        return part


class Loaded(NamedTuple):
    """What was read: the objects, and what is wrong with the text."""

    items: list[Item]
    errors: list[Diagnostic]


def load(owner: Given, reading: Reading) -> Loaded:
    """Return the objects that were read and are not left out, with other images and with their patches.

    Raises `UsageError` for a word that means nothing there, unless some of it could not be read.
    """
    documents = [inner for outer in reading.documents for inner in outer.items()]
    objects = [document for document in documents if isinstance(document.tree, dict)]
    errors = [*reading.errors, *(_no_object(each) for each in documents if not isinstance(each.tree, dict))]
    is_whole = not any(error.severity == "error" for error in errors)
    trees = [document.tree for document in objects]
    if is_whole:
        _check_words(owner, "without", owner.without, trees)
        _check_words(owner, "patch", owner.patch or (), trees)
    items = [
        Item(document, owner)
        for document in objects
        if not any(is_meant(word, document.tree) for word in owner.without)
    ]
    _change_images(owner, items, is_whole)
    for word, patch in (owner.patch or {}).items():
        for item in items:
            if is_meant(word, item.tree):
                item.patches.append(patch)
                item.part.__dict__["_patches"] = list(item.patches)
    for item in items:
        if is_signed(item.tree):
            _refuse_changes(owner, item)
    return Loaded(items, errors)


def copied(value: Any) -> Any:
    """Return JSON of its own."""
    if isinstance(value, dict):
        return {key: copied(inner) for key, inner in value.items()}
    return [copied(inner) for inner in value] if isinstance(value, list) else value


def _no_object(document: Document) -> Diagnostic:
    shape = "a list" if isinstance(document.tree, list) else "text" if isinstance(document.tree, str) else "a value"
    message = f"a document must be a mapping, not {shape}"
    return Diagnostic("not-a-mapping", "schema", "error", "", message, where=document.where())


def _check_words(owner: Given, field: str, words: Iterable[str], trees: list[Tree]) -> None:
    for word in words:
        if not any(is_meant(word, tree) for tree in trees):
            text = f"`{field}` of {describe(owner)}: there is no {word!r}{near_misses(word, trees)}"
            raise UsageError.at(owner._where, text)


def _change_images(owner: Given, items: list[Item], is_whole: bool) -> None:
    if not owner.images:
        return
    seen: set[str] = set()
    there: dict[str, None] = {}
    for item in items:
        item.tree = copied(item.tree)
        for node, key, image in images_in(item.tree):
            there[without_tag(image)] = None
            found = replaced(image, owner.images)
            if found is not None:
                seen.add(found[0])
                node[key] = found[1]
        item.part.__dict__["tree"] = item.tree
    for word in owner.images if is_whole else ():
        if word not in seen:
            text = f"`images` of {describe(owner)}: no object has the image {word!r}{_near_images(word, list(there))}"
            raise UsageError.at(owner._where, text)


def _near_images(word: str, there: list[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(without_tag(word), there, n=1, cutoff=0.7)
    near = near or [each for each in there if each.endswith(f"/{without_tag(word)}")]
    if near:
        return f"; did you mean {near[0]!r}?"
    return f"; there is: {listed(map(repr, there))}" if there else "; there is none"


def _refuse_changes(owner: Given, item: Item) -> None:
    """Refuse what would have to be written into an encrypted object: SOPS signs all of it."""
    said = [field for field in _WRITTEN if owner.__dict__.get(field)]
    said += ["patch"] if item.patches else []
    said += ["images"] if item.tree != item.document.tree else []
    if said:
        words = f"{title(item.tree)} ({item.document.where()})"
        raise UsageError.at(
            owner._where,
            f"`{said[0]}` of {describe(owner)} would change {words}, which SOPS has encrypted and signed: "
            f"then nobody can decrypt it. Change the file itself, by `sops edit {shown_file(item.document.file)}`",
        )

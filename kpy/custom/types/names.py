"""Names in Python for what definitions call as they like: fields, classes, modules.

Every name follows from the definitions alone, never from their order, and none is numbered.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from keyword import iskeyword, issoftkeyword, kwlist

from kpy.custom.types.shapes import Named
from kpy.model.names import api_name, python_name

__all__ = ["class_names", "field_names", "kind_names", "module_name"]

_WORDS = re.compile(r"[^0-9A-Za-z]+")


def field_names(fields: Iterable[str], taken: Collection[str]) -> dict[str, str]:
    """Return the Python name of every field that can have one.

    A name that is taken, by a keyword of Python, by kpy or by another field, gets an underscore behind it. Of two
    fields that would have one name, the one that follows the rule for names keeps it. A name that begins with a digit
    gets `x_` before it; a field without any letter or digit has no name, and is given by a mapping.
    """
    names: dict[str, str] = {}
    used: set[str] = set()
    for field in sorted(fields, key=lambda field: (api_name(python_name(field)) != field, field)):
        name = python_name(field)
        if name[:1].isdigit():
            name = f"x_{name}"
        if not name.isidentifier():
            continue
        while name in used or name in taken or iskeyword(name):
            name = f"{name}_"
        used.add(name)
        names[field] = name
    return dict(sorted(names.items()))


def module_name(text: str) -> str:
    """Return the name of a module or package: `cert_manager_io` of `cert-manager.io`."""
    name = _WORDS.sub("_", text).lower()
    name = f"x_{name}" if name[:1].isdigit() else name
    return f"{name}_" if iskeyword(name) or issoftkeyword(name) else name


def kind_names(kinds: Iterable[str], ends: Iterable[str]) -> dict[str, dict[str, str]]:
    """Return the names of the classes of every kind: that of the kind itself, with no end, and one for each end.

    A kind has its own name, as far as Python allows it; what others have already gets an underscore.
    """
    known, used = sorted(kinds, key=lambda kind: (_joined(kind) != kind, kind)), set(kwlist)
    found: dict[str, dict[str, str]] = {}
    for end in ("", *ends):
        for kind in known:
            name = f"{_joined(kind)}{end}"
            while name in used:
                name = f"{name}_"
            used.add(name)
            found.setdefault(kind, {})[end] = name
    return found


def _joined(kind: str) -> str:
    return "".join(_WORDS.split(kind))


def class_names(shapes: Iterable[Named], taken: Collection[str]) -> None:
    """Give every shape its name.

    It is the kind and the last field, `CertificateKeystore`; without the kind where several kinds have the shape,
    `IssuerRef`. Where two shapes would have one name, both have more of the fields on the way in theirs.
    """
    taken = {*taken, *kwlist}
    candidates = {shape: list(_candidates(shape)) for shape in shapes}
    level = dict.fromkeys(candidates, 0)
    while True:
        names = {shape: candidates[shape][at] for shape, at in level.items()}
        count = Counter(names.values())
        clashing = [
            shape
            for shape, name in names.items()
            if (count[name] > 1 or name in taken) and level[shape] + 1 < len(candidates[shape])
        ]
        if not clashing:
            break
        for shape in clashing:
            level[shape] += 1
    used = set(taken)
    for shape in sorted(names, key=lambda shape: (names[shape], shape.first.kind, shape.first.path)):
        name = names[shape]
        while name in used:
            name = f"{name}_"
        used.add(name)
        shape.name = name


def _candidates(shape: Named) -> Iterator[str]:
    """Yield the names that a shape could have, the shortest first."""
    first = shape.first
    kinds = {use.kind for use in shape.uses}
    words = [_capitalised(step) for step in first.path]
    prefix = first.kind if len(kinds) == 1 else ""
    for length in range(1, len(words) + 1):
        name = prefix + "".join(words[-length:])
        yield name if name[:1].isalpha() else f"X{name}"
    if not prefix:
        yield first.kind + "".join(words)


def _capitalised(name: str) -> str:
    words = [word for word in _WORDS.split(name) if word]
    return "".join(word[0].upper() + word[1:] for word in words) or "Field"

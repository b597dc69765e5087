"""All that is generated: what it should be, what of it is not, and the writing of it."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

from tools.codegen.pool import POOL, build_pool, compressed

__all__ = ["drifted", "write"]


def write() -> None:
    """Write everything anew, and remove what is no longer made."""
    for path, content in _differences():
        if content is None:
            path.unlink()
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


def drifted() -> list[Path]:
    """Return the files that are missing, that are not as they would be written, or that would be removed."""
    return [path for path, _ in _differences()]


def _differences() -> Iterator[tuple[Path, bytes | None]]:
    """Yield each file that is not as it should be, and what it should be; nothing where it should not be.

    The pool comes first, so that what is made of it is made of the new one, if it was written by then.
    """
    text = build_pool()
    # the text counts: libraries compress the same text differently
    if not POOL.exists() or gzip.decompress(POOL.read_bytes()).decode() != text:
        yield POOL, compressed(text)
    for make in (_made_of_the_pool, _made_of_the_models):
        files, folders = make()
        for path, text in files.items():
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                yield path, text.encode()
        for folder, suffix in folders.items():
            yield from ((path, None) for path in sorted(folder.rglob(f"*{suffix}")) if path not in files)


def _made_of_the_pool() -> tuple[dict[Path, str], dict[Path, str]]:
    """Return the texts of files, and the folders in which all files of a suffix are generated."""
    # imported here: what reads the pool must read the new one
    from tools.codegen.fields import FIELDS, field_files
    from tools.codegen.models import API, model_files
    from tools.codegen.pages import PAGES, page_stores, pages
    from tools.codegen.rules_table import NAMES, TABLE, rule_names, rules_table

    made = {API: model_files(), FIELDS: field_files(), PAGES: pages()}
    files = {folder / name: text for folder, texts in made.items() for name, text in texts.items()}
    return {**files, **page_stores(), TABLE: rules_table(), NAMES: rule_names()}, {
        API: ".py",
        FIELDS: ".py",
        PAGES: ".md",
    }


def _made_of_the_models() -> tuple[dict[Path, str], dict[Path, str]]:
    """Return the same of what reads the texts in the generated models, which were written by then."""
    from tools.codegen.man_pages import MAN, man_pages
    from tools.codegen.pictures import PICTURES, pictures
    from tools.codegen.reference_pages import REFERENCE, reference_pages

    made = {REFERENCE: reference_pages(), PICTURES: pictures(), MAN: man_pages()}
    files = {folder / name: text for folder, texts in made.items() for name, text in texts.items()}
    return files, {REFERENCE: ".md", PICTURES: ".svg", MAN: ".1"}

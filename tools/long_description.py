"""What PyPI shows: the README, where each path is an address, since PyPI has none of the files beside it.

Hatchling loads this file when it builds kpy (`[tool.hatch.metadata.hooks.custom]` of `pyproject.toml`).
"""

from __future__ import annotations

import re
import runpy
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

__all__ = ["LongDescription", "long_description"]

_LINK = re.compile(r"(?P<image>!?)\[(?P<text>[^\]]*)\]\((?P<path>[^)\s]+)\)")
_HOST = "https://github.com/"
_RAW = "https://raw.githubusercontent.com/"


class LongDescription(MetadataHookInterface):
    """Gives the long description to what is built."""

    PLUGIN_NAME = "custom"

    def update(self, metadata: dict[str, Any]) -> None:
        """Add the text to the metadata."""
        root = Path(self.root)
        version = runpy.run_path(str(root / "kpy" / "version.py"))["VERSION"]
        readme = (root / "README.md").read_text(encoding="utf-8")
        text = long_description(readme, metadata["urls"]["Repository"], f"v{version}")
        metadata["readme"] = {"content-type": "text/markdown", "text": text}


def long_description(readme: str, repository: str, tag: str) -> str:
    """Return a text of Markdown with its pictures and links as they are at a tag. Raises `ValueError`."""
    if not repository.startswith(_HOST):
        raise ValueError(f"Repository of [project.urls] is {repository!r}: it is not known where it serves its files")
    raw = repository.replace(_HOST, _RAW, 1)

    def address(link: re.Match[str]) -> str:
        path = link["path"]
        if path.startswith("#") or "://" in path:
            return link[0]
        top = f"{raw}/{tag}" if link["image"] else f"{repository}/blob/{tag}"
        return f"{link['image']}[{link['text']}]({top}/{path})"

    return _LINK.sub(address, readme)

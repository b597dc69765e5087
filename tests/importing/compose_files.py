"""A folder with a compose file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kpy import validate
from kpy.importing.compose import from_compose

Tree = dict[str, Any]


class Files:
    """A folder with a compose file and what it names."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, compose: str, **files: str | bytes) -> Files:
        self.write("compose.yaml", compose)
        for name, content in files.items():
            self.write(name, content)
        return self

    def write(self, name: str, content: str | bytes) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())

    def objects(self, **arguments: Any) -> dict[str, Tree]:
        made = from_compose(self.folder / "compose.yaml", name="shop", **arguments)
        assert [each for each in validate(made.documents) if each.severity == "error"] == []
        return {f"{tree['kind']}/{tree['metadata']['name']}": tree for tree in made.documents}

    def notes(self, **arguments: Any) -> dict[str, str]:
        made = from_compose(self.folder / "compose.yaml", name="shop", **arguments)
        return {note.key: note.text for note in made.notes}

    def container(self, name: str = "web", **arguments: Any) -> Tree:
        found: Tree = self.pod(name, **arguments)["containers"][0]
        return found

    def pod(self, name: str = "web", **arguments: Any) -> Tree:
        objects = self.objects(**arguments)
        kind = next(kind for kind in ("Deployment", "DaemonSet", "Job") if f"{kind}/{name}" in objects)
        found: Tree = objects[f"{kind}/{name}"]["spec"]["template"]["spec"]
        return found


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)


def service(text: str) -> str:
    """Return a compose file of one service, `web`, with these fields."""
    lines = "".join(f"    {line}\n" for line in text.splitlines())
    return f"services:\n  web:\n    image: web:1\n{lines}"

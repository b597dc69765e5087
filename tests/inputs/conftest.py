"""Folders of files, looked at as `kpy validate` does."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from kpy.inputs import Exclusion, Intake
from kpy.schema import api

Look = Callable[..., tuple[list[str], list[str]]]


@pytest.fixture
def look(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Look:
    """Write files, look at the folder or one of them, and return the files with objects and what is said."""
    monkeypatch.chdir(tmp_path)

    def run(files: Mapping[str, str], *, exclude: Sequence[str] = (), name: str = "") -> tuple[list[str], list[str]]:
        for path, text in files.items():
            place = tmp_path / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text)
        intake = Intake(Exclusion(exclude))
        if name:
            intake.take_file(name)
        else:
            intake.take_folder(".")
        intake.settle(api())
        said = [f"{found.severity}[{found.rule}] {found.message}" for found in intake.findings]
        return [os.path.relpath(document.file) for document in intake.documents], said

    return run

"""Several projects in one process, as in a run of pytest: what one says is nothing to another."""

from __future__ import annotations

from pathlib import Path

import pytest

from kpy import Project
from kpy.errors import LoadError

POLICY = """\
import kpy


@kpy.policy("{name}", on="Container", groups=["{name}-group"])
def check(container, at, check):
    \"\"\"Nothing.\"\"\"
"""


def project(folder: Path, settings: str, policy: str = "") -> Project:
    folder.mkdir()
    if policy:
        (folder / "rules.py").write_text(POLICY.format(name=policy))
        settings += '\npolicies = ["rules.py"]'
    (folder / "pyproject.toml").write_text(f"[tool.kpy]\n{settings}\n")
    return Project.load(folder)


@pytest.mark.parametrize("word", ["own-rule", "own-rule-group", "own-*"])
def test_policies_of_a_project_are_known_to_it_alone(tmp_path: Path, word: str) -> None:
    assert project(tmp_path / "plain", 'ignore = ["empty-app"]').choice.ignore == ("empty-app",)
    assert project(tmp_path / "own", f'ignore = ["{word}"]', "own-rule").choice.ignore == (word,)
    assert project(tmp_path / "other", 'ignore = ["other-rule"]', "other-rule").choice.ignore == ("other-rule",)

    for policy in ("", "other-rule"):
        with pytest.raises(LoadError, match="there is no rule, group or family `own-"):
            _ = project(tmp_path / f"without{policy}", f'ignore = ["{word}"]', policy).choice

"""What is uploaded: both distributions, what PyPI shows of them, and the list of their parts."""

from __future__ import annotations

import email
import json
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from kpy.version import VERSION
from tests.tools.actions import needs_bash_and_git, real
from tools.long_description import long_description
from tools.package import OF_SOURCES, ROOT, main

REPOSITORY = "https://github.com/acme/kpy"


def test_paths_are_addresses_of_the_release() -> None:
    text = "![A](docs/a.svg) [b](docs/b.md#c) [c](https://x.dev/) [d](#e) `[f][0]` (g)\n"

    assert long_description(text, REPOSITORY, "v1.2.3") == (
        "![A](https://raw.githubusercontent.com/acme/kpy/v1.2.3/docs/a.svg) "
        "[b](https://github.com/acme/kpy/blob/v1.2.3/docs/b.md#c) [c](https://x.dev/) [d](#e) `[f][0]` (g)\n"
    )


def test_host_whose_addresses_are_not_known_is_refused() -> None:
    with pytest.raises(ValueError, match="it is not known where it serves its files"):
        long_description("", "https://git.example.com/kpy", "v1")


def test_paths_of_the_readme_are_there() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    top = f"{REPOSITORY}/blob/v1/"

    made = long_description(text, REPOSITORY, "v1").replace("https://raw.githubusercontent.com/acme/kpy/v1/", top)

    paths = [part.partition(")")[0].partition("#")[0] for part in made.split(f"]({top}")[1:]]
    assert len(paths) > 20
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_tests_of_the_sources_are_there() -> None:
    assert [name for name in OF_SOURCES if not (ROOT / name.partition("::")[0]).exists()] == []
    for name in OF_SOURCES:
        path, _, test = name.partition("::")
        assert not test or f"def {test}(" in (ROOT / path).read_text(encoding="utf-8")


def test_without_a_wheel_there_is_nothing_to_test(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--test"], tmp_path) == 1
    assert capsys.readouterr().err == ("package: expected one wheel in dist/, and there are 0: `make dist` builds it\n")


@pytest.mark.slow
@needs_bash_and_git
def test_what_is_uploaded_is_whole_and_names_no_machine(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With the real tools, which need a network."""
    for name in ("pyproject-build", "twine", "cyclonedx-py"):
        real(name)
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    tree = tmp_path / "tree"
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, tree / name)

    assert main([], tree) == 0, capsys.readouterr().err

    wheel, source = sorted((tree / "dist").iterdir(), key=lambda path: path.suffix, reverse=True)
    with zipfile.ZipFile(wheel) as files:
        metadata = email.message_from_bytes(files.read(f"kpy_k8s-{VERSION}.dist-info/METADATA"))
    assert (metadata["Name"], metadata["Version"]) == ("kpy-k8s", VERSION)
    assert metadata["Description-Content-Type"] == "text/markdown"
    assert "](docs/" not in str(metadata.get_payload())
    with tarfile.open(source) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {"README.md", "action.yml", "templates/kpy.yml", "tools/release.py", "tests/conftest.py"} <= names
    parts = json.loads((tree / "build" / "release" / "kpy.cdx.json").read_text())
    assert {"kpy-k8s", "attrs", "PyYAML", "typer"} <= {part["name"] for part in parts["components"]}
    assert str(tmp_path) not in json.dumps(parts)
    assert sys.prefix not in json.dumps(parts)

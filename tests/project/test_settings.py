import os
from pathlib import Path

import pytest

from kpy.errors import LoadError
from kpy.project.settings import Settings, read_settings


def write(folder: Path, text: str) -> Path:
    path = folder / "pyproject.toml"
    path.write_text(text)
    return path


def test_nearest_file_with_a_table_counts(tmp_path: Path) -> None:
    """A pyproject.toml that says nothing of kpy, as in a monorepo's package, hides none above it."""
    write(tmp_path, '[tool.kpy]\napp = "infra/shop.py"\nkubernetes = "1.33"\n')
    package = tmp_path / "services" / "api"
    package.mkdir(parents=True)
    write(package, '[project]\nname = "kpy-user"\ndependencies = ["kpy-k8s"]\n[tool.ruff]\n')

    assert read_settings(str(package)) == Settings(str(tmp_path), "infra/shop.py", "1.33")


@pytest.mark.parametrize("text", ["[tool]\nkpy.app = 'a.py'", "[tool]\nkpy = {app = 'a.py'}", "tool.kpy.app = 'a.py'"])
def test_table_may_be_written_in_any_way(tmp_path: Path, text: str) -> None:
    write(tmp_path, text)

    assert read_settings(str(tmp_path)).app == "a.py"


def test_nothing_is_said_where_there_is_no_file(tmp_path: Path) -> None:
    assert read_settings(str(tmp_path)) == Settings()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[tool.kpy]\nap = 'a.py'", "[tool.kpy] has no setting `ap`; did you mean `app`?"),
        (
            "[tool.kpy]\nxyz = 1",
            "[tool.kpy] has no setting `xyz`; there is extend, app, kubernetes, select, ignore, "
            "severities, external, crds, crds-package, charts-package, policies, admission, exclude, project, "
            "contexts, mandatory, environments, apps, clusters, skip, output, gitops",
        ),
        ("[tool.kpy]\nkubernetes = 1.33", '`kubernetes` of [tool.kpy] is text, not 1.33: write kubernetes = "1.33"'),
        ("[tool]\nkpy = 3", "[tool.kpy] is a table, not 3"),
        ("[tool.kpy\n", "Expected ']' at the end of a table declaration (at line 1, column 10)"),
    ],
)
def test_mistake_is_named_with_the_file(tmp_path: Path, text: str, message: str) -> None:
    path = write(tmp_path, text)

    with pytest.raises(LoadError) as error:
        read_settings(str(tmp_path))

    assert str(error.value) == f"{path}: {message}"


def test_file_is_read_again_when_it_changes_however_fast(tmp_path: Path) -> None:
    """Neither size nor time need tell: a file system may give two moments one time."""
    for app in ("a.py", "b.py", "c.py"):
        path = write(tmp_path, f"[tool.kpy]\napp = '{app}'\n")
        now = path.stat().st_mtime_ns
        os.utime(path, ns=(now, now - now % 1_000_000_000))

        assert read_settings(str(tmp_path)).app == app


def test_file_that_stays_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path, "[tool.kpy]\napp = 'a.py'\n")
    os.utime(path, (1, 1))
    read_settings(str(tmp_path))
    monkeypatch.setattr("builtins.open", lambda *_: pytest.fail("the file is opened again"))

    assert read_settings(str(tmp_path)).app == "a.py"


def test_nearer_file_that_comes_later_counts(tmp_path: Path) -> None:
    os.utime(write(tmp_path, "[tool.kpy]\napp = 'a.py'\n"), (1, 1))
    folder = tmp_path / "shop"
    folder.mkdir()

    assert read_settings(str(folder)).app == "a.py"
    write(folder, "[tool.kpy]\napp = 'b.py'\n")
    assert read_settings(str(folder)).app == "b.py"

"""Which chart is meant, and whether it is as it was pinned; no program is needed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kpy.charts.sources import source_of
from kpy.charts.store import Store, vendored
from kpy.errors import LoadError
from kpy.inputs.chart_places import find_chart
from tests.charts.samples import WEB, web, write

FILE = "vendor/charts/web-1.0.0.tgz"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a project that keeps a chart, with a folder of apps in it."""
    monkeypatch.chdir(tmp_path)
    vendor("1.0.0")
    (tmp_path / "apps").mkdir()
    return tmp_path


def vendor(*versions: str) -> None:
    store = Store("", "infra/charts")
    charts = []
    for version in versions:
        Path("new.tgz").write_bytes(web(version))
        charts.append(vendored(source_of("new.tgz")[0], web(version)))
    store.write(charts)


def refusal(said: str, version: str | None = None) -> str:
    with pytest.raises(LoadError) as caught:
        find_chart(said, version, "apps")
    return str(caught.value)


@pytest.mark.parametrize("said", ["web", "web-1.0.0", f"../{FILE}"])
@pytest.mark.parametrize("version", [None, "1.0.0", "v1.0.0"])
def test_vendored_chart_is_found_from_any_folder_of_the_project(project: Path, said: str, version: str | None) -> None:
    place = find_chart(said, version, "apps")

    assert (os.path.relpath(place.path), place.title) == (FILE, "web 1.0.0")


def test_own_chart_is_found_by_its_folder(project: Path) -> None:
    write(project / "apps" / "shop", WEB)

    assert find_chart("shop", None, "apps").title == "web 1.0.0"
    assert find_chart("./shop", "1.0.0", "apps").title == "web 1.0.0"
    assert refusal("./shop", "2.0.0") == "apps/shop: version 2.0.0 is asked for, and this is 1.0.0"


def test_chart_that_is_not_there_is_told(project: Path) -> None:
    assert refusal("wep") == "wep: no chart of this name is vendored; did you mean 'web'?"
    assert refusal("zzz") == (
        "zzz: no chart of this name is vendored, and no folder is called so (there is web): run `kpy vendor` for it"
    )
    assert (
        refusal("./wep") == "apps/wep: there is no such chart: give its folder or archive, or fetch it by `kpy vendor`"
    )


def test_other_version_is_told(project: Path) -> None:
    assert refusal("web", "1.1.0") == (
        "web: version 1.1.0 is asked for, and kpy.lock has 1.0.0: run `kpy vendor --update web --version 1.1.0`, "
        "or ask for what is there"
    )


def test_one_of_several_versions_has_to_be_said(project: Path) -> None:
    vendor("1.0.0", "2.0.0")

    assert refusal("web") == "web: kpy.lock has several versions, 1.0.0, 2.0.0: say which, `version=`"
    assert find_chart("web", "2.0.0", "apps").title == "web 2.0.0"


def test_changed_chart_is_refused(project: Path) -> None:
    Path(FILE).write_bytes(web(x="other"))
    told = (
        f"{FILE}: the chart was changed since it was pinned in kpy.lock: restore it, or pin it as it is by "
        f"`kpy vendor {FILE} --force`"
    )

    assert (refusal("web"), refusal(f"../{FILE}")) == (told, told)


def test_missing_chart_is_told(project: Path) -> None:
    Path(FILE).unlink()
    told = f"{FILE}: the chart is missing: `kpy vendor` fetches it"

    assert (refusal("web"), refusal(f"../{FILE}")) == (told, told)


def test_version_that_a_bot_wrote_is_fetched_first(project: Path) -> None:
    Path("kpy.lock").write_text(Path("kpy.lock").read_text().replace('version = "1.0.0"', 'version = "1.1.0"'))

    assert refusal("web") == f"{FILE}: kpy.lock asks for version 1.1.0: `kpy vendor` fetches it"

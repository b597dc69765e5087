"""`kpy vendor` from the command line to the files of a project."""

from __future__ import annotations

import json
import os
import re
import subprocess
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from kpy.cli.main import run
from tests.charts.samples import HEAD, WEB, archive, program, registry, repository, web, write

Run = Callable[..., tuple[int, str, str]]
FILE = "vendor/charts/web-1.0.0.tgz"
ADDED = f"added: web 1.0.0 ({FILE})\n"


@pytest.fixture
def kpy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command line in a project on a machine without helm, and return the exit code and both streams."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "project").mkdir()
    monkeypatch.chdir(tmp_path / "project")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("HELM_CONFIG_HOME", str(tmp_path / "helm"))
    monkeypatch.setenv("HELM_CACHE_HOME", str(tmp_path / "helm-cache"))
    monkeypatch.setenv("no_proxy", "*")
    Path("pyproject.toml").write_text("[tool.kpy]\n")

    def kpy(*words: str) -> tuple[int, str, str]:
        code = run(words)
        out, err = capsys.readouterr()
        return code, out, err

    return kpy


@pytest.fixture
def helm(kpy: Run) -> str:
    """Put the real helm on PATH."""
    path = program("helm")
    os.symlink(path, "../bin/helm")
    return path


def fake_helm(error: str, code: int = 1) -> None:
    Path("../bin/helm").write_text(f"#!/bin/sh\n/bin/cat >&2 <<'E'\n{error}\nE\nexit {code}\n")
    Path("../bin/helm").chmod(0o755)


def entries() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = tomllib.loads(Path("kpy.lock").read_text())["charts"]
    return found


def files() -> list[str]:
    return sorted(path.as_posix() for path in Path().rglob("*") if path.is_file() and path.name != "pyproject.toml")


def test_archive_is_kept_as_it_is_with_its_digest(kpy: Run) -> None:
    content = web()
    Path("web.tgz").write_bytes(content)

    assert kpy("vendor", "web.tgz") == (0, ADDED, "")
    assert Path(FILE).read_bytes() == content
    entry = entries()["web-1.0.0"]
    assert (entry["file"], entry["from"], entry["name"], entry["version"]) == (FILE, "web.tgz", "web", "1.0.0")
    assert len(entry["sha256"]) == 64
    assert kpy("vendor", "list") == (0, "web  1.0.0  from web.tgz\n", "")
    assert kpy("vendor", "web.tgz") == (0, "unchanged: web-1.0.0\n", "")
    assert kpy("vendor", "--check") == (0, "", "")


def test_chart_is_forgotten(kpy: Run) -> None:
    Path("web.tgz").write_bytes(web())
    kpy("vendor", "add", "web.tgz")

    assert kpy("vendor", "remove", "wep") == (2, "", "error: wep: no such chart is kept; did you mean web?\n")
    assert kpy("vendor", "remove", "web") == (0, "removed: web-1.0.0\n", "")
    assert files() == ["web.tgz"]


def test_versions_stand_beside_each_other(kpy: Run) -> None:
    Path("1.tgz").write_bytes(web())
    Path("2.tgz").write_bytes(web("2.0.0"))
    kpy("vendor", "1.tgz")

    code, _, err = kpy("vendor", "2.tgz")

    assert (code, sorted(entries())) == (0, ["web-1.0.0", "web-2.0.0"])
    assert err == "web is kept in several versions: 1.0.0, 2.0.0; say which one in `Helm(..., version=...)`\n"


def test_check_names_what_is_not_as_pinned(kpy: Run) -> None:
    Path("web.tgz").write_bytes(web())
    kpy("vendor", "web.tgz")
    Path("vendor/charts/db-1.0.0.tgz").write_bytes(b"")

    unknown = "vendor/charts/db-1.0.0.tgz: kpy.lock does not know it; `kpy vendor vendor/charts/db-1.0.0.tgz` pins it\n"
    assert kpy("vendor", "--check") == (1, "", unknown)

    Path("vendor/charts/db-1.0.0.tgz").unlink()
    Path(FILE).write_bytes(web(x="changed"))
    changed = (
        f"{FILE}: it was changed since it was pinned; restore it, or pin it as it is by `kpy vendor {FILE} --force`\n"
    )
    assert kpy("vendor", "--check") == (1, "", changed)

    Path(FILE).unlink()
    missing = f"{FILE}: it is missing; `kpy vendor` fetches it, and `kpy vendor remove web-1.0.0` forgets it\n"
    assert kpy("vendor", "--check") == (1, "", missing)


def test_changed_chart_is_not_pinned_again_by_the_way(kpy: Run) -> None:
    Path("web.tgz").write_bytes(web())
    kpy("vendor", "web.tgz")
    before = entries()
    Path(FILE).write_bytes(web(x="changed"))
    refused = (
        f"error: {FILE}: it was changed since it was pinned: restore it, or pin it as it is by "
        f"`kpy vendor {FILE} --force`\n"
    )

    assert kpy("vendor") == (2, "", refused)
    assert kpy("vendor", "web.tgz") == (2, "", refused)
    assert entries() == before
    assert kpy("vendor", FILE, "--force") == (0, ADDED, "")
    assert entries() != before


def test_version_that_was_published_anew_is_refused(kpy: Run) -> None:
    Path("web.tgz").write_bytes(web())
    kpy("vendor", "web.tgz")
    Path("web.tgz").write_bytes(web(x="other"))

    code, out, err = kpy("vendor", "web.tgz")

    assert (code, out) == (2, "")
    assert err.startswith(
        "error: web 1.0.0 from web.tgz is not the archive that kpy.lock has pinned from web.tgz (sha256 "
    )
    assert err.endswith(
        "): a version that was published should never change; "
        "ask who publishes it, or take it with `kpy vendor ... --force`\n"
    )
    assert kpy("vendor", "web.tgz", "--force") == (0, ADDED, "")


DEPENDENT = HEAD + "dependencies: [{name: db, version: 1.0.0, repository: 'https://x.io'}]\n"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"text", "a.tgz: this is no archive of a chart: "),
        (archive({"values.yaml": ""}), "a.tgz: this is no chart: it has no Chart.yaml"),
        (archive({"Chart.yaml": "name: web"}), "a.tgz: the `version` in its Chart.yaml is ''"),
        (archive({"Chart.yaml": HEAD.replace("web", "../web")}), "a.tgz: the `name` in its Chart.yaml is '../web'"),
        (
            archive({**WEB, "Chart.yaml": DEPENDENT}),
            "a.tgz: the chart needs db, which is not in its charts/: unpack it, run `helm dependency build` and "
            "`helm package`, and give that archive",
        ),
        (
            archive({**WEB, "values.schema.json": "{"}),
            "vendor/charts/web-1.0.0.tgz/values.schema.json: this is no JSON: ",
        ),
    ],
)
def test_what_is_no_whole_chart_is_refused(kpy: Run, content: bytes, message: str) -> None:
    Path("a.tgz").write_bytes(content)

    code, out, err = kpy("vendor", "a.tgz")

    assert (code, out, files()) == (2, "", ["a.tgz"])
    assert err.startswith(f"error: {message}")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["none.tgz"], "none.tgz: there is no such file"),
        (["ingress/web"], "ingress/web: there is no such file; say oci://HOST/PATH/NAME, or --repo https://... NAME"),
        (["."], ".: a chart of your own is taken as it is, `Helm(..., '.')`; to pin it, run `helm package .`, and give "
                "the archive"),
        (["http://x.io/a.tgz"],
         "http://x.io/a.tgz: kpy fetches by https alone, so that nobody on the way changes what it gets"),
        (["https://x.io/charts"],
         "https://x.io/charts: for a repository, say `kpy vendor --repo https://x.io/charts NAME`"),
        (["oci://me:hunter2@x.io/web"],
         "x.io: an address with a password in it would stand in kpy.lock: leave it out, and log in by "
         "`helm registry login x.io`"),
        (["ftp://x.io/web"], "ftp://x.io/web: expected oci://HOST/PATH/NAME, or https://..."),
        (["oci://x.io/web:1.0.0", "--version", "2.0.0"],
         "oci://x.io/web: two versions are asked for, 1.0.0 and 2.0.0"),
        (["--repo", "https://x.io", "a/web"],
         "a/web: with --repo give the name of a chart in https://x.io, and no address"),
        (["oci://x.io/web"],
         "oci://x.io/web: kpy fetches charts by helm (helm is not installed, or not on PATH): install helm, or fetch "
         "the archive yourself and give the file"),
        (["--check", "web"], "--check stands alone: `kpy vendor --check`"),
        (["--version", "1.0.0"], "--version goes with one chart"),
        (["remove"], "kpy vendor remove: give charts"),
        (["--repo", "https://x.io"], "kpy vendor: give the name of a chart"),
        (["list", "web"], "kpy vendor list takes nothing more; 'web' is too much"),
        (["list", "--version", "1"], "--version goes with a chart that is added"),
        (["--update", "web"], "web: no such chart is kept; `kpy vendor list` names them"),
    ],
)  # fmt: skip
def test_wrong_words_say_what_to_do(kpy: Run, words: list[str], message: str) -> None:
    code, out, err = kpy("vendor", *words)

    assert (code, out, err.splitlines()[0]) == (2, "", f"error: {message}")
    assert files() == []


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("Error: chart \"web\" version \"9.0.0\" not found in https://x.io repository",
         "web: there is no version 9.0.0 in https://x.io"),
        ("Error: could not locate a version matching provided version string 9.0.0",
         "web: there is no version 9.0.0 in https://x.io"),
        ("Error: chart \"web\" not found in https://x.io repository",
         "web in https://x.io: there is no such chart"),
        ("Error: GET: response status code 401: unauthorized: authentication required",
         "web 9.0.0 in https://x.io: x.io refuses access: check the name, and helm's credentials"),
        ("WARNING: old\nError: looks like a\n  timeout",
         "web 9.0.0 in https://x.io: it cannot be fetched: looks like a timeout"),
        ("", "web 9.0.0 in https://x.io: it cannot be fetched: helm does not say why"),
    ],
)  # fmt: skip
def test_what_helm_cannot_fetch_is_told(kpy: Run, said: str, message: str) -> None:
    fake_helm(said)

    assert kpy("vendor", "--repo", "https://x.io", "web", "--version", "9.0.0") == (2, "", f"error: {message}\n")
    assert files() == []


FETCHING = """\
#!/bin/sh
target="$4" version=1.1.0
while [ $# -gt 0 ]; do if [ "$1" = --version ]; then version="$2"; fi; shift; done
/bin/cp {folder}/web-$version.tgz "$target/"
"""


def test_what_helm_fetches_is_kept_updated_and_restored(kpy: Run, tmp_path: Path) -> None:
    """A stand-in for helm copies archives, so that any machine runs this."""
    with repository(tmp_path / "charts", {"1.0.0": web(), "1.1.0": web("1.1.0")}) as address:
        Path("../bin/helm").write_text(FETCHING.format(folder=tmp_path / "charts"))
        Path("../bin/helm").chmod(0o755)

        assert kpy("vendor", "--repo", address, "web", "--version", "1.0.0") == (0, ADDED, "")
        updated = "updated: web 1.0.0 -> 1.1.0 (vendor/charts/web-1.1.0.tgz)\n"
        assert kpy("vendor", "--update") == (0, updated, "")
        assert kpy("vendor", "--update", "web") == (0, "unchanged: web-1.1.0\n", "")
        lock = Path("kpy.lock").read_text()
        Path("kpy.lock").write_text(lock.replace('version = "1.1.0"', 'version = "1.0.0"'))
        assert kpy("vendor")[1] == f"updated: web 1.1.0 -> 1.0.0 ({FILE})\n"
        Path(FILE).unlink()
        (tmp_path / "charts" / "web-1.0.0.tgz").write_bytes(web(x="other"))
        assert "is not the one that the index names" in kpy("vendor")[2]
        assert kpy("vendor", "--update", "web", "--version", "1.1.0")[0] == 0
        (tmp_path / "charts" / "web-1.2.0.tgz").write_bytes(web("1.3.0"))
        assert kpy("vendor", "oci://x.io/web", "--version", "1.2.0")[2] == (
            "error: oci://x.io/web: version 1.2.0 is asked for, and this is 1.3.0\n"
        )


def test_refused_registry_says_how_to_log_in(kpy: Run) -> None:
    fake_helm("Error: response status code 403: denied")

    assert kpy("vendor", "oci://x.io/web")[2] == (
        "error: oci://x.io/web: x.io refuses access: check the name, and `helm registry login x.io`\n"
    )


def test_chart_comes_from_a_repository(kpy: Run, helm: str, tmp_path: Path) -> None:
    charts = {"1.0.0": web(), "1.1.0": web("1.1.0"), "2.0.0-rc.1": web("2.0.0-rc.1")}
    with repository(tmp_path / "charts", charts) as address:
        assert kpy("vendor", "--repo", address, "web", "--version", "1.0.0") == (0, ADDED, "")
        assert Path(FILE).read_bytes() == charts["1.0.0"]
        assert entries()["web-1.0.0"]["from"] == address

        updated = "updated: web 1.0.0 -> 1.1.0 (vendor/charts/web-1.1.0.tgz)\n"
        assert kpy("vendor", "--update", "web") == (0, updated, "")
        assert files() == ["kpy.lock", "vendor/charts/web-1.1.0.tgz"]
        assert kpy("vendor", "--update") == (0, "unchanged: web-1.1.0\n", "")

        assert kpy("vendor", "--repo", address, "web", "--version", "9.0.0")[2] == (
            f"error: web: there is no version 9.0.0 in {address}\n"
        )
        assert kpy("vendor", "--repo", address, "wob")[2] == f"error: wob in {address}: there is no such chart\n"


def test_what_kpy_lock_names_is_fetched_again(kpy: Run, helm: str, tmp_path: Path) -> None:
    with repository(tmp_path / "charts", {"1.0.0": web(), "1.1.0": web("1.1.0")}) as address:
        kpy("vendor", "--repo", address, "web", "--version", "1.0.0")
        Path(FILE).unlink()

        assert kpy("vendor") == (0, ADDED, "")
        assert kpy("vendor", "--check") == (0, "", "")

        (tmp_path / "charts" / "web-1.0.0.tgz").write_bytes(web(x="other"))
        (tmp_path / "charts" / "index.yaml").write_text(
            "\n".join(
                line for line in (tmp_path / "charts" / "index.yaml").read_text().splitlines() if "digest" not in line
            )
        )
        Path(FILE).unlink()
        code, out, err = kpy("vendor")
        assert (code, out) == (2, "")
        assert "is not the archive that kpy.lock has pinned" in err


def test_version_that_a_bot_wrote_into_the_lock_is_fetched(kpy: Run, helm: str, tmp_path: Path) -> None:
    with repository(tmp_path / "charts", {"1.0.0": web(), "1.1.0": web("1.1.0")}) as address:
        kpy("vendor", "--repo", address, "web", "--version", "1.0.0")
        text = Path("kpy.lock").read_text()
        Path("kpy.lock").write_text(text.replace('version = "1.0.0"', 'version = "1.1.0"'))

        asked = f"{FILE}: kpy.lock asks for version 1.1.0; `kpy vendor` fetches it\n"
        assert kpy("vendor", "--check") == (1, "", asked)
        updated = "updated: web 1.0.0 -> 1.1.0 (vendor/charts/web-1.1.0.tgz)\n"
        assert kpy("vendor") == (0, updated, "")
        assert list(entries()) == ["web-1.1.0"]
        assert files() == ["kpy.lock", "vendor/charts/web-1.1.0.tgz"]


def test_archive_that_is_not_the_one_of_the_index_is_refused(kpy: Run, helm: str, tmp_path: Path) -> None:
    with repository(tmp_path / "charts", {"1.0.0": web()}) as address:
        (tmp_path / "charts" / "web-1.0.0.tgz").write_bytes(web(x="other"))

        assert kpy("vendor", "--repo", address, "web") == (
            2,
            "",
            f"error: web in {address}: the archive is not the one that the index names, by its digest: it was changed "
            "on the way, or the repository is broken; nothing was changed\n",
        )
        assert files() == []


def test_chart_comes_from_a_registry(kpy: Run, helm: str, tmp_path: Path) -> None:
    (tmp_path / "web-1.0.0.tgz").write_bytes(web())
    with registry(tmp_path) as host:
        push = [helm, "push", str(tmp_path / "web-1.0.0.tgz"), f"oci://{host}/charts", "--plain-http"]
        subprocess.run(push, check=True, capture_output=True)
        address = f"oci://{host}/charts/web"

        assert kpy("vendor", f"{address}:1.0.0") == (0, ADDED, "")
        assert entries()["web-1.0.0"]["from"] == address
        assert Path(FILE).read_bytes() == (tmp_path / "web-1.0.0.tgz").read_bytes()
        assert kpy("vendor", "--update") == (0, "unchanged: web-1.0.0\n", "")
        assert kpy("vendor", address, "--version", "9.0.0")[2] == f"error: {address}: there is no version 9.0.0\n"
        assert kpy("vendor", f"oci://{host}/charts/wob")[2] == (
            f"error: oci://{host}/charts/wob: there is no such chart\n"
        )


def test_package_of_types_stays_in_the_project(kpy: Run) -> None:
    write(Path(), {"pyproject.toml": '[tool.kpy]\ncharts-package = "../types"\n'})

    assert kpy("vendor", "--check")[2].startswith(
        'error: charts-package = "../types": expected the folder of a package, such as infra/charts\n'
    )


def test_rule_for_renovate_finds_charts_in_the_lock(kpy: Run) -> None:
    """The rule stands in the docs; Renovate's engine takes the same syntax, but for the names of groups."""
    page = (Path(__file__).parents[2] / "docs" / "charts.md").read_text(encoding="utf-8")
    rule = json.loads(page.partition("```json\n")[2].partition("```")[0])
    patterns = [manager["matchStrings"][0].replace("(?<", "(?P<") for manager in rule["customManagers"]]
    lines = 'file = "f"\nfrom = "{}"\nname = "web"\nsha256 = "{}"\nversion = "1.0.0"\n'

    found = [
        re.search(pattern, lines.format(address, "0" * 64))
        for pattern, address in zip(patterns, ("oci://x.io/charts/web", "https://x.io/charts"), strict=True)
    ]

    assert [match and match.groupdict() for match in found] == [
        {"depName": "x.io/charts/web", "currentValue": "1.0.0"},
        {"registryUrl": "https://x.io/charts", "depName": "web", "currentValue": "1.0.0"},
    ]
    Path("web.tgz").write_bytes(web())
    kpy("vendor", "web.tgz")
    entry = Path("kpy.lock").read_text().replace('from = "web.tgz"', 'from = "oci://x.io/charts/web"')
    assert re.search(patterns[0], entry)


def test_types_are_checked_and_written_anew(kpy: Run) -> None:
    module = "infra/charts/web.py"
    Path("web.tgz").write_bytes(web(**{"values.schema.json": '{"properties": {"port": {"type": "integer"}}}'}))

    assert kpy("vendor", "web.tgz") == (0, f"{ADDED}types: {module}\n", "")
    assert "port: int" in Path(module).read_text()
    assert kpy("vendor", "--check") == (0, "", "")

    text = Path(module).read_text()
    Path(module).write_text("edited")
    assert kpy("vendor", "--check") == (1, "", f"{module}: it is not up to date; `kpy vendor` writes the types anew\n")
    assert kpy("vendor")[2] == (
        f"error: {module} was edited since, or is not of kpy: move it away, or write over it with --force; "
        "nothing was changed\n"
    )
    Path(module).unlink()
    assert kpy("vendor", "--check") == (1, "", f"{module}: it is missing; `kpy vendor` writes the types anew\n")
    assert kpy("vendor") == (0, f"types: {module}\n", "")
    assert Path(module).read_text() == text

    lock = Path("kpy.lock").read_text()
    Path("infra/charts/old.py").write_text("x")
    Path("kpy.lock").write_text(f'{lock}\n[values."infra/charts/old.py"]\nsha256 = "0"\n')
    assert kpy("vendor", "--check")[2] == "infra/charts/old.py: its chart is gone; `kpy vendor` writes the types anew\n"
    Path("kpy.lock").write_text(lock)
    assert kpy("vendor", "remove", "web") == (0, f"removed: web-1.0.0\ntypes: {module}\n", "")
    assert files() == ["infra/charts/old.py", "web.tgz"]

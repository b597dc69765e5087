"""The pytest plug-in, as those who install kpy meet it: each test runs a pytest of its own."""

from __future__ import annotations

import textwrap
from pathlib import Path
from shutil import rmtree
from typing import Any

import pytest

pytestmark = pytest.mark.slow

APP = """
from kpy import App, Chart, ConfigMap, Container, Deployment

def app(image: str = "web:1", replicas: int = 1) -> App:
    app = App("shop")
    web = app.add(Chart("web", namespace="shop"))
    web.add(Deployment("web", replicas=replicas, containers=[Container(image=image)]))
    app.add(Chart("config", namespace="shop")).add(ConfigMap.from_literals("config", {"a": "1"}))
    return app
"""
TEST = """
from app import app

def test_shop(synth, manifest_snapshot):
    assert synth(app) == manifest_snapshot
"""


@pytest.fixture(scope="module")
def charts() -> dict[str, str]:
    """Return the text of each chart; made before `pytester`, which forgets the modules that a test imports."""
    names: dict[str, Any] = {}
    exec(APP, names)
    return {resource.chart.name: resource.text for resource in names["app"]().synth()}


@pytest.fixture
def project(charts: dict[str, str], pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """Return a project with an app and a test of its snapshot, which is there already."""
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)  # else the inner run takes itself for a worker
    pytester.makepyprojecttoml('[tool.pytest.ini_options]\npythonpath = ["."]\ntestpaths = ["tests"]\n')
    write(pytester, "app.py", APP)
    write(pytester, "tests/test_shop.py", TEST)
    for chart, text in charts.items():
        write(pytester, f"snapshots/test_shop/test_shop-{chart}.yaml", text)
    return pytester


def run(project: pytest.Pytester, *words: str) -> pytest.RunResult:
    """Run pytest, without the plug-in of hypothesis, which takes longer to load than all the rest."""
    plugins = ("-p", "kpy.testing.plugin", "-p", "no:cacheprovider", "-p", "no:hypothesispytest")
    return project.runpytest_subprocess(*plugins, *words)


def write(project: pytest.Pytester, path: str, text: str) -> Path:
    file = project.path / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return file


def snapshots(project: pytest.Pytester) -> list[str]:
    root = project.path / "snapshots"
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*.yaml"))


def test_snapshot_is_a_plain_file_for_each_chart(project: pytest.Pytester) -> None:
    rmtree(project.path / "snapshots")

    run(project, "--snapshot-update").assert_outcomes(passed=1)

    assert snapshots(project) == ["test_shop/test_shop-config.yaml", "test_shop/test_shop-web.yaml"]
    text = (project.path / "snapshots/test_shop/test_shop-config.yaml").read_text()
    assert text.startswith("apiVersion: v1\nkind: ConfigMap\n")


def test_manifest_like_its_snapshot_passes(project: pytest.Pytester) -> None:
    run(project).assert_outcomes(passed=1)


def test_snapshot_can_have_a_file_for_each_resource(project: pytest.Pytester) -> None:
    write(project, "tests/test_shop.py", TEST.replace("== manifest_snapshot", '== manifest_snapshot(per="resource")'))

    run(project, "--snapshot-update").assert_outcomes(passed=1)

    assert snapshots(project) == [
        "test_shop/test_shop-ConfigMap-shop-config.yaml",
        "test_shop/test_shop-Deployment-shop-web.yaml",
    ]


def test_mismatch_is_said_by_meaning(project: pytest.Pytester) -> None:
    write(project, "app.py", APP.replace("web:1", "web:2"))

    result = run(project)

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "E*assert the manifest is as in its snapshot",
            "E*if the change is intended: pytest --snapshot-update",
            "E*snapshots/test_shop/test_shop-web.yaml differs:",
            'E*~ Deployment "shop/web": rolling restart',
            'E*spec.template.spec.containers[[]name=web].image: "web:1" -> "web:2"',
        ]
    )
    assert "config.yaml" not in "".join(line for line in result.outlines if line.startswith("E"))


def test_long_difference_is_not_cut_before_the_line_that_says_how_to_accept_it(project: pytest.Pytester) -> None:
    changed = APP.replace('{"a": "1"}', '{f"k{number}": "1" for number in range(50)}')
    write(project, "app.py", changed)

    run(project).stdout.fnmatch_lines(["E*if the change is intended: pytest --snapshot-update"])


FAILING = """
from app import app
from kpy import App, Chart, Deployment
from kpy.testing import assert_contains, assert_diagnostic, assert_valid, selects


def test_contains(synth):
    assert_contains(synth(app), {"kind": "Deploymnt"})


def test_valid():
    assert_valid({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "Bad"}})


def test_diagnostic(synth):
    assert_diagnostic(app, "no-such-rule")


def test_find(synth):
    synth(app).find("Deployment", "api")


def test_selects(synth):
    selects(synth(app).find("ConfigMap"), synth(app).find("Deployment"))


def test_synth(synth):
    broken = App("shop")
    broken.add(Chart("shop")).add(Deployment("Bad Name"))
    synth(broken)


def test_call(synth):
    Deployment("web", replcas=2)
"""


def test_failures_show_no_line_of_kpy(project: pytest.Pytester) -> None:
    write(project, "tests/test_shop.py", FAILING)

    result = run(project)

    result.assert_outcomes(failed=7)
    lines = [line for line in result.outlines if "kpy/" in line and ".py:" in line]
    assert lines == []
    assert len(result.outlines) < 200


def test_full_trace_shows_the_lines_of_kpy(project: pytest.Pytester) -> None:
    write(project, "tests/test_shop.py", FAILING)

    assert "assertions.py:" in run(project, "--full-trace", "-k", "test_valid").stdout.str()


def test_update_writes_only_what_changed(project: pytest.Pytester) -> None:
    unchanged = project.path / "snapshots/test_shop/test_shop-config.yaml"
    before = unchanged.stat().st_mtime_ns
    write(project, "app.py", APP.replace("web:1", "web:2"))

    result = run(project, "--snapshot-update")

    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["1 snapshot passed. 1 snapshot updated."])
    assert unchanged.stat().st_mtime_ns == before


def test_same_meaning_in_another_order_is_said_so(project: pytest.Pytester) -> None:
    file = project.path / "snapshots/test_shop/test_shop-config.yaml"
    file.write_text(
        file.read_text().replace("  name: config\n  namespace: shop\n", "  namespace: shop\n  name: config\n")
    )

    run(project).stdout.fnmatch_lines(
        ["E*test_shop-config.yaml has the same meaning, and another order or layout: line 4 was '  namespace: shop' *"]
    )


def test_missing_snapshot_is_said(project: pytest.Pytester) -> None:
    (project.path / "snapshots/test_shop/test_shop-web.yaml").unlink()

    run(project).stdout.fnmatch_lines(["E*snapshots/test_shop/test_shop-web.yaml does not exist yet"])


def test_unused_snapshots_are_reported_and_removed(project: pytest.Pytester) -> None:
    write(project, "app.py", APP.replace('Chart("config"', 'Chart("settings"'))

    result = run(project, "--snapshot-update")

    result.stdout.fnmatch_lines(["1 snapshot passed. 1 snapshot generated. 1 unused snapshot deleted."])
    assert snapshots(project) == ["test_shop/test_shop-settings.yaml", "test_shop/test_shop-web.yaml"]


def test_snapshots_of_tests_that_did_not_run_are_not_unused(project: pytest.Pytester) -> None:
    second = "\n\ndef test_more(synth, manifest_snapshot):\n    assert synth(app(replicas=3)) == manifest_snapshot\n"
    write(project, "tests/test_shop.py", TEST + second)
    run(project, "--snapshot-update").assert_outcomes(passed=2)

    result = run(project, "--snapshot-update", "-k", "test_more")

    result.assert_outcomes(passed=1, deselected=1)
    assert len(snapshots(project)) == 4


def test_snapshots_work_in_parallel(project: pytest.Pytester) -> None:
    write(project, "tests/test_more.py", TEST.replace("app)", "app(replicas=2))"))
    run(project, "--snapshot-update").assert_outcomes(passed=2)
    write(project, "snapshots/test_shop/test_shop-gone.yaml", "a: 1\n")

    result = run(project, "-n", "2")

    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["4 snapshots passed. 1 snapshot unused."])
    assert result.ret == 1


def test_two_snapshots_in_one_test_need_names(project: pytest.Pytester) -> None:
    write(project, "tests/test_shop.py", f"{TEST}    assert synth(app(replicas=2)) == manifest_snapshot\n")
    run(project).stdout.fnmatch_lines(["E*UsageError: this test compares test_shop-config.yaml twice: write *"])

    named = f'{TEST}    assert synth(app(replicas=2)) == manifest_snapshot(name="two")\n'
    write(project, "tests/test_shop.py", named)

    run(project, "--snapshot-update").assert_outcomes(passed=1)
    assert "test_shop/test_shop-two-web.yaml" in snapshots(project)


def test_folder_of_snapshots_can_be_configured(project: pytest.Pytester) -> None:
    run(project, "--snapshot-update", "-o", "kpy_snapshots=deploy/expected").assert_outcomes(passed=1)

    assert (project.path / "deploy/expected/test_shop/test_shop-web.yaml").exists()


def test_marker_runs_a_test_for_each_release(project: pytest.Pytester) -> None:
    test = """
        import pytest

        @pytest.mark.kubernetes("1.31", "1.36")
        def test_releases(synth, kubernetes_release, manifest_snapshot):
            manifest = synth("app.py")
            assert manifest.release == kubernetes_release
            assert manifest == manifest_snapshot
    """
    write(project, "tests/test_releases.py", textwrap.dedent(test))

    run(project, "--snapshot-update", "-v").stdout.fnmatch_lines(
        ["*::test_releases[[]1.31] PASSED*", "*::test_releases[[]1.36] PASSED*"]
    )
    assert "test_releases/test_releases-web.yaml" in snapshots(project)
    run(project).assert_outcomes(passed=3)


RELEASES = """
import pytest
from kpy import App, Chart, ConfigMap

def app(release, text):
    app = App("shop")
    app.add(Chart("same")).add(ConfigMap("same", data={"a": text}))
    app.add(Chart("other")).add(ConfigMap("other", data={"old": str(release < "1.34")}))
    return app

@pytest.mark.kubernetes("1.32", "1.34", "1.36")
@pytest.mark.parametrize("env", ["dev"])
def test_releases(env, synth, kubernetes_release, manifest_snapshot):
    assert synth(app(kubernetes_release, "TEXT")) == manifest_snapshot
"""
KEPT = [
    "test_releases/test_releases[1.34-dev]-other.yaml",
    "test_releases/test_releases[1.36-dev]-other.yaml",
    "test_releases/test_releases[dev]-other.yaml",
    "test_releases/test_releases[dev]-same.yaml",
]


def of_releases(project: pytest.Pytester) -> list[str]:
    return sorted(name for name in snapshots(project) if "test_releases" in name)


def test_what_is_equal_for_all_releases_is_kept_once(project: pytest.Pytester) -> None:
    write(project, "tests/test_releases.py", RELEASES)

    run(project, "--snapshot-update").assert_outcomes(passed=4)

    assert of_releases(project) == KEPT
    run(project).assert_outcomes(passed=4)


def test_release_that_comes_to_differ_fails_and_gets_a_file(project: pytest.Pytester) -> None:
    write(project, "tests/test_releases.py", RELEASES.replace('"1.34")', '"1.30")'))
    run(project, "--snapshot-update")
    assert of_releases(project) == KEPT[2:]

    write(project, "tests/test_releases.py", RELEASES.replace('"1.34")', '"1.36")'))
    result = run(project)
    result.assert_outcomes(passed=2, failed=2)
    result.stdout.fnmatch_lines(["*snapshots/test_releases/test_releases[[]dev]-other.yaml differs:*"])

    run(project, "--snapshot-update").assert_outcomes(passed=4)
    assert of_releases(project) == [KEPT[1], *KEPT[2:]]


def test_file_of_a_release_goes_when_it_is_equal_again(project: pytest.Pytester) -> None:
    write(project, "tests/test_releases.py", RELEASES)
    run(project, "--snapshot-update")
    write(project, "tests/test_releases.py", RELEASES.replace('"1.34")', '"1.30")').replace("TEXT", "new"))

    run(project).assert_outcomes(passed=1, failed=3)
    run(project, "--snapshot-update").assert_outcomes(passed=4)

    assert of_releases(project) == KEPT[2:]
    run(project).assert_outcomes(passed=4)


def test_workers_compare_with_what_is_kept_once(project: pytest.Pytester) -> None:
    """Also where only some tests run, so that the files of others are told apart by their names."""
    write(project, "tests/test_releases.py", RELEASES)
    run(project, "--snapshot-update")

    run(project, "-n", "2", "tests/test_releases.py").assert_outcomes(passed=3)
    run(project, "-n", "2", "tests/test_releases.py", "-k", "1.36").assert_outcomes(passed=1)
    run(project, "-n", "2", "--snapshot-update", "tests/test_releases.py").assert_outcomes(passed=3)

    assert of_releases(project) == KEPT


def test_one_release_alone_leaves_the_files_of_others(project: pytest.Pytester) -> None:
    write(project, "tests/test_releases.py", RELEASES)
    run(project, "--snapshot-update")

    run(project, "--snapshot-update", "-k", "1.36 and test_releases").assert_outcomes(passed=1)

    assert of_releases(project) == KEPT


@pytest.mark.parametrize(
    ("test", "message"),
    [
        ('kubernetes("1.2")\ndef test_it(synth): pass', "*Kubernetes '1.2' is not known; expected a text from *"),
        ("kubernetes\ndef test_it(): pass", "*the marker `kubernetes` is for tests that use `synth`*"),
    ],
)
def test_marker_is_refused_where_it_cannot_work(project: pytest.Pytester, test: str, message: str) -> None:
    write(project, "tests/test_wrong.py", f"import pytest\n\n@pytest.mark.{test}\n")

    run(project).stdout.fnmatch_lines([message])


def test_file_of_a_parameter_is_no_other_ones(project: pytest.Pytester) -> None:
    """It is never shared, and never removed with that of another."""
    values = '["prod", "prod-eu", "a/b", "a-b", "", "..", "x" * 300]'
    marked = f"@pytest.mark.parametrize('env', {values}, ids=str)\ndef test_shop(env, "
    write(project, "tests/test_shop.py", f"import pytest\n{TEST.replace('def test_shop(', marked)}")
    run(project, "--snapshot-update").assert_outcomes(passed=7)
    found = snapshots(project)

    run(project, "--snapshot-update", "tests/test_shop.py::test_shop[prod]").assert_outcomes(passed=1)

    assert snapshots(project) == found
    assert len(found) == 14
    assert [path for path in found if "x" not in path and "config" in path] == [
        f"test_shop/test_shop[{name}]-config.yaml" for name in ("..", "", "a%2Fb", "a-b", "prod-eu", "prod")
    ]


def test_manifest_that_became_empty_is_a_difference(project: pytest.Pytester) -> None:
    write(project, "app.py", APP + "\ndef nothing() -> App:\n    return App('shop')\n")
    write(project, "tests/test_shop.py", TEST.replace("import app", "import nothing as app"))

    run(project).stdout.fnmatch_lines(["E*snapshots/test_shop/test_shop-empty.yaml does not exist yet"])

    run(project, "--snapshot-update").assert_outcomes(passed=1)
    assert snapshots(project) == ["test_shop/test_shop-empty.yaml"]
    run(project).assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("assertion", "message"),
    [
        (
            "synth(app).to_yaml() == manifest_snapshot",
            "`manifest_snapshot` is compared with a manifest, not with a str: "
            "write `assert synth(app) == manifest_snapshot`",
        ),
        (
            "synth(app) != manifest_snapshot",
            "`manifest_snapshot` can only be equal: write `assert synth(app) == manifest_snapshot`",
        ),
        (
            'synth(app) == manifest_snapshot(per="kind")',
            '`manifest_snapshot(per=\'kind\')`: say "chart" or "resource"',
        ),
    ],
)
def test_wrong_use_of_a_snapshot_is_said(project: pytest.Pytester, assertion: str, message: str) -> None:
    write(project, "tests/test_shop.py", TEST.replace("synth(app) == manifest_snapshot", assertion))

    run(project).stdout.fnmatch_lines([f"E*UsageError: {message}"])

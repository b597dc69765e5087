"""With --render, what charts and kustomizations make is judged, and found again in the files that it was made of."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from kpy.cli.main import run

#: Prints the file `out` beside the folder that it is to render, or says that it fails.
FAKE = """\
#!/bin/sh
for word; do [ -d "$word" ] && folder=$word; done
[ -f "$folder/out" ] || { echo "Error: $folder is broken" >&2; exit 1; }
cat "$folder/out"
"""
WEB = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: two
  template:
    spec:
      containers: [{name: main, image: r.example.com/web:1}]
"""
#: What an overlay makes of it, with a mistake of its own.
MADE = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: a-web}
spec:
  replicas: two
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: main, image: r.example.com/web:1, tty: 3}]
"""
CHART = {"chart/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n", "chart/templates/a.yaml": "{{ x }}\n"}
OVERLAY = {
    "base/kustomization.yaml": "resources: [web.yaml]\n",
    "base/web.yaml": WEB,
    "over/kustomization.yaml": "resources: [../base]\nnamePrefix: a-\ncommonLabels: {app: web}\n",
}
Render = Callable[..., tuple[int, list[str]]]


@pytest.fixture
def render(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Render:
    """Write files and say what is found, with programs that print what they are told to."""
    programs = tmp_path / "bin"
    programs.mkdir()
    (tmp_path / "repository").mkdir()
    monkeypatch.chdir(tmp_path / "repository")
    monkeypatch.setenv("PATH", f"{programs}:/usr/bin:/bin")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))

    def render(
        files: dict[str, str], *words: str, programs_there: tuple[str, ...] = ("helm", "kustomize")
    ) -> tuple[int, list[str]]:
        for name in programs_there:
            (programs / name).write_text(FAKE)
            (programs / name).chmod(0o755)
        for name, text in files.items():
            Path(name).parent.mkdir(parents=True, exist_ok=True)
            Path(name).write_text(text)
        code = run(["validate", ".", "--notes", "--format", "json", *(words or ("--render",))])
        found = json.loads(capsys.readouterr().out)["diagnostics"]
        return code, [_said(each) for each in found]

    return render


def _said(found: dict[str, dict[str, object]]) -> str:
    where = found["where"]
    place = f"{where['file']}:{where['line']}: " if where else ""
    return f"{place}{found['severity']}[{found['rule']}] {found['message']}"


def test_overlay_is_judged_at_the_lines_that_it_was_made_of(render: Render) -> None:
    code, said = render({**OVERLAY, "over/out": MADE})

    assert code == 1
    assert said == [
        'base/web.yaml:5: error[wrong-type] `replicas` must be an integer, not the text "two"',
        "over (rendered):10: error[wrong-type] `tty` must be true or false, not the number 3",
    ]


def test_files_of_an_overlay_that_fails_are_judged_as_they_are(render: Render) -> None:
    code, said = render(OVERLAY)

    assert code == 1
    assert said == [
        'base/web.yaml:5: error[wrong-type] `replicas` must be an integer, not the text "two"',
        "over/kustomization.yaml:1: warning[kustomization] the kustomization is not rendered: "
        "kustomize cannot render it: ./over is broken",
        "base/kustomization.yaml:1: note[kustomization] a kustomization is not rendered: "
        "kpy does not know what it changes",
    ]


def test_chart_is_judged_as_it_is_rendered(render: Render) -> None:
    made = (
        "---\n# Source: web/templates/a.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"
        "---\n# Source: web/templates/b.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\n"
        "---\n# Source: web/templates/a.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndta: {}\n"
    )

    code, said = render({**CHART, "chart/out": made})

    assert code == 1
    assert said == [
        "chart/templates/a.yaml (rendered):10: error[unknown-field] ConfigMap has no field `dta`",
    ]


def test_chart_that_fails_is_a_note(render: Render) -> None:
    assert render(CHART) == (
        0,
        ["chart/Chart.yaml:1: note[chart] the chart is not rendered: helm cannot render it: ./chart is broken"],
    )


def test_what_fetches_or_runs_something_is_one_note(render: Render) -> None:
    files = {
        "a/kustomization.yaml": "resources: ['https://x.io/a?ref=v1']\n",
        "b/kustomization.yaml": "helmCharts: [{name: web}]\n",
        "c/kustomization.yaml": "resources: [web.yaml]\n",
        "c/web.yaml": MADE.replace(", tty: 3", "").replace("two", "2"),
        "c/out": MADE.replace(", tty: 3", "").replace("two", "2"),
    }

    code, said = render(files)

    assert code == 0
    assert said == [
        "a/kustomization.yaml:1: note[kustomization] 2 kustomizations are not rendered, since kpy fetches nothing and "
        "runs no plugin: a/kustomization.yaml takes https://x.io/a?ref=v1 from elsewhere"
    ]


def test_kustomization_that_names_what_is_not_there_is_a_warning(render: Render) -> None:
    assert render({"over/kustomization.yaml": "resources: [../bas]\n"}) == (
        0,
        [
            "over/kustomization.yaml:1: warning[kustomization] the kustomization is not rendered: "
            "over/kustomization.yaml names ../bas, which is not there"
        ],
    )


def test_programs_that_are_not_there_are_a_warning_each(render: Render, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")

    code, said = render({**CHART, **OVERLAY}, programs_there=())

    assert code == 1
    assert said[1:3] == [
        "warning[not-rendered] charts are not rendered: helm is not installed, or not on PATH",
        "warning[not-rendered] kustomizations are not rendered: neither kustomize nor kubectl is installed, or on PATH",
    ]


def test_two_overlays_are_variants(render: Render) -> None:
    sound = MADE.replace(", tty: 3", "").replace("two", "2")
    files = {
        **OVERLAY,
        "base/web.yaml": sound,
        "over/out": sound,
        "prod/kustomization.yaml": "resources: [../base]\nreplicas: [{name: web, count: 3}]\n",
        "prod/out": sound.replace("replicas: 2", "replicas: 3"),
    }

    assert render(files) == (
        0,
        [
            'base/web.yaml:1: note[variants] 2 files declare Deployment "a-web" differently: '
            "they are variants, and each is checked by itself"
        ],
    )


def test_file_that_differs_from_one_object_of_an_overlay_finds_the_others(render: Render) -> None:
    sound = MADE.replace(", tty: 3", "").replace("two", "2").replace("a-web", "web")
    account = "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: web}\n"
    files = {
        "over/kustomization.yaml": "resources: [web.yaml, account.yaml]\n",
        "over/web.yaml": sound,
        "over/account.yaml": account,
        "over/out": f"{sound}---\n{account}",
        "more/web.yaml": sound.replace("    spec:\n", "    spec:\n      serviceAccountName: web\n"),
    }

    code, said = render(files)

    assert code == 0
    assert [text.partition("] ")[0] for text in said] == ["over/web.yaml:1: note[variants"]


def test_one_line_of_many_overlays_is_one_mistake_and_many_failures_are_one_warning(render: Render) -> None:
    files = {name: text for at in range(6) for name, text in _overlay(f"o{at}").items()}
    broken = {f"x{at}/kustomization.yaml": "resources: []\n" for at in range(6)}

    code, said = render({**OVERLAY, "over/out": MADE.replace(", tty: 3", ""), **files, **broken})

    assert code == 1
    assert [text for text in said if "variants" not in text] == [
        'base/web.yaml:5: error[wrong-type] `replicas` must be an integer, not the text "two"',
        "x0/kustomization.yaml:1: warning[kustomization] 6 kustomizations are not rendered: "
        "kustomize cannot render it: ./x0 is broken",
    ]


def _overlay(name: str) -> dict[str, str]:
    out = MADE.replace(", tty: 3", "").replace("a-web", f"{name}-web")
    return {f"{name}/kustomization.yaml": f"resources: [../base]\nnamePrefix: {name}-\n", f"{name}/out": out}


def test_nothing_is_rendered_unless_it_is_asked_for(render: Render) -> None:
    _, said = render({**CHART, "chart/out": "---\n# Source: a\nkind: [\n"}, "--all-findings")

    assert said == [
        "chart/Chart.yaml:1: note[chart] a Helm chart is not a manifest before it is rendered: 2 files not checked"
    ]


@pytest.mark.parametrize("written", [["--render"], []])
@pytest.mark.parametrize("read", [["--render"], []])
def test_baseline_is_the_same_with_and_without_rendering(render: Render, written: list[str], read: list[str]) -> None:
    """The overlay gives a namespace and another name."""
    made = MADE.replace(", tty: 3", "").replace("name: a-web", "name: a-web, namespace: shop")
    files = {**OVERLAY, "over/out": made}
    files["base/web.yaml"] = WEB.replace(
        "spec:\n  replicas", "spec:\n  selector: {matchLabels: {app: web}}\n  replicas"
    )
    files["base/web.yaml"] = files["base/web.yaml"].replace(
        "template:\n", "template:\n    metadata: {labels: {app: web}}\n"
    )
    baseline = ("--baseline", "known.json")

    assert render(files, *written, *baseline, "--write-baseline")[0] == 0
    assert json.loads(Path("known.json").read_text())["findings"] == [
        {"rule": "wrong-type", "object": "Deployment web", "namespace": "", "field": "spec.replicas"}
    ]
    code, said = render(files, *read, *baseline)
    assert code == 0
    assert not any("error" in each for each in said)

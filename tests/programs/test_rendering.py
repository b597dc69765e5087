"""Charts and overlays are rendered by programs, never by what an input asks for, and once for each content."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from kpy.programs import ProgramError
from kpy.programs.helm import HelmRenderer
from kpy.programs.kustomize import KustomizeRenderer, read_overlay
from kpy.programs.rendered import RenderCache, RenderError, digest_of_files

#: Writes what it was called with, and says what it is told to by files beside it.
FAKE = """\
#!/bin/sh
echo "$@" >> "{folder}/calls"
cat >> "{folder}/stdin"
[ -f "{folder}/fails" ] && {{ cat "{folder}/fails" >&2; exit 1; }}
echo "made: $GIT_ALLOW_PROTOCOL$HELM_NO_PLUGINS"
"""


@pytest.fixture
def fake(tmp_path: Path) -> Path:
    """Return the folder of programs that only write down how they were called."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("helm", "kustomize", "kubectl"):
        path = folder / name
        path.write_text(FAKE.format(folder=folder))
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return folder


def calls(fake: Path) -> list[str]:
    return (fake / "calls").read_text().splitlines() if (fake / "calls").exists() else []


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def test_helm_gets_names_values_and_the_release(fake: Path, tmp_path: Path) -> None:
    helm = HelmRenderer.find(str(fake / "helm"))

    text = helm.template(
        str(tmp_path), name="web", namespace="shop", values={"b": 1, "a": None}, value_files=["v.yaml"],
        kubernetes="1.36.0", api_versions=["x.io/v1"],
    )  # fmt: skip

    assert text == "made: 1\n"
    assert calls(fake) == [
        f"template web {tmp_path} --namespace shop --skip-tests --values v.yaml --values - "
        "--kube-version 1.36.0 --api-versions x.io/v1"
    ]
    assert (fake / "stdin").read_text() == '{"a": null, "b": 1}'


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("Error: execution error at (web/templates/a.yaml:3:4): name is required\n\nUse --debug flag to render\n",
         "helm cannot render it: execution error at (web/templates/a.yaml:3:4): name is required"),
        ("Error: An error occurred: found in Chart.yaml, but missing in charts/ directory: db, cache\n",
         "the chart needs db, cache, which is not in its charts/: run `helm dependency build CHART`"),
        ("Error: library charts are not installable\n", "this is a library chart, which makes nothing by itself"),
        ("", "helm cannot render it: it does not say why"),
    ],
)  # fmt: skip
def test_failing_helm_says_what_to_do(fake: Path, tmp_path: Path, said: str, reason: str) -> None:
    (fake / "fails").write_text(said)

    with pytest.raises(RenderError) as error:
        HelmRenderer.find(str(fake / "helm")).template(str(tmp_path))

    assert str(error.value) == reason.replace("CHART", str(tmp_path))


@pytest.mark.parametrize(("name", "words"), [("kustomize", "build"), ("kubectl", "kustomize")])
def test_overlay_is_built_without_a_network(fake: Path, tmp_path: Path, name: str, words: str) -> None:
    write(tmp_path / "k", {"kustomization.yaml": "resources: [a.yaml]\n", "a.yaml": ""})

    text = KustomizeRenderer.find(str(fake / name)).build(str(tmp_path / "k"))

    assert text == "made: none\n"
    assert calls(fake) == [f"{words} {tmp_path / 'k'}"]


def test_failing_kustomize_is_quoted(fake: Path, tmp_path: Path) -> None:
    write(tmp_path / "k", {"kustomization.yaml": "resources: []\n"})
    (fake / "fails").write_text("# Warning: 'bases' is deprecated\nError: no such\n  target\n")

    with pytest.raises(RenderError) as error:
        KustomizeRenderer.find(str(fake / "kustomize")).build(str(tmp_path / "k"))

    assert str(error.value) == "kustomize cannot render it: no such target"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("resources: ['https://x.io/a.yaml']", "takes https://x.io/a.yaml from elsewhere"),
        ("bases: ['github.com/x/y//z?ref=v1']", "takes github.com/x/y//z?ref=v1 from elsewhere"),
        ("components: ['git@github.com:x/y']", "takes git@github.com:x/y from elsewhere"),
        ("resources: [github.com/x/y]", "takes github.com/x/y from elsewhere"),
        ("resources: [example.com:x/y]", "takes example.com:x/y from elsewhere"),
        ("resources: [../bas]", "names ../bas, which is not there"),
        ("components: [part]", "names part, which is not there"),
        ("patches: [{path: 'https://x.io/p.yaml'}]", "reads https://x.io/p.yaml from elsewhere"),
        ("configMapGenerator: [{files: ['a=https://x.io/a']}]", "reads https://x.io/a from elsewhere"),
        ("openapi: {path: 'https://x.io/o.json'}", "reads https://x.io/o.json from elsewhere"),
        ("helmCharts: [{name: web}]", "has charts of Helm (`helmCharts`), which kustomize would download"),
        ("generators: [made.yaml]", "runs a plugin or function (`generators`)"),
        ("transformers: ['apiVersion: x.io/v1\n\n    kind: Y']", "runs a plugin or function (`transformers`)"),
        ("validators: [function.yaml]", "runs a plugin or function (`validators`)"),
        ("generators: [gone.yaml]", "runs a plugin or function (`generators`)"),
        ("a: [", "cannot be read"),
    ],
)
def test_what_would_fetch_or_run_something_is_refused(fake: Path, tmp_path: Path, text: str, why: str) -> None:
    function = "{config.kubernetes.io/function: 'container: {image: x}'}"
    write(
        tmp_path / "k",
        {
            "kustomization.yaml": "resources: [../base]\n",
            "made.yaml": "apiVersion: someteam.example.com/v1\nkind: Maker\n",
        },
    )
    write(
        tmp_path / "base",
        {
            "kustomization.yaml": f"{text}\n",
            "made.yaml": "apiVersion: someteam.example.com/v1\nkind: Maker\n",
            "function.yaml": f"apiVersion: builtin\nkind: X\nmetadata: {{name: x, annotations: {function}}}\n",
        },
    )

    with pytest.raises(RenderError) as error:
        KustomizeRenderer.find(str(fake / "kustomize")).build(str(tmp_path / "k"))

    assert why in str(error.value)
    assert calls(fake) == []


@pytest.mark.parametrize(
    "text",
    [
        "resources: [a.yaml]\ncommonAnnotations: {home: 'https://x.io'}",
        "configMapGenerator: [{name: a, literals: ['URL=https://x.io']}]",
        "transformers: [builtin.yaml]",
        "patches: [{patch: 'data: {a: https://x.io}'}]",
    ],
)
def test_what_is_here_is_built(fake: Path, tmp_path: Path, text: str) -> None:
    builtin = "apiVersion: builtin\nkind: PrefixTransformer\nmetadata: {name: x}\nprefix: a-\n"
    write(tmp_path / "k", {"kustomization.yaml": text, "a.yaml": "", "builtin.yaml": builtin})

    assert KustomizeRenderer.find(str(fake / "kustomize")).build(str(tmp_path / "k"))


def test_overlay_knows_its_files_and_circles_have_an_end(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "a/kustomization.yaml": "resources: [../b, x.yaml]\npatches: [{path: p.yaml}]\n",
            "a/x.yaml": "",
            "a/p.yaml": "",
            "b/kustomization.yaml": "resources: [../a]\nsecretGenerator: [{name: s, files: [key=c.txt]}]\n",
            "b/c.txt": "",
        },
    )

    overlay = read_overlay(str(tmp_path / "a"))

    assert sorted(os.path.relpath(file, tmp_path) for file in overlay.files) == [
        *("a/kustomization.yaml", "a/p.yaml", "a/x.yaml", "b/c.txt", "b/kustomization.yaml"),
    ]
    assert overlay.refusals == ()


def test_pipe_is_not_waited_for(tmp_path: Path) -> None:
    write(tmp_path, {"kustomization.yaml": "resources: [pipe]\ngenerators: [pipe]\npatches: [{path: pipe}]\n"})
    os.mkfifo(tmp_path / "pipe")

    overlay = read_overlay(str(tmp_path))

    assert [why.rpartition("kustomization.yaml ")[2] for why in overlay.refusals] == [
        "runs a plugin or function (`generators`)"
    ]
    assert digest_of_files(overlay.files)


def test_second_run_starts_no_program_until_a_file_changes(fake: Path, tmp_path: Path) -> None:
    write(tmp_path / "k", {"kustomization.yaml": "resources: [a.yaml]\n", "a.yaml": "a: 1\n"})
    kustomize = KustomizeRenderer.find(str(fake / "kustomize"), cache=RenderCache(str(tmp_path / "cache")))

    first, second = kustomize.build(str(tmp_path / "k")), kustomize.build(str(tmp_path / "k"))
    write(tmp_path / "k", {"a.yaml": "a: 2\n"})
    kustomize.build(str(tmp_path / "k"))

    assert first == second
    assert len(calls(fake)) == 2


def test_failure_is_not_kept(fake: Path, tmp_path: Path) -> None:
    helm = HelmRenderer.find(str(fake / "helm"), cache=RenderCache(str(tmp_path / "cache")))
    (fake / "fails").write_text("Error: no\n")
    with pytest.raises(RenderError):
        helm.template(str(tmp_path / "bin"))
    (fake / "fails").unlink()

    assert helm.template(str(tmp_path / "bin")) == "made: 1\n"


def test_cache_is_private_bounded_and_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = RenderCache(str(tmp_path / "cache"))
    cache.text("a", lambda: "x" * 100)
    path = tmp_path / "cache" / "a"

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert cache.text("a", lambda: "other") == "x" * 100
    path.write_bytes(path.read_bytes()[:-1])
    assert cache.text("a", lambda: "made anew") == "made anew"
    monkeypatch.setattr("kpy.programs.rendered._MOST", 150)
    cache.text("b", lambda: "y" * 60)
    assert [entry.name for entry in (tmp_path / "cache").iterdir()] == ["b"]


def test_cache_that_cannot_be_written_is_no_fault(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    assert RenderCache(str(tmp_path / "file" / "cache")).text("a", lambda: "made") == "made"


def test_digest_tells_names_contents_and_words_apart(tmp_path: Path) -> None:
    write(tmp_path, {"a": "1", "b": "2"})
    one, two = str(tmp_path / "a"), str(tmp_path / "b")

    digests = {
        digest_of_files([one]), digest_of_files([one, two]), digest_of_files([two]), digest_of_files([one], "x"),
        digest_of_files([one], "x", "y"), digest_of_files([one], "xy"), digest_of_files([str(tmp_path / "gone")]),
    }  # fmt: skip

    assert len(digests) == 7
    assert digest_of_files([one, two]) == digest_of_files([two, one, one])


def test_program_that_is_not_there_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(ProgramError, match=r"^helm is not installed, or not on PATH$"):
        HelmRenderer.find()
    with pytest.raises(ProgramError, match=r"^neither kustomize nor kubectl is installed, or on PATH$"):
        KustomizeRenderer.find()


def test_kubectl_stands_in_for_kustomize(fake: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(fake))
    assert KustomizeRenderer.find().program.name == "kustomize"

    (fake / "kustomize").unlink()

    assert KustomizeRenderer.find().program.name == "kubectl"

"""The page: one file that asks nobody for anything, and in which no text of others is markup or script."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path

import pytest

from kpy.cli.main import run
from kpy.graph import graph_of, traffic_of
from kpy.graph.html import to_html
from kpy.manifest import Resource
from kpy.printable import printable
from tests.graph.hostile import TEXTS, hostile

ROOT = Path(__file__).parents[2]


class Page(HTMLParser):
    """What a page says, read as a browser reads it."""

    #: Tags that have no end.
    EMPTY = ("meta", "input")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {}
        self._open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.texts.setdefault(tag, []).append("")
        if tag not in self.EMPTY:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self._open:
            self.texts[self._open[-1]][-1] += data

    def all(self, tag: str, **attributes: str) -> list[dict[str, str | None]]:
        wanted = attributes.items()
        return [own for name, own in self.tags if name == tag and wanted <= own.items()]


def hostile_page() -> str:
    return to_html(graph_of(hostile()), traffic_of(hostile()), '</title><script>alert("x")</script>')


def shop(*options: str, capsys: pytest.CaptureFixture[str]) -> Page:
    assert run(["graph", str(ROOT / "examples/shop.py"), "--format", "html", *options]) == 0
    return Page(capsys.readouterr().out)


@pytest.mark.parametrize("is_hostile", [False, True])
def test_only_what_kpy_wrote_may_run(is_hostile: bool, capsys: pytest.CaptureFixture[str]) -> None:
    page = Page(hostile_page()) if is_hostile else shop(capsys=capsys)

    def digest(text: str) -> str:
        return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"

    assert len(page.texts["script"]) == len(page.texts["style"]) == 1
    (policy,) = (own["content"] for own in page.all("meta") if own.get("http-equiv") == "Content-Security-Policy")
    assert policy == (
        f"default-src 'none'; style-src {digest(page.texts['style'][0])}; "
        f"script-src {digest(page.texts['script'][0])}; base-uri 'none'; form-action 'none'"
    )
    assert page.texts["script"][0] == (ROOT / "kpy/graph/viewer.js").read_text()


def test_page_asks_nobody_for_anything() -> None:
    text = hostile_page()

    attributes = {name for _, own in Page(text).tags for name in own}
    assert not {name for name in attributes if name.startswith("on") or name in ("src", "href", "style", "srcset")}
    assert not re.search(r"url\((?!#)|@import|https?:|fetch\(|XMLHttpRequest|import\(", text)


def test_texts_of_others_are_texts() -> None:
    page = Page(hostile_page())

    known = (
        "html head meta title style body header h1 div button input details summary label span main svg defs marker "
        "path g rect text tspan aside footer script"
    )
    assert {tag for tag, _ in page.tags} <= set(known.split())
    names = {own["data-name"] for own in page.all("g") if "data-name" in own}
    assert {printable(text) for text in TEXTS} <= names
    assert page.texts["h1"] == ['</title><script>alert("x")</script>']


def test_filters_have_every_namespace_and_kind(capsys: pytest.CaptureFixture[str]) -> None:
    page = shop(capsys=capsys)

    assert [own["value"] for own in page.all("input", name="namespace")] == ["ingress-nginx", "kube-system", "shop-dev"]
    assert [own["value"] for own in page.all("input", name="kind")] == [
        "ConfigMap", "Deployment", "HorizontalPodAutoscaler", "Ingress", "NetworkPolicy", "PodDisruptionBudget", "Pods",
        "Secret", "Service", "StatefulSet",
    ]  # fmt: skip


@pytest.mark.parametrize(("options", "first", "hidden"), [([], "a", "b"), (["--traffic"], "b", "a")])
def test_page_begins_with_what_was_asked_for(
    options: list[str], first: str, hidden: str, capsys: pytest.CaptureFixture[str]
) -> None:
    page = shop(*options, capsys=capsys)

    assert "hidden" not in page.all("svg", id=first)[0]
    assert "hidden" in page.all("svg", id=hidden)[0]
    assert [own["data-view"] for own in page.all("button") if own.get("aria-pressed") == "true"] == [first]
    assert page.texts["title"][0] == page.texts["h1"][0] == "shop"


def test_values_of_secrets_are_not_in_it() -> None:
    secret = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "login"},
        "stringData": {"key": "s3cr3t-value"},
    }
    pod = {"containers": [{"name": "a", "env": [{"name": "TOKEN", "value": "s3cr3t-value"}]}]}
    objects = [secret, {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}, "spec": pod}]
    resources = [Resource(each) for each in objects]

    page = to_html(graph_of(resources), traffic_of(resources))

    assert "s3cr3t-value" not in page
    assert 'data-name="login"' in page


@pytest.mark.parametrize(
    ("options", "begin"),
    [
        (["--format", "svg"], '<svg xmlns="http://www.w3.org/2000/svg" '),
        (["--format", "svg", "--traffic"], '<svg xmlns="http://www.w3.org/2000/svg" '),
        (["--traffic"], 'flowchart LR\n    subgraph box1["Namespace #34;'),
        (["--format", "dot", "--traffic"], "digraph {\n"),
    ],
)
def test_every_form_is_written_of_apps_and_files(
    options: list[str], begin: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    app = str(ROOT / "examples/shop.py")
    assert run(["synth", app]) == 0
    (tmp_path / "shop.yaml").write_text(capsys.readouterr().out)

    for target in (app, str(tmp_path / "shop.yaml"), str(tmp_path)):
        assert run(["graph", target, *options]) == 0
        assert capsys.readouterr().out.startswith(begin)


def test_picture_of_a_folder_is_called_as_it_is_and_not_where_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "deploy").mkdir()
    (tmp_path / "deploy" / "a.yaml").write_text("apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n")

    for target in (tmp_path / "deploy", f"{tmp_path}/deploy/"):
        assert run(["graph", str(target), "--format", "html"]) == 0
        out = capsys.readouterr().out
        assert Page(out).texts["title"][0] == "deploy"
        assert str(tmp_path) not in out

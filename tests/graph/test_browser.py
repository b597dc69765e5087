"""Pictures in a real browser: the page is used with a mouse, and Mermaid is drawn by Mermaid itself.

Run by `make test-browser`, which needs a Chromium and npm; without them it fails, and says so.
"""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from kpy.graph import graph_of, to_mermaid, traffic_of
from kpy.graph.html import to_html
from kpy.printable import printable
from tests.graph.hostile import hostile
from tests.graph.test_drawing import GRAPHS, example
from tools.mermaid import mermaid

pytestmark = pytest.mark.browser

ANSWER = re.compile(r'<pre id="answer">([^<]+)</pre>')


def chromium() -> str:
    names = ("chromium", "chromium-browser", "google-chrome", "chrome")
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    assert found, f"the tests in a browser did NOT run: there is none of {', '.join(names)}, and CHROMIUM is not set"
    return found


def opened(page: Path, *, width: int = 1400) -> str:
    """Return what a page has become once it is loaded and its scripts have run."""
    options = ["--headless=new", "--no-sandbox", "--disable-gpu", f"--window-size={width},900", "--dump-dom"]
    profile = f"--user-data-dir={page.parent / 'profile'}"
    words = [chromium(), *options, "--virtual-time-budget=60000", profile, page.as_uri()]
    return subprocess.run(words, capture_output=True, text=True, timeout=600, check=True).stdout


def answer(page: Path, *, width: int = 1400) -> object:
    found = ANSWER.search(opened(page, width=width))
    assert found, "the script of the test did not come to its end"
    return json.loads(html.unescape(found[1]))


def asked(text: str, script: str, folder: Path, *, width: int = 1400) -> object:
    """Return what a script answers that runs in a page after the page's own; only this copy allows it."""
    text = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", text)
    reply = 'document.body.insertAdjacentHTML("beforeend", `<pre id="answer"></pre>`);'
    reply += f'document.querySelector("#answer").textContent = JSON.stringify((() => {{ {script} }})());'
    page = folder / "asked.html"
    page.write_text(text.replace("</body>", f"<script>{{ {reply} }}</script></body>"))
    return answer(page, width=width)


def page_of(name: str) -> str:
    manifest = example(name)
    return to_html(graph_of(manifest), traffic_of(manifest), name)


def test_script_runs_under_its_own_policy(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(to_html(graph_of(hostile()), traffic_of(hostile()), "<b>"))

    there = opened(page)

    assert there.count('tabindex="0"') == len(graph_of(hostile()).nodes) + len(traffic_of(hostile()).nodes)


def test_filters_hide_objects_their_arrows_and_empty_boxes(tmp_path: Path) -> None:
    script = """
        const seen = (what) => document.querySelectorAll(`#a ${what}:not(.off)`).length;
        const before = [seen(".card"), seen(".arrow"), seen(".box")];
        for (const box of document.querySelectorAll("input[name=kind]")) {
            if (["Deployment", "Service"].includes(box.value)) continue;
            box.checked = false;
            box.dispatchEvent(new Event("change"));
        }
        return [before, [seen(".card"), seen(".arrow"), seen(".box")],
                document.querySelectorAll("summary")[1].textContent];
    """

    assert asked(page_of("platform"), script, tmp_path) == [[94, 107, 22], [26, 12, 18], "Kinds 2/18"]


def test_chosen_object_says_what_leads_to_it_and_from_it(tmp_path: Path) -> None:
    script = """
        document.querySelector('#a .card[data-kind=Deployment][data-name=api]')
            .dispatchEvent(new MouseEvent("click", { bubbles: true }));
        const lit = document.querySelectorAll("#a .arrow.lit").length;
        return [document.querySelector("aside").innerText.split(/\\n+/), lit];
    """

    lines, lit = asked(page_of("shop"), script, tmp_path)  # type: ignore[misc]

    assert lines[:2] == ["api", "Deployment in shop-prod"]
    assert "Names or selects" in lines
    assert "ConfigMap shop-2db99af252" in lines
    assert "configMapKeyRef, configMapRef" in lines
    assert "HorizontalPodAutoscaler api" in lines[lines.index("Named or selected by") :]
    assert lit == 6


def test_traffic_is_a_click_away(tmp_path: Path) -> None:
    script = """
        document.querySelector("[data-view=b]").click();
        const api = document.querySelector('#b .card[data-name=api]');
        api.dispatchEvent(new MouseEvent("click", { bubbles: true }));
        return [document.querySelector("#a").hasAttribute("hidden"), document.querySelector("aside").innerText];
    """

    is_hidden, text = asked(page_of("shop"), script, tmp_path)  # type: ignore[misc]

    assert is_hidden
    assert re.search(r"May talk to\s+StatefulSet postgres\s+postgres", text)


def test_zoom_and_search_change_what_is_shown(tmp_path: Path) -> None:
    script = """
        const svg = document.querySelector("#a"), width = () => Number(svg.getAttribute("viewBox").split(" ")[2]);
        const widths = [width()];
        for (const name of ["in", "out", "fit"]) {
            document.querySelector(`[data-zoom=${name}]`).click();
            widths.push(width());
        }
        const search = document.querySelector("input[type=search]");
        search.value = "POSTGRES";
        search.dispatchEvent(new Event("input"));
        return [widths, document.querySelectorAll("#a .card:not(.dim)").length];
    """

    widths, found = asked(page_of("platform"), script, tmp_path)  # type: ignore[misc]

    assert widths[1] == pytest.approx(widths[0] / 1.4, rel=0.01)
    assert widths[3] == pytest.approx(widths[0])
    assert found == 3


@pytest.mark.parametrize("width", [1400, 500])
def test_nothing_stands_beside_the_window(width: int, tmp_path: Path) -> None:
    script = """
        const { scrollWidth, scrollHeight } = document.documentElement;
        return [innerWidth, scrollWidth, scrollHeight - innerHeight];
    """

    assert asked(page_of("platform"), script, tmp_path, width=width) == [width, width, 0]


@pytest.mark.parametrize("name", [name for name in GRAPHS if name != "nothing"])
def test_mermaid_draws_every_object_and_every_edge(name: str, tmp_path: Path) -> None:
    graph = GRAPHS[name]()
    script = tmp_path / "mermaid.js"
    script.write_bytes(mermaid().read_bytes())
    text = json.dumps(to_mermaid(graph)).replace("<", "\\u003c")
    page = tmp_path / "mermaid.html"
    page.write_text(
        f"""<!doctype html><meta charset="utf-8"><body><script src="mermaid.js"></script><script>
        mermaid.initialize({{startOnLoad: false, maxTextSize: 1e7, maxEdges: 1e4, securityLevel: "strict"}});
        const say = (what) => document.body.insertAdjacentHTML("beforeend", '<pre id="answer"></pre>')
            || (document.querySelector("#answer").textContent = JSON.stringify(what));
        mermaid.render("drawing", {text}).then(({{ svg }}) => {{
            document.body.innerHTML = svg;
            const all = (what) => [...document.querySelectorAll(what)];
            say({{ nodes: all(".node").map((node) => [node.id, node.textContent.trim()]),
                   edges: all("path.flowchart-link").length, scripts: all("svg script, svg img").length }});
        }}, (error) => say(String(error)));
        </script></body>"""
    )

    found = answer(page)

    assert isinstance(found, dict), found
    ids = {re.sub(r"^.*?flowchart-(.*)-\d+$", r"\1", id_): text for id_, text in found["nodes"]}
    assert set(ids) == {node.id for node in graph.nodes}
    assert found["edges"] == len(graph.edges)
    assert found["scripts"] == 0
    for node in graph.nodes:
        words = "".join(printable(part) for part in (node.kind, node.name, node.note))
        assert re.sub(r"[\s\u2060]", "", ids[node.id]) == re.sub(r"\s", "", words)

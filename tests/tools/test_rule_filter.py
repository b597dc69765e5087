"""The field above the list of rules on the site, used in a real browser: `make test-browser`."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest

from tests.graph.test_browser import asked

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[2]


def page() -> str:
    """Return the list of rules as a site has it, with the script."""
    body = []
    for line in (ROOT / "docs/rules/README.md").read_text(encoding="utf-8").splitlines():
        if match := re.match(r"- \[`([^`]+)`\]\([^)]*\): (.*)", line):
            body.append(f"<li><code>{match[1]}</code>: {html.escape(match[2])}</li>")
        elif match := re.match(r"(#+) (.*)", line):
            level = len(match[1])
            body.append(f"</ul><h{level}>{html.escape(match[2])}</h{level}><ul>")
    text = "".join(body).removeprefix("</ul>").replace("</h1><ul></ul>", "</h1>")
    script = (ROOT / "docs/assets/filter.js").read_text(encoding="utf-8")
    return f"<html><body><article>{text}</ul></article><script>{script}</script></body></html>"


def test_rules_are_filtered_by_all_words(tmp_path: Path) -> None:
    script = """
        document.dispatchEvent(new Event("DOMContentLoaded"));  // the page is not read to its end yet
        const field = document.querySelector("input");
        field.value = "probe Liveness";
        field.dispatchEvent(new Event("input"));
        const shown = [...document.querySelectorAll("li")].filter((item) => !item.hidden);
        const heads = [...document.querySelectorAll("h2")];
        const are_right = shown.every((item) => /probe/i.test(item.textContent));
        const first = [shown.length, are_right, heads.some((head) => head.hidden)];
        const said = document.querySelector("[aria-live]").textContent;
        field.value = "";
        field.dispatchEvent(new Event("input"));
        const all = document.querySelectorAll("li").length;
        const back = [...document.querySelectorAll("li")].filter((item) => !item.hidden).length;
        return [first, said, all === back && all > 500, heads.some((head) => head.hidden)];
    """
    first, said, is_whole, is_hidden = asked(page(), script, tmp_path)  # type: ignore[misc]  # what the script returns

    count, are_right, has_hidden = first
    assert 0 < count < 30
    assert (are_right, has_hidden) == (True, True)
    assert said == f"{count} rule{'s' if count > 1 else ''}"
    assert (is_whole, is_hidden) == (True, False)


def test_other_pages_get_no_field(tmp_path: Path) -> None:
    text = page().replace("<h1>Rules", "<h1>Settings")

    assert (
        asked(
            text,
            'document.dispatchEvent(new Event("DOMContentLoaded")); return document.querySelector("input") === null;',
            tmp_path,
        )
        is True
    )

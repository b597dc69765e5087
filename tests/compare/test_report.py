"""How a comparison is shown: as text, JSON and Markdown."""

from __future__ import annotations

import json

from kpy.compare import EFFECTS, Comparison, compare
from kpy.reporting.markdown import changes_to_markdown

from .objects import claim, config, deployment, secret


def sample() -> Comparison:
    old = [deployment(), config(), claim()]
    new = [deployment(image="nginx:1.30", args=["<b>|`@all`"]), secret()]
    return compare(old, new)


def test_text_shows_objects_reasons_and_counts() -> None:
    assert sample().to_text() == (
        '~ Deployment "web": rolling restart\n'
        '    spec.template.spec.containers[name=web].image: "nginx:1.29" -> "nginx:1.30"\n'
        '    spec.template.spec.containers[name=web].args: not set -> ["<b>|`@all`"]\n'
        '+ Secret "login": create\n'
        '- ConfigMap "config": delete\n'
        '! PersistentVolumeClaim "data": data loss\n'
        "    with the claim goes its volume, unless that volume has the reclaim policy Retain\n"
        "1 data loss, 1 delete, 1 rolling restart, 1 create\n"
    )


def test_json_counts_all_effects() -> None:
    said = sample().to_dict()

    assert list(said["counts"]) == list(EFFECTS)  # type: ignore[call-overload]
    assert json.loads(json.dumps(said)) == said


def test_markdown_shows_the_worst_first() -> None:
    assert changes_to_markdown(sample()) == (
        "**kpy compare**: 1 data loss, 1 delete, 1 rolling restart, 1 create\n"
        "\n"
        "| effect | object | differences |\n"
        "|---|---|---|\n"
        '| **data loss** | <code>PersistentVolumeClaim "data"</code> |  |\n'
        '| delete | <code>ConfigMap "config"</code> |  |\n'
        '| rolling restart | <code>Deployment "web"</code> | 2 |\n'
        '| create | <code>Secret "login"</code> |  |\n'
        "\n"
        '<details><summary>PersistentVolumeClaim "data": data loss</summary>\n'
        "\n"
        "with the claim goes its volume, unless that volume has the reclaim policy Retain\n"
        "\n"
        "\n"
        "</details>\n"
        "\n"
        '<details><summary>Deployment "web": rolling restart</summary>\n'
        "\n"
        "```diff\n"
        "  spec.template.spec.containers[name=web].image\n"
        '- "nginx:1.29"\n'
        '+ "nginx:1.30"\n'
        "  spec.template.spec.containers[name=web].args\n"
        "- not set\n"
        '+ ["<b>|`@all`"]\n'
        "```\n"
        "\n"
        "</details>\n"
    )


def test_markdown_is_bounded() -> None:
    old = [config(), *({**config(a="1" * 500), "metadata": {"name": f"config-{n}"}} for n in range(2000))]
    new = [config(), *({**config(a="2" * 500), "metadata": {"name": f"config-{n}"}} for n in range(2000))]

    text = changes_to_markdown(compare(old, new))

    assert len(text) <= 60_000
    assert "… and 1800 more changed objects" in text
    assert text.endswith(" more parts left out\n")


def test_markdown_cannot_be_broken_out_of() -> None:
    text = changes_to_markdown(compare([config(a="x")], [config(a="```\n</details> @all")]))

    assert '````diff\n  data[a]\n- "x"\n+ "```\\n</details> @all"\n````\n' in text


def test_comparison_has_a_short_description() -> None:
    assert repr(compare([config()], [config()])) == "<Comparison: 1 no change>"
    assert compare([], []).summary() == "no objects"

"""What pyright, and so Pylance, shows of kpy, asked through the language server itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from editors.language_server import LanguageServer, language_server

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def editor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LanguageServer]:
    folder: Path = tmp_path_factory.mktemp("editor")
    with language_server(folder) as server:
        yield server


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (
            'kpy.Deployment("api", repl|icas=3)',
            "How many pods run at once; leave it out where an autoscaler decides. Default: 1.",
        ),
        (
            'kpy.Deployment("api", stra|tegy="Recreate")',
            'Takes the type alone (`"Recreate"`), the numbers of a rolling update',
        ),
        ('kpy.Deployment("api", node_sel|ector={})', "Labels that the node must have; all must match."),
        ('kpy.Deployment("api", lab|els={})', "Short facts by which the object is found and selected"),
        ('kpy.Container(image|="a")', "The image to run, such as `ghcr.io/shop/api:v2`"),
        ("kpy.Container(mou|nts={})", "Paths in the container to what is mounted there"),
        ('kpy.Claim("data", stor|age="1Gi")', 'How much storage is asked for, such as `"2Gi"`'),
        ('kpy.Service("api", cluster|_ip="None")', "Later it can be changed only in some cases."),
        ("kpy.api.core.v1.Probe(period|_seconds=3)", "Seconds between two questions. Default: 10."),
        ('kpy.api.resource.v1.DeviceTaint(eff|ect="None")', "What follows for pods without a toleration"),
        (
            'kpy.Deployment("api").min_ready|_seconds',
            "Seconds that a new pod must stay ready before it counts as available",
        ),
    ],
)
def test_hover_shows_meaning_and_facts(editor: LanguageServer, call: str, said: str) -> None:
    shown = editor.hover(f"import kpy\nimport kpy.api.core.v1, kpy.api.resource.v1\n\n{call}\n")

    assert "```python" in shown
    assert said in shown.replace("\\", "")


def test_hover_over_a_model_says_what_it_is(editor: LanguageServer) -> None:
    shown = editor.hover("from kpy.api.core.v1 import Pro|be\n")

    assert "How the node asks whether a container works" in shown


def test_keywords_are_offered(editor: LanguageServer) -> None:
    offered = editor.completions("import kpy\n\nkpy.Deployment('api', |)\n")

    assert {"replicas=", "containers=", "node_selector=", "pod_labels=", "after="} <= offered.keys()


def test_completed_field_shows_meaning_and_facts(editor: LanguageServer) -> None:
    shown = editor.completion("replicas", 'import kpy\n\nweb = kpy.Deployment("api")\nweb.repl|\n')

    assert "How many pods run at once; leave it out where an autoscaler decides. Default: 1." in shown


def test_signature_is_helped_with_by_all_keywords_and_what_the_construct_is(editor: LanguageServer) -> None:
    label, text, argument = editor.signature('import kpy\n\nkpy.Deployment("api", replicas=|3)\n')

    assert "replicas: int | None = None" in label
    assert "node_selector: " in label
    assert text.startswith("Pods of one kind, kept at a number")
    assert argument.startswith("replicas: int | None = None: ")

"""`help()` of a construct or model reads like a page: what it is, and every keyword."""

from __future__ import annotations

import inspect
import pydoc
import sys
from pathlib import Path

import pytest

import kpy
from kpy.api.core.v1 import Probe


def test_help_of_a_construct_has_its_text_and_every_keyword() -> None:
    page = pydoc.render_doc(kpy.Deployment, renderer=pydoc.plaintext)

    assert "Pods of one kind, kept at a number" in page
    assert (
        " |  replicas: int\n |      How many pods run at once; leave it out where an autoscaler decides. Default: 1."
        in page
    )
    assert " |  pod_labels: Mapping[str, str]\n |      Labels for the pods only" in page


def test_help_of_a_model_has_its_text_and_every_keyword() -> None:
    assert Probe.__doc__ is not None
    assert Probe.__doc__.startswith("How the node asks whether a container works;")
    assert "    period_seconds: Seconds\n        Seconds between two questions. Default: 10." in Probe.__doc__


def test_signature_is_written_without_types_and_has_them() -> None:
    signature = inspect.signature(kpy.Claim)

    assert str(signature).startswith("(name='', *, namespace=None,")
    assert signature.parameters["storage"].annotation == "QuantityInput | None"


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> type:
    (tmp_path / "shop_of_help.py").write_text(
        "import kpy\n\n\nclass Base(kpy.Construct):\n"
        '    """What shops have."""\n\n    host: str\n    """Where it is\n    reached."""\n\n\n'
        "class Shop(Base):\n    #: How many there are,\n    #: at least.\n    replicas: int = 2\n"
        "    plain: bool = False\n"
        '    _hidden: int = 1\n    """Nobody sees it."""\n'
    )
    monkeypatch.syspath_prepend(tmp_path)
    module = __import__("shop_of_help")
    monkeypatch.delitem(sys.modules, "shop_of_help", raising=False)
    sys.modules["shop_of_help"] = module
    found = module.Shop
    assert isinstance(found, type)
    return found


def test_help_of_ones_own_construct_has_the_texts_of_its_fields(shop: type) -> None:
    """Those beneath a field, those above it with `#:`, and those of its bases."""
    text, _, shared = str(inspect.getdoc(shop)).partition("\nlabels: Any\n")

    assert shared.startswith("    Labels on every object in it; they never enter a selector.\n")
    assert text == (
        "What shops have.\n\nKeywords:\n\n"
        "name: str\n    The name; of a Kubernetes object it is `metadata.name`, exactly.\n"
        "host: str\n    Where it is reached.\n"
        "replicas: int\n    How many there are, at least.\n"
        "plain: bool"
    )


def test_class_without_a_source_has_its_own_text() -> None:
    names: dict[str, type] = {}
    exec("import kpy\nclass Made(kpy.Construct):\n    'Made of text.'\n    host: str\n", names)  # type: ignore[arg-type]

    assert str(names["Made"].__doc__).startswith("Made of text.\n\n    Keywords:\n\n    name: str\n")

"""`kpy promote` with more keys than a person reads."""

from pathlib import Path

import pytest

from tests.cli.conftest import Run

SETTINGS = """\
[tool.kpy]
app = "shop.py"
[tool.kpy.environments.staging]
values = "{env}.yaml"
[tool.kpy.environments.prod]
values = "{env}.yaml"
"""
APP = """\
from kpy import App, Chart, ConfigMap


def app(image: str = "", labels: dict[str, int] = {}) -> App:
    app = App("shop")
    app.add(Chart("web")).add(ConfigMap.from_literals("web", {"labels": str(labels)}))
    return app
"""


def test_many_keys_are_counted(kpy: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    keys = "".join(f"  k{number}: {number}\n" for number in range(30))
    for path, text in {
        "pyproject.toml": SETTINGS,
        "shop.py": APP,
        "staging.yaml": f"image: {'x' * 99}\nlabels:\n{keys}",
        "prod.yaml": f"labels:\n{keys.replace('k', 'l')}",
    }.items():
        Path(path).write_text(text)

    code, _, err = kpy("promote", "--from", "staging", "--to", "prod")

    assert code == 0
    assert f'  image: "{"x" * 58}… (new)\n' in err
    assert "  and 11 more\n" in err
    assert err.endswith(", and 10 more\n")

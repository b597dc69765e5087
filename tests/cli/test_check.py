"""`kpy synth --check`: what differs, and the command that mends it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from kpy.cli.main import run

APP = """
import os
from kpy import App, Chart, ConfigMap, Secret


def app(env: str = "dev", password: str = "") -> App:
    app = App("shop")
    chart = app.add(Chart("shop", namespace="shop"))
    chart.add(ConfigMap.from_literals("config", {"ENV": env}))
    if password:
        chart.add(Secret.from_literals("db", {"password": password}))
    return app
"""

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def kpy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command line in a folder with an app and return the exit code and what is on standard error."""
    monkeypatch.chdir(tmp_path)
    Path("shop.py").write_text(APP)

    def kpy(*words: str) -> tuple[int, str]:
        code = run(words)
        return code, capsys.readouterr().err

    return kpy


def test_difference_is_shown_with_the_command_that_mends_it(kpy: Run) -> None:
    kpy("synth", "shop.py", "-o", "out")

    code, err = kpy("synth", "shop.py", "-o", "out", "--check", "--set", "env=prod", "--kubernetes", "1.33")

    assert code == 1
    assert err == (
        "different: out/shop.yaml\n"
        "    @@ -5,4 +5,4 @@\n"
        "       namespace: shop\n"
        "     data:\n"
        "    -  ENV: dev\n"
        "    +  ENV: prod\n"
        "     \n"
        "to bring the files up to date: kpy synth shop.py --set env=prod -o out --kubernetes 1.33\n"
    )
    assert kpy("synth", "shop.py", "--set", "env=prod", "-o", "out")[0] == 0
    assert kpy("synth", "shop.py", "--set", "env=prod", "-o", "out", "--check") == (0, "")


def test_missing_and_stale_files_are_named(kpy: Run) -> None:
    kpy("synth", "shop.py", "-o", "out")
    Path("out/shop.yaml").rename("kept")
    Path("shop.py").write_text(APP.replace('Chart("shop"', 'Chart("store"'))
    Path("kept").rename("out/shop.yaml")

    code, err = kpy("synth", "shop.py", "-o", "out", "--check")

    assert code == 1
    assert err == (
        "missing: out/store.yaml\n"
        "stale: out/shop.yaml is no longer part of the app\n"
        "to bring the files up to date: kpy synth shop.py -o out --prune-files\n"
    )


def test_secrets_are_hidden_in_the_difference_and_in_the_command(kpy: Run) -> None:
    kpy("synth", "shop.py", "-o", "out", "--set", "password=0ld-s3cret", "--set", "env=0ld-s3cret")

    code, err = kpy("synth", "shop.py", "-o", "out", "--check", "--set", "password=n3w-s3cret")

    assert code == 1
    assert '    -  ENV: "(hidden)"\n    +  ENV: dev\n' in err
    assert "--set password=... " in err
    assert not [word for word in ("0ld", "n3w", "MGxk", "bjN3") if word in err]


def test_difference_of_secrets_alone_is_told_without_them(kpy: Run) -> None:
    kpy("synth", "shop.py", "-o", "out", "--set", "password=0ld-s3cret")

    _, err = kpy("synth", "shop.py", "-o", "out", "--check", "--set", "password=n3w-s3cret")

    assert "    (only values of Secrets differ, which are hidden)\n" in err


def test_long_difference_is_bounded(kpy: Run) -> None:
    kpy("synth", "shop.py", "-o", "out")
    Path("out/shop.yaml").write_text("a: b\n" * 1000)

    _, err = kpy("synth", "shop.py", "-o", "out", "--check")

    assert err.count("\n") < 50
    assert "more lines\n" in err


def test_objects_between_the_passes_have_no_secrets_unless_asked_for(kpy: Run) -> None:
    words = ("synth", "shop.py", "--set", "password=0ld-s3cret", "--set", "env=0ld-s3cret", "--print-after", "wire")

    hidden, shown = kpy(*words)[1], kpy(*words, "--show-secrets")[1]

    assert '  ENV: "(hidden)"\n' in hidden
    assert not [word for word in ("0ld", "MGxk") if word in hidden]
    assert "MGxkLXMzY3JldA==" in shown


def test_show_secrets_needs_something_to_show(kpy: Run) -> None:
    code, err = kpy("synth", "shop.py", "--show-secrets")

    assert code == 2
    assert err == "error: --show-secrets is about --print-after: say after which pass, with --print-after PASS\n"

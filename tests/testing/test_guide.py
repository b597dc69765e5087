"""The code of `docs/testing.md` is a test file that passes, and what it shows of failures is what they say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

GUIDE = (Path(__file__).parents[2] / "docs" / "testing.md").read_text()


#: Hypothesis reads the source of all modules that are not installed, which kpy is not while it is developed.
PATIENT = """
from hypothesis import HealthCheck, settings

settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")
"""


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)


def run(pytester: pytest.Pytester, code: str, *words: str) -> pytest.RunResult:
    tests = pytester.path / "tests"
    tests.mkdir(exist_ok=True)
    (tests / "test_shop.py").write_text(code)
    return pytester.runpytest_subprocess("-p", "kpy.testing.plugin", "-p", "no:cacheprovider", *words)


def test_code_of_the_guide_passes_and_fails_as_shown(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)
    pytester.makeini("[pytest]\n")
    pytester.makeconftest(PATIENT)
    code = "\n\n".join(blocks("python"))
    difference, nearest = blocks("text")
    count = len(re.findall(r"^def test_", code, re.MULTILINE)) + 1  # one runs for two releases

    run(pytester, code, "--snapshot-update").assert_outcomes(passed=count)

    wanted = "{'kind': 'Deployment', 'spec': {'replicas': 2}}"
    miss = f"\n\ndef test_nearest(synth):\n    assert_contains(synth(app), {wanted})\n"
    failed = run(pytester, code.replace("api:v2", "api:v3") + miss)
    failed.assert_outcomes(passed=count - 1, failed=2)
    shown = "\n".join(line.removeprefix("E").strip() for line in failed.outlines)
    for text in (difference, nearest):
        for line in text.strip().splitlines():
            assert line.strip() in shown

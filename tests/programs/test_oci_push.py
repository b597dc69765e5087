"""What is said of what oras says; `tests/cli/test_push.py` has real registries."""

from __future__ import annotations

from pathlib import Path

import pytest

from kpy.programs import ProgramError
from kpy.programs.oci_push import PushError, find_pusher

DIGEST = f"sha256:{'1' * 64}"
ORAS = "#!/bin/sh\n/bin/cat {0}/out\n/bin/cat {0}/err >&2\nexit $(/bin/cat {0}/code)\n"


@pytest.fixture
def say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Have an oras that says what stands in files, and fails."""
    program = tmp_path / "oras"
    program.write_text(ORAS.format(tmp_path))
    program.chmod(0o755)
    for name, text in (("out", ""), ("err", ""), ("code", "1")):
        (tmp_path / name).write_text(text)
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize(
    ("said", "text", "is_refusal"),
    [
        (
            "Error: name unknown: The repository with name 'shop' does not exist",
            "ghcr.io does not take it: name unknown: The repository with name 'shop' does not exist",
            True,
        ),
        ("", "ghcr.io does not take it: oras does not say why", True),
        ("Error: dial tcp: lookup ghcr.io: no such host", "ghcr.io cannot be reached: dial tcp: lookup", False),
        ("tls: failed to verify certificate: x509: unknown authority", "ghcr.io is not known to be the one", False),
        (
            "response status code 403: denied",
            "refuses access: check the name, and log in by `oras login ghcr.io`",
            True,
        ),
        (
            'Put "https://ann:hunter2@ghcr.io/v2/x?token=hunter2": Bearer hunter2: too large',
            'ghcr.io does not take it: Put "https://...ghcr.io/v2/x...": ...',
            True,
        ),
        (f"{'very ' * 200}large", f"does not take it: {'very ' * 80}...", True),
    ],
)
def test_reason_is_told_and_no_credential(say: Path, said: str, text: str, is_refusal: bool) -> None:
    (say / "err").write_text(said)

    with pytest.raises(PushError) as refused:
        find_pusher().push("layout", DIGEST, "ghcr.io/shop:v1")

    assert str(refused.value).startswith("ghcr.io/shop:v1: ")
    assert text in str(refused.value)
    assert "hunter2" not in str(refused.value)
    assert refused.value.is_refusal == is_refusal


def test_image_that_is_not_there_has_no_digest(say: Path) -> None:
    (say / "err").write_text("Error: ghcr.io/shop:v1: not found")

    assert find_pusher().resolve("ghcr.io/shop:v1") == ""


def test_what_is_not_confirmed_is_not_sent(say: Path) -> None:
    (say / "code").write_text("0")
    (say / "out").write_text("Digest: sha256:" + "2" * 64)

    with pytest.raises(PushError, match=f"oras does not say that the registry has {DIGEST} now"):
        find_pusher().push("layout", DIGEST, "ghcr.io/shop:v1")


def test_there_is_no_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(ProgramError, match="neither is on PATH"):
        find_pusher()

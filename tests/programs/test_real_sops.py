"""The real SOPS decrypts what kpy has written; skipped where it has not been fetched."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from secrets_at_rest import ENCRYPTED, KEY, PLAIN, RECIPIENT

from kpy import App, Chart, ConfigMap, Container, Deployment, Yaml
from tools.programs import ProgramError, cached

RULE = "^(data|stringData)$"


PAGE = Path(__file__).parents[2] / "docs" / "secrets.md"
#: Stands in for the program that makes keys of age.
AGE_KEYGEN = f"""#!/bin/sh
if [ "$1" = -o ]; then echo {KEY} > "$2"; else echo {RECIPIENT}; fi
"""


def real(name: str) -> Path:
    try:
        path = cached(name)
    except ProgramError as error:
        pytest.skip(str(error))
    if path is None:
        pytest.skip(f"needs {name}: `python tools/programs.py {name}` fetches it")
    return path


def sops(folder: Path, *arguments: str) -> str:
    """Run the real SOPS with the key of the tests."""
    environment = {**os.environ, "SOPS_AGE_KEY": KEY, "HOME": str(folder)}
    done = subprocess.run(
        [str(real("sops")), *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout


def write(folder: Path, encrypted: str) -> Path:
    (folder / "db.enc.yaml").write_text(encrypted)
    app = App("shop", labels={"team": "shop"})
    chart = app.add(Chart("shop", namespace="shop", annotations={"owner": "shop"}))
    database = chart.add(Yaml(folder / "db.enc.yaml"))
    chart.add(ConfigMap("settings", data={"a": "b"}))
    env = {"PASSWORD": database.find("Secret", "db")["password"]}
    chart.add(Deployment("api", containers=[Container(image="api:1", env=env)]))
    app.synth().write(folder / "dist")
    return folder / "dist" / "shop-secret-shop-db.enc.yaml"


def test_what_was_encrypted_before_is_decrypted_from_the_output(tmp_path: Path) -> None:
    assert sops(tmp_path, "decrypt", str(write(tmp_path, ENCRYPTED))) == PLAIN


def test_what_is_encrypted_now_is_decrypted_from_the_output(tmp_path: Path) -> None:
    (tmp_path / "db.yaml").write_text(PLAIN)
    encrypted = sops(tmp_path, "encrypt", "--age", RECIPIENT, "--encrypted-regex", RULE, "db.yaml")

    assert "hunter2" not in encrypted
    assert sops(tmp_path, "decrypt", str(write(tmp_path, encrypted))) == PLAIN


def test_label_would_have_broken_the_signature(tmp_path: Path) -> None:
    """The reason for all of this."""
    (tmp_path / "db.enc.yaml").write_text(ENCRYPTED.replace("    name: db\n", "    name: db\n    labels: {a: b}\n"))

    with pytest.raises(subprocess.CalledProcessError) as error:
        sops(tmp_path, "decrypt", "db.enc.yaml")

    assert "MAC mismatch" in error.value.stderr


def test_page_works_as_it_is_written(tmp_path: Path) -> None:
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in ("sops", "kubectl"):
        (programs / name).symlink_to(real(name))
    (programs / "age-keygen").write_text(AGE_KEYGEN)
    (programs / "age-keygen").chmod(0o755)
    found = re.findall(r"<!-- sops(.*?) -->\n```\w+\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    (app,) = (text for note, text in found if note == " app.py")
    (tmp_path / "app.py").write_text(app)
    script = "set -euo pipefail\n" + "".join(text for note, text in found if not note)

    done = subprocess.run(
        ["bash", "-c", script],
        cwd=tmp_path,
        env={
            **os.environ,
            "PATH": f"{programs}:{Path(sys.executable).parent}:{os.environ['PATH']}",
            "HOME": str(tmp_path),
        },
        capture_output=True,
        text=True,
    )

    assert (done.returncode, done.stderr) == (0, "dist: 2 files, 2 changed\n")
    assert "password: c3dvcmRmaXNoLXN3b3JkZmlzaA==" in done.stdout
    assert "name: db" in done.stdout


def test_decrypted_secret_comes_through_a_pipe(tmp_path: Path) -> None:
    (app,) = re.findall(r"<!-- sops app.py -->\n```\w+\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    (tmp_path / "app.py").write_text(app)
    (tmp_path / "db.enc.yaml").write_text(ENCRYPTED)
    environment = {**os.environ, "SOPS_AGE_KEY": KEY, "HOME": str(tmp_path)}
    kpy = Path(sys.executable).parent / "kpy"
    script = f"{kpy} synth app.py --set secrets=<({real('sops')} decrypt db.enc.yaml)"

    done = subprocess.run(["bash", "-c", script], cwd=tmp_path, env=environment, capture_output=True, text=True)

    assert (done.returncode, done.stderr) == (0, "")
    assert "password: hunter2hunter2" in done.stdout

"""What `kpy apply` leaves behind when it, or its kubectl, is stopped half way, and when there are two of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cluster.commands import Kpy, deeds
from cluster.servers import Cluster, eventually

pytestmark = pytest.mark.cluster

#: A kubectl that never comes back, or kills itself, when it shall apply a Deployment; and that gives the lock back only
#: when there is a file for that.
KUBECTL = """\
#!{python}
import os, signal, sys, time
arguments, text = sys.argv[1:], sys.stdin.read()
if arguments[0] == "apply" and "--dry-run=server" not in arguments and '"Deployment"' in text:
    open({marker!r}, "w").close()
    {then}
if arguments[0] == "replace":
    open({marker!r} + "-unlock", "w").close()
    while not os.path.exists({marker!r} + "-go"):
        time.sleep(0.05)
read, write = os.pipe()
if os.fork() == 0:
    os.close(read)
    os.write(write, text.encode())
    os._exit(0)
os.dup2(read, 0)
os.close(write)
os.execv({kubectl!r}, ["kubectl", *arguments])
"""
HANG, DIE = "time.sleep(600)", "os.kill(os.getpid(), signal.SIGKILL)"
ROOT = Path(__file__).parents[2]


def write_kubectl(cluster: Cluster, folder: Path, then: str) -> tuple[str, Path]:
    """Return a kubectl that fails, and the file that it leaves when it does."""
    program, marker = folder / "kubectl", folder / "reached"
    kubectl = str(cluster.program("kubectl"))
    program.write_text(KUBECTL.format(python=sys.executable, marker=str(marker), then=then, kubectl=kubectl))
    program.chmod(0o755)
    allowed(marker).touch()
    return str(program), marker


def allowed(marker: Path) -> Path:
    """Return the file that lets kubectl give the lock back."""
    return marker.with_name(f"{marker.name}-go")


@contextmanager
def hanging(kpy: Kpy, cluster: Cluster, folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Run an apply that hangs when it comes to the Deployment, and wait until it does."""
    program, marker = write_kubectl(cluster, folder, HANG)
    command = kpy.process("apply", "--yes", f"--kubectl={program}")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment, start_new_session=True
    ) as process:
        try:
            eventually(marker.exists)
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize(
    ("how", "code", "word"), [(signal.SIGINT, 130, "interrupted"), (signal.SIGTERM, 143, "terminated")]
)
def test_next_apply_completes_an_interrupted_one(
    kpy: Kpy, cluster: Cluster, tmp_path: Path, how: signal.Signals, code: int, word: str
) -> None:
    with hanging(kpy, cluster, tmp_path) as process:
        process.send_signal(how)
        out, err = process.communicate(timeout=60)

    assert (process.returncode, deeds(out)) == (code, ["created", "created"])
    assert f'not known whether applied: Deployment "{kpy.namespace}/web"\n' in err
    assert err.endswith(f"{word}: the next kpy apply completes it\n")

    code, out, _ = kpy("apply", "--yes")
    assert (code, deeds(out)) == (0, ["unchanged", "unchanged", "created"])


def test_second_interrupt_leaves_no_lock(kpy: Kpy, cluster: Cluster, tmp_path: Path) -> None:
    """Both go to kubectl as well, as those from a terminal do."""
    marker = tmp_path / "reached"
    with hanging(kpy, cluster, tmp_path) as process:
        allowed(marker).unlink()
        os.killpg(process.pid, signal.SIGINT)
        eventually(marker.with_name("reached-unlock").exists)
        os.killpg(process.pid, signal.SIGINT)
        allowed(marker).touch()
        _, err = process.communicate(timeout=60)

    assert (process.returncode, err.splitlines()[-1]) == (130, "interrupted: the next kpy apply completes it")
    assert kpy("apply", "--yes")[0] == 0


def test_second_apply_of_the_same_app_is_kept_out(kpy: Kpy, cluster: Cluster, tmp_path: Path) -> None:
    with hanging(kpy, cluster, tmp_path) as first:
        code, out, err = kpy("apply", "--yes")

        assert (code, out) == (2, "")
        assert 'error: another kpy is at work with the app "shop": ' in err
        assert f"process {first.pid}, seen at " in err
        assert "; wait until it is done. If it is dead, its lock ends 60 seconds after that time\n" in err


def test_next_apply_completes_one_whose_kubectl_was_killed(kpy: Kpy, cluster: Cluster, tmp_path: Path) -> None:
    program, _ = write_kubectl(cluster, tmp_path, DIE)

    code, out, err = kpy("apply", "--yes", f"--kubectl={program}")

    assert (code, deeds(out)) == (1, ["created", "created", "unknown"])
    assert f'Deployment "{kpy.namespace}/web": kubectl was stopped by signal 9' in out
    assert f'not known whether applied: Deployment "{kpy.namespace}/web"\n' in err
    assert err.endswith("2 applied, 0 refused, 0 not applied\n")

    code, out, _ = kpy("apply", "--yes")
    assert (code, deeds(out)) == (0, ["unchanged", "unchanged", "created"])

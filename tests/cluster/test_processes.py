"""What happens to the servers when things go wrong; any program will do for these, so they run everywhere."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from cluster.servers import process, wait_until

FOREVER = [sys.executable, "-c", "import time; time.sleep(600)"]
ENDING = [sys.executable, "-c", "print('no such flag'); raise SystemExit(2)"]


def test_interrupt_stops_the_server(tmp_path: Path) -> None:
    def interrupted() -> None:
        with process(FOREVER, tmp_path / "server.log") as server:
            started.append(server)
            raise KeyboardInterrupt

    started: list[subprocess.Popen[bytes]] = []

    with pytest.raises(KeyboardInterrupt):
        interrupted()

    assert started[0].poll() is not None


def test_server_that_ends_is_reported_with_its_log(tmp_path: Path) -> None:
    log = tmp_path / "server.log"

    with process(ENDING, log) as server, pytest.raises(RuntimeError) as caught:
        wait_until(lambda: False, server, log)

    assert str(caught.value) == "server ended with 2; its log ends:\nno such flag\n"


def test_server_that_is_never_ready_is_reported(tmp_path: Path) -> None:
    log = tmp_path / "server.log"

    with process(FOREVER, log) as server, pytest.raises(RuntimeError) as caught:
        wait_until(lambda: False, server, log, within=0)

    assert str(caught.value) == "server is not ready; its log ends:\n"

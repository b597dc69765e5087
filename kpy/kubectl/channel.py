"""Many deletions through one `kubectl proxy`, since a kubectl for each costs more than the deletion.

kubectl can delete many objects in one run, but not each only if it is still the same one. So it serves, for the moment,
a socket that lets nothing but deletions pass, in a folder that nobody else may enter; the credentials stay with it.
Whatever does not go this way is asked of a kubectl of its own.
"""

from __future__ import annotations

import http.client
import json
import shutil
import socket
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from pathlib import Path
from threading import Lock, local

from kpy.programs import Done, Program, ProgramError, running

__all__ = ["Deleter", "deleter"]

Run = Callable[[Sequence[str], str], Done]

#: How long a proxy may take to listen, and how long an answer may take, in seconds.
_STARTING, _PATIENCE = 10.0, 60.0
_GUARDED = ["--reject-methods=^(GET|HEAD|OPTIONS|POST|PUT|PATCH)$", r"--accept-paths=^/apis?/.*"]


@contextmanager
def deleter(
    program: Program, where: Sequence[str], run: Run, slow: Callable[[str], AbstractContextManager[None]]
) -> Iterator[Deleter | None]:
    """Yield what deletes objects through a proxy; nothing where there can be none, as on Windows.

    `where` are the options that say which cluster is meant, `run` starts a kubectl, and `slow` goes around a request.
    """
    if not hasattr(socket, "AF_UNIX"):
        yield None
        return
    folder = tempfile.mkdtemp(prefix="kpy-")
    path = Path(folder) / "s"
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        found = None
        with suppress(ProgramError):
            is_running = stack.enter_context(running(program, ["proxy", f"--unix-socket={path}", *_GUARDED, *where]))
            if _is_listening(path, is_running):
                found = Deleter(path, run, slow)
                stack.callback(found.close)
        yield found


class Deleter:
    """Answers deletions as kubectl does."""

    def __init__(self, path: Path, run: Run, slow: Callable[[str], AbstractContextManager[None]]) -> None:
        self._path, self._run, self._slow = path, run, slow
        self._own = local()
        self._all: list[_Connection] = []
        self._lock = Lock()

    def delete(self, path: str, options: str) -> Done:
        """Delete what is at a path of the API, with options as JSON."""
        try:
            with self._slow("delete"):
                status, body = self._request(path, options)
            failure = "" if status < 300 else _failure(body)
        except (OSError, ValueError, http.client.HTTPException):
            return self._run(["delete", "--raw", path, "-f", "-"], options)
        return Done(1, "", failure) if failure else Done(0, body or "{}", "")

    def close(self) -> None:
        """Close all connections."""
        with self._lock:
            for connection in self._all:
                connection.close()

    def _request(self, path: str, options: str) -> tuple[int, str]:
        connection = self._connection()
        try:
            connection.request("DELETE", path, options, {"Content-Type": "application/json"})
            response = connection.getresponse()
            return response.status, response.read().decode(errors="replace")
        except BaseException:
            connection.close()  # the next request opens it again
            raise

    def _connection(self) -> _Connection:
        """Return the connection of this thread."""
        found: _Connection | None = getattr(self._own, "connection", None)
        if found is None:
            found = self._own.connection = _Connection(self._path)
            with self._lock:
                self._all.append(found)
        return found


class _Connection(http.client.HTTPConnection):
    """HTTP over a socket in a folder."""

    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=_PATIENCE)
        self._path = path

    def connect(self) -> None:
        """Connect to the socket."""
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))


def _failure(body: str) -> str:
    """Return what kubectl would say of a status. Raises `ValueError` for what an API server does not write."""
    status = json.loads(body)
    if not isinstance(status, dict) or status.get("kind") != "Status" or not isinstance(status.get("message"), str):
        raise ValueError(body)
    reason = f" ({status['reason']})" if status.get("reason") else ""
    return f"Error from server{reason}: {status['message']}\n"


def _is_listening(path: Path, is_running: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + _STARTING
    while is_running() and time.monotonic() < deadline:
        try:
            with socket.socket(socket.AF_UNIX) as probe:
                probe.connect(str(path))
                return True
        except OSError:
            time.sleep(0.02)
    return False

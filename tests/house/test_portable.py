"""Every module can be imported where there is no POSIX; what needs it asks for it when it runs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
#: Imports the package, or a module given as text, on a Python that has lost what only POSIX has. The standard library
#: and what kpy depends on choose by the system when they are imported, so they come first.
IMPORT = """
import importlib, os, pkgutil, signal, sys
import asyncio, concurrent.futures, hashlib, multiprocessing, shutil, socket, subprocess, tempfile, urllib.request
import attr, hypothesis, jsonschema, pytest, rich.console, rich.progress, syrupy, typer, yaml

for name in ("fcntl", "grp", "posix", "pty", "pwd", "readline", "resource", "syslog", "termios", "tty"):
    sys.modules[name] = None
for name in ("chown", "fchmod", "fork", "geteuid", "getgid", "getpgid", "getuid", "killpg", "mkfifo", "openpty",
             "setsid", "sched_getaffinity", "uname", "O_CLOEXEC", "O_DIRECTORY", "O_NOFOLLOW", "O_NONBLOCK", "WNOHANG"):
    if hasattr(os, name):
        delattr(os, name)
portable = {"SIGABRT", "SIGBREAK", "SIGFPE", "SIGILL", "SIGINT", "SIGSEGV", "SIGTERM"}
for name in [name for name in dir(signal) if name.startswith("SIG") and name.isupper() and "_" not in name]:
    if name not in portable:
        delattr(signal, name)

if sys.argv[1:]:
    exec(sys.argv[1])
else:
    import kpy
    for module in pkgutil.walk_packages(kpy.__path__, "kpy."):
        if module.name != "kpy.__main__":
            importlib.import_module(module.name)
"""


def errors(*arguments: str) -> str:
    """Return what goes wrong when all is imported, or when a text is run instead."""
    command = [sys.executable, "-c", IMPORT, *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stderr


def test_no_module_needs_posix_to_be_imported() -> None:
    assert errors() == ""


@pytest.mark.parametrize("text", ["import fcntl", "from os import O_NOFOLLOW", "import signal; signal.SIGKILL"])
def test_needing_posix_would_be_found(text: str) -> None:
    assert errors(text) != ""

"""What an editor shows of generated classes, asked of the language server that editors start."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "queues"
SERVER = Path(sys.executable).parent / "pyright-langserver"
APP = """\
from infra.crds.mq_example_com.v1 import Broker, BrokerTls, Queue

broker = Broker("b", edition="community", tls=BrokerTls())
queue = Queue("q", broker_ref=broker.ref(), )
wrong = Queue("q", retension="24h")
free = Broker("b", edition="free")
"""

pytestmark = pytest.mark.slow


class Editor:
    """An editor with one file open."""

    def __init__(self, folder: Path, text: str) -> None:
        self._server = subprocess.Popen([SERVER, "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._uri = (folder / "app.py").as_uri()
        self._lines = text.splitlines()
        self._count = 0
        self._notes: list[dict[str, Any]] = []
        root = {"rootUri": folder.as_uri(), "workspaceFolders": [{"uri": folder.as_uri(), "name": "it"}]}
        self._ask("initialize", {"processId": None, "capabilities": {}, **root})
        self._send({"method": "initialized", "params": {}})
        document = {"uri": self._uri, "languageId": "python", "version": 1, "text": text}
        self._send({"method": "textDocument/didOpen", "params": {"textDocument": document}})

    def close(self) -> None:
        self._server.kill()
        self._server.communicate()

    def hover(self, line: int, word: str) -> str:
        """Return what is shown of a word in a line, counted from 1."""
        found = self._ask("textDocument/hover", self._at(line, self._lines[line - 1].index(word)))
        contents = found["contents"]
        return str(contents["value"] if isinstance(contents, dict) else contents)

    def completions(self, line: int, before: str) -> dict[str, dict[str, Any]]:
        """Return what is offered in a line before the last of some text."""
        found = self._ask("textDocument/completion", self._at(line, self._lines[line - 1].rindex(before)))
        return {item["label"]: item for item in found["items"]}

    def faults(self) -> list[str]:
        """Return what is underlined."""
        while True:
            for note in self._notes:
                if note["method"] == "textDocument/publishDiagnostics" and note["params"]["uri"] == self._uri:
                    return [each["message"] for each in note["params"]["diagnostics"]]
            self._notes.append(self._receive())

    def _at(self, line: int, column: int) -> dict[str, Any]:
        return {"textDocument": {"uri": self._uri}, "position": {"line": line - 1, "character": column}}

    def _ask(self, method: str, params: object) -> Any:
        self._count += 1
        self._send({"id": self._count, "method": method, "params": params})
        while True:
            message = self._receive()
            if message.get("id") == self._count and "method" not in message:
                return message["result"]
            self._notes.append(message)

    def _send(self, message: dict[str, Any]) -> None:
        content = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._server.stdin is not None
        self._server.stdin.write(b"Content-Length: %d\r\n\r\n" % len(content) + content)
        self._server.stdin.flush()

    def _receive(self) -> dict[str, Any]:
        """Return the next message that is no request; requests of the server are answered with nothing."""
        assert self._server.stdout is not None
        while True:
            length = 0
            while line := self._server.stdout.readline().strip():
                if line.lower().startswith(b"content-length:"):
                    length = int(line.partition(b":")[2])
            assert length, "the language server has gone"
            message: dict[str, Any] = json.loads(self._server.stdout.read(length))
            if "id" in message and "method" in message:
                items = (
                    message.get("params", {}).get("items", []) if message["method"] == "workspace/configuration" else 0
                )
                self._send({"id": message["id"], "result": [None] * len(items) if isinstance(items, list) else None})
                continue
            return message


@pytest.fixture(scope="module")
def editor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Editor]:
    if not SERVER.exists():
        pytest.skip("there is no language server here")
    folder = tmp_path_factory.mktemp("queues")
    shutil.copytree(EXAMPLE / "infra", folder / "infra")
    settings = {"extraPaths": [str(ROOT)], "pythonVersion": f"3.{sys.version_info.minor}"}
    (folder / "pyrightconfig.json").write_text(json.dumps(settings))
    editor = Editor(folder, APP)
    yield editor
    editor.close()


def test_hover_shows_type_and_description(editor: Editor) -> None:
    assert "A message broker and the pods that it runs in." in editor.hover(3, "Broker(")
    shown = editor.hover(3, "edition")
    assert "Literal['community', 'enterprise'] | None" in shown
    assert "The edition that runs." in shown


def test_hover_shows_all_of_a_description(editor: Editor) -> None:
    shown = editor.hover(3, "tls=")

    assert "How clients connect." in shown
    assert "Without it, they connect in plain text." in shown


def test_keywords_are_completed(editor: Editor) -> None:
    offered = editor.completions(4, ")")

    assert {"consumers=", "retention=", "labels_=", "namespace=", "patch=", "spec="} <= offered.keys()


def test_wrong_names_and_values_are_underlined(editor: Editor) -> None:
    faults = "\n".join(editor.faults())

    assert 'No parameter named "retension"' in faults
    assert "Literal['free']" in faults

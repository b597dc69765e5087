"""A real language server, asked as an editor asks it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

__all__ = ["LanguageServer", "language_server"]

Reply = dict[str, Any]


class LanguageServer:
    """A pyright that has a folder open, as Pylance would have it."""

    def __init__(self, process: subprocess.Popen[bytes], folder: Path) -> None:
        self._process = process
        self._folder = folder
        self._count = 0
        self._request(
            "initialize",
            {
                "processId": None,
                "rootUri": folder.as_uri(),
                "workspaceFolders": [{"uri": folder.as_uri(), "name": "app"}],
                "capabilities": {
                    "textDocument": {
                        "hover": {"contentFormat": ["markdown"]},
                        "completion": {"completionItem": {"documentationFormat": ["markdown"]}},
                    },
                    "workspace": {"configuration": True},
                },
            },
        )
        self._notify("initialized", {})

    def open(self, text: str, name: str = "app.py") -> str:
        """Open a file with a text, in which `|` may mark a place, and return its address."""
        uri = (self._folder / name).as_uri()
        document = {"uri": uri, "languageId": "python", "version": 1, "text": text}
        self._notify("textDocument/didOpen", {"textDocument": document})
        return uri

    def hover(self, marked: str, name: str = "app.py") -> str:
        """Return what is shown where the mouse rests on the place that `|` marks in a text."""
        found = self._at("textDocument/hover", marked, name)
        return str(found["contents"]["value"]) if found else ""

    def completions(self, marked: str, name: str = "app.py") -> dict[str, str]:
        """Return what is offered at the place that `|` marks, each with its text."""
        with self._opened(marked, name) as place:
            found = self._request("textDocument/completion", place) or {"items": []}
            return {item["label"]: self._documentation(item) for item in found["items"] if "=" in item["label"]}

    def completion(self, label: str, marked: str, name: str = "app.py") -> str:
        """Return the text of one thing that is offered at the place that `|` marks."""
        with self._opened(marked, name) as place:
            found = self._request("textDocument/completion", place)
            (item,) = (item for item in found["items"] if item["label"] == label)
            return self._documentation(item)

    def signature(self, marked: str, name: str = "app.py") -> tuple[str, str, str]:
        """Return what is shown while arguments are typed: the signature, its text, and that of the argument at hand."""
        with self._opened(marked, name) as place:
            found = self._request("textDocument/signatureHelp", place)
            (signature,) = found["signatures"]
            argument = signature["parameters"][found["activeParameter"]]
            text, of_argument = (each["documentation"]["value"] for each in (signature, argument))
            return signature["label"], text, f"{argument['label']}: {of_argument}"

    def close(self) -> None:
        self._request("shutdown", None)
        self._notify("exit", None)

    def _at(self, method: str, marked: str, name: str) -> Any:
        with self._opened(marked, name) as place:
            return self._request(method, place)

    @contextmanager
    def _opened(self, marked: str, name: str) -> Iterator[Reply]:
        """Have a file open, and give the place in it that `|` marks."""
        before, _, after = marked.partition("|")
        uri = self.open(before + after, name)
        place = {"line": before.count("\n"), "character": len(before.rpartition("\n")[2])}
        try:
            yield {"textDocument": {"uri": uri}, "position": place}
        finally:
            self._notify("textDocument/didClose", {"textDocument": {"uri": uri}})

    def _documentation(self, item: Reply) -> str:
        resolved = self._request("completionItem/resolve", item)
        said = resolved.get("documentation") or {"value": ""}
        return str(said["value"])

    def _request(self, method: str, params: Any) -> Any:
        self._count += 1
        number = self._count
        self._send({"id": number, "method": method, "params": params})
        while True:
            message = self._receive()
            if message.get("id") == number and "method" not in message:
                assert "error" not in message, message["error"]
                return message.get("result")
            if "id" in message and "method" in message:  # a question of the server
                items = (message.get("params") or {}).get("items", [])
                self._send({"id": message["id"], "result": [self._settings(item) for item in items] or None})

    def _settings(self, item: Reply) -> Reply | None:
        if item.get("section") == "python":
            return {"pythonPath": sys.executable}
        return None

    def _notify(self, method: str, params: Any) -> None:
        self._send({"method": method, "params": params})

    def _send(self, message: Reply) -> None:
        content = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._process.stdin is not None
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(content), content))
        self._process.stdin.flush()

    def _receive(self) -> Reply:
        assert self._process.stdout is not None
        length = 0
        while line := self._process.stdout.readline().strip():
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        assert length, "the language server has ended"
        message = json.loads(self._process.stdout.read(length))
        assert isinstance(message, dict)
        return message


@contextmanager
def language_server(folder: Path) -> Iterator[LanguageServer]:
    """Start a language server that has a folder open, and end it at last."""
    program = Path(sys.executable).parent / "pyright-langserver"
    with subprocess.Popen(
        [program, "--stdio"], cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        try:
            server = LanguageServer(process, folder)
            yield server
            server.close()
        finally:
            process.kill()

"""Variables of services; those that are secrets by their names or values come from a Secret that somebody makes.

https://github.com/compose-spec/compose-spec/blob/main/05-services.md#environment
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from kpy.importing.compose.fields import Fields
from kpy.importing.compose.interpolation import UNSET, read_env
from kpy.importing.compose.names import dns_label
from kpy.importing.compose.project import Project
from kpy.importing.compose.secrecy import is_secret, is_secret_word, secrets_in_script
from kpy.importing.compose.volumes import Storage
from kpy.rules.policies.secret_values import is_plain, secret_form

__all__ = ["Environment"]

Tree = dict[str, Any]
_VARIABLE: Final = re.compile(r"[-._a-zA-Z][-._a-zA-Z0-9]*")
_FLAG: Final = re.compile(r"--?([A-Za-z][\w-]*)(?:=(.*))?", re.DOTALL)


class Environment:
    """The variables of one service."""

    def __init__(self, service: Fields, name: str, project: Project, storage: Storage) -> None:
        self._service, self._name = service, name
        self._project, self._storage = project, storage
        self._secret = dns_label(f"{name}-secrets")
        self._secret_keys: dict[str, None] = {}
        self.variables: list[Tree] = []
        self.sources: list[Tree] = []

    def read(self) -> None:
        """Read the variables of a service and of its files."""
        said = self._service.pairs("environment")
        for entry in (self._service.take("env_file") and self._files()) or ():
            self._file(entry)
        for name, value in said.items():
            self._add(name, value)

    def of_words(self, words: list[str]) -> list[str]:
        """Return the words of a command without the passwords among them, which become variables."""
        done: list[str] = []
        is_value = False
        for word in words:
            flag = _FLAG.fullmatch(word)
            if is_value and not flag and is_plain("password", word):
                done.append(self._in_words(str(_FLAG.fullmatch(done[-1])[1])))  # type: ignore[index]  # it was one
            elif flag and flag[2] and is_secret_word(flag[1]) and is_plain("password", flag[2]):
                done.append(f"{word[: -len(flag[2])]}{self._in_words(flag[1])}")
            elif UNSET in word or secret_form(word):
                done.append(self._in_words("argument"))
            elif " " in word and secrets_in_script(word):
                done.append(self.of_script(word))
            else:
                done.append(word.replace("$(", "$$("))
            is_value = bool(flag and flag[2] is None and is_secret_word(flag[1]))
        return done

    def of_script(self, text: str) -> str:
        """Return a line for a shell without the secrets in it, which become variables."""
        for option, begin, end in reversed(secrets_in_script(text)):
            name = self._variable(option)
            self._from_secret(name)
            text = f'{text[:begin]}"${name}"{text[end:]}'
        if UNSET in text:
            name = self._variable("argument")
            self._from_secret(name)
            text = text.replace(UNSET, f"${{{name}}}")
        return text

    def finish(self) -> None:
        """Say how to make the Secret with what stays out of the program."""
        if self._secret_keys:
            words = " ".join(f"--from-literal={key}=..." for key in self._secret_keys)
            text = f"secrets stay out of the program: `kubectl create secret generic {self._secret} {words}`"
            self._service.note("environment", text)

    def _in_words(self, option: str) -> str:
        name = self._variable(option)
        self._from_secret(name)
        return f"$({name})"

    def _variable(self, option: str) -> str:
        """Return the name of a variable that stands for a word, or a part of one."""
        return re.sub(r"[^A-Za-z0-9]+", "_", f"{self._name}_{option}").upper()

    def _add(self, name: str, value: str | None) -> None:
        if not _VARIABLE.fullmatch(name):
            self._service.note("environment", f"{name!r} cannot be the name of a variable: left out")
        elif value is None or UNSET in value or is_secret(name, value):
            self._from_secret(name)
        else:
            self.variables = [each for each in self.variables if each["name"] != name]
            self.variables.append({"name": name, "value": value.replace("$(", "$$(")})

    def _from_secret(self, name: str) -> None:
        self._secret_keys[name] = None
        source = {"secretKeyRef": {"name": self._secret, "key": name}}
        self.variables = [each for each in self.variables if each["name"] != name]
        self.variables.append({"name": name, "valueFrom": source})

    def _files(self) -> list[Any]:
        said = self._service.take("env_file")
        return said if isinstance(said, list) else [said]

    def _file(self, entry: Any) -> None:
        if isinstance(entry, Mapping):
            path, is_required = str(entry.get("path") or ""), entry.get("required") is not False
        else:
            path, is_required = str(entry), True
        file = self._project.path("services", str(self._service.steps[-1]), path)
        try:
            values = read_env(file.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError):
            if UNSET in path:
                path = "a file that is named by a variable"
            self._missing(path, is_required)
            return
        plain: dict[str, str] = {}
        for name, value in values.items():
            if value is None or "$" in value or is_secret(name, value) or not _VARIABLE.fullmatch(name):
                self._add(name, None if value is not None and "$" in value else value)
            else:
                plain[name] = value
        if plain:
            label = dns_label(f"{self._name}-{file.name.strip('.')}")
            config = self._storage.settings(label, {**plain})
            self.sources.append({"configMapRef": {"name": config}})

    def _missing(self, path: str, is_required: bool) -> None:
        secret = dns_label(f"{self._name}-env")
        reference: Tree = {"name": secret}
        if not is_required:
            reference["optional"] = True
        self.sources.append({"secretRef": reference})
        text = f"{path} is not there: make it a Secret, `kubectl create secret generic {secret} --from-env-file={path}`"
        self._service.note("env_file", text)

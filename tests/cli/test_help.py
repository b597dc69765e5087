"""Help, the version, and what is said of commands that there are not."""

from collections.abc import Callable
from pathlib import Path

import pytest

from kpy.cli.commands import COMMANDS
from kpy.cli.main import run

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def kpy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command line in an empty folder and return the exit code and both streams."""
    monkeypatch.chdir(tmp_path)

    def kpy(*words: str) -> tuple[int, str, str]:
        code = run(words)
        out, err = capsys.readouterr()
        return code, out, err

    return kpy


@pytest.mark.parametrize("words", [["-h"], ["--help"], ["help"]])
def test_overview_lists_every_command_with_its_whole_help(kpy: Run, words: list[str]) -> None:
    code, out, err = kpy(*words)

    assert (code, err) == (0, "")
    for command in COMMANDS.values():
        assert f"  {command.name:<8}  {command.help}\n" in out


@pytest.mark.parametrize("name", COMMANDS)
def test_help_of_a_command_has_every_option_and_an_example(kpy: Run, name: str) -> None:
    command = COMMANDS[name]

    code, out, err = kpy(name, "-h")

    assert (code, err) == (0, "")
    assert out == kpy(name, "--help")[1] == kpy("help", name)[1]
    assert out.startswith(f"{command.help}\n\nUsage: kpy {name} ")
    for option in command.options:
        assert f"  {', '.join(option.flags)}" in out
        assert all(choice in out for choice in option.choices)
    assert command.examples
    assert all(f"  {example}\n" in out for example in command.examples)
    assert max(map(len, out.split("\n"))) <= 100


def test_help_texts_are_sentences_that_fit_everywhere() -> None:
    texts = [command.help for command in COMMANDS.values()]
    texts += [option.help for command in COMMANDS.values() for option in command.options]
    texts += [command.argument.help for command in COMMANDS.values()]

    assert [text for text in texts if not (text[0].isupper() and text.endswith(".")) and "kubectl" not in text] == []
    assert [text for text in texts if "unsaid" in text] == []


@pytest.mark.parametrize("flag", ["--version", "-V"])
def test_version_is_shown(kpy: Run, flag: str) -> None:
    code, out, _ = kpy(flag)

    assert code == 0
    assert out.startswith("kpy ")


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("snyth", "there is no command snyth; did you mean `kpy synth`?"),
        ("lint", "there is no command lint; did you mean `kpy validate`?"),
        ("deploy", "there is no command deploy; did you mean `kpy apply`?"),
        ("plan", "there is no command plan; did you mean `kpy diff`?"),
        ("xyzzy", "there is no command xyzzy; `kpy --help` lists the commands"),
        ("--verbose", "there is no option --verbose; `kpy --help` lists the options and commands"),
        ("shop.py", "a command is missing: did you mean `kpy synth shop.py`?"),
        ("shop.py:app", "a command is missing: did you mean `kpy synth shop.py:app`?"),
        ("a.yaml", "a command is missing: did you mean `kpy validate a.yaml`?"),
    ],
)
def test_command_that_is_not_there_is_answered_with_the_right_one(kpy: Run, word: str, message: str) -> None:
    assert kpy(word) == (2, "", f"error: {message}\n")

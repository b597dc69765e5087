"""What kubectl and API servers say when they refuse, in words that tell what to do."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal, NamedTuple

from kpy.kubectl.transport import Answer

__all__ = ["Conflict", "Failure", "Reason", "failure_of", "failures_of", "is_error"]

Reason = Literal[
    "unreachable",
    "credentials",
    "context",
    "forbidden",
    "no namespace",
    "terminating",
    "no kind",
    "webhook",
    "webhook down",
    "no dry run",
    "conflict",
    "immutable",
    "changed",
    "exists",
    "missing",
    "invalid",
    "killed",
    "not started",
    "other",
]


#: The exit codes of a shell for a program that cannot be run, or is not there.
_NOT_STARTED = (126, 127)
_ERROR = re.compile(r"error: |Error from server|Unable to connect to the server|The connection to the server")


class Conflict(NamedTuple):
    """A field that somebody else looks after."""

    #: The field manager: `kubectl-edit`, `argocd-controller`.
    owner: str
    #: The field: `spec.replicas`.
    field: str


class Failure(NamedTuple):
    """Why kubectl, or the server behind it, refused."""

    reason: Reason
    #: What is wrong, in one sentence or a few.
    message: str
    #: What to do about it; empty when the message says it.
    fix: str = ""
    #: The fields that an API server names.
    fields: tuple[str, ...] = ()
    conflicts: tuple[Conflict, ...] = ()

    def __str__(self) -> str:
        """Return message and remedy."""
        return f"{self.message}: {self.fix}" if self.fix else self.message


def failure_of(answer: Answer) -> Failure:
    """Return what the failure of a run of kubectl means."""
    if answer.code < 0:
        return Failure("killed", f"kubectl was stopped by signal {-answer.code}")
    text = _tidy(answer.err) or _tidy(_prose(answer.out)) or f"kubectl ended with {answer.code} and printed nothing"
    if answer.code in _NOT_STARTED:
        return Failure("not started", f"kubectl cannot be started: {text}", "say where it is with --kubectl FILE")
    for pattern, explain in _TABLE:
        if found := pattern.search(text):
            return explain(found, text)
    return Failure("other", text)


def failures_of(answer: Answer, count: int) -> list[Failure]:
    """Return why each of so many objects was refused, in their order; none where kubectl has no line for each."""
    lines = _lines(answer.err)
    if len(lines) != count or not all(line.startswith("Error from server (") for line in lines):
        return []
    return [failure_of(answer._replace(err=line)) for line in lines]


def is_error(said: str) -> bool:
    """Return whether this is what kubectl writes to standard error when it fails, and no warning."""
    return any(_ERROR.match(line) for line in said.splitlines())


def _lines(text: str) -> list[str]:
    """Return the lines that kubectl wrote to standard error, without its logs and warnings."""
    return [line for line in text.splitlines() if not re.match(r"[EWI]\d{4} |Warning: ", line)]


def _prose(text: str) -> str:
    """Return what a wrapper wrote to standard output; nothing where it is objects, which may hold secrets."""
    return "" if "{" in text else text


def _tidy(text: str) -> str:
    """Return what kubectl wrote without logs, warnings, colours and boilerplate."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(_lines(text))).strip()
    text = re.sub(r'^error: |^Error from server( \(\w+\))?: |error when \w+ "[^"]*": ', "", text, flags=re.MULTILINE)
    return text.partition("\nPlease review the fields above")[0]


Explain = Callable[[re.Match[str], str], Failure]


def _says(reason: Reason, message: str, fix: str = "") -> Explain:
    """Return what explains a match by a sentence with its groups; `{text}` is all that was said."""

    def explain(found: re.Match[str], text: str) -> Failure:
        words = {key: value or "" for key, value in found.groupdict().items()}
        return Failure(reason, message.format(**words, text=text), fix.format(**words, text=text))

    return explain


def _conflicts(found: re.Match[str], text: str) -> Failure:
    conflicts: list[Conflict] = []
    owner = ""
    for line in text[found.start() :].splitlines():
        head = re.search(r'conflicts? with "(?P<owner>[^"]*)"[^:]*:(?P<field>.*)', line)
        if head:
            owner = head["owner"]
        field = head["field"] if head else line.removeprefix("- ")
        if field.strip():
            conflicts.append(Conflict(owner, field.strip().removeprefix(".")))
    owners = ", ".join(dict.fromkeys(f'"{conflict.owner}"' for conflict in conflicts))
    return Failure(
        "conflict",
        f"other field managers look after fields that the app sets: {owners}",
        "leave these fields out of the app, or take them over with --force-conflicts",
        tuple(conflict.field for conflict in conflicts),
        tuple(conflicts),
    )


_IMMUTABLE = re.compile(
    r"immutable|updates to \w+ spec for fields other than|may not change once set|may not be changed|cannot change "
    r"|not be changed|forbidden after creation|cannot be updated|can not be decreased|can not be less than|"
    r"spec: Forbidden: pod updates|updates to \w+ are forbidden"
)


def _invalid(found: re.Match[str], text: str) -> Failure:
    said = found["said"]
    causes = said[1:-1].split(", ") if said.startswith("[") and said.endswith("]") else [said, *said.splitlines()[1:]]
    fields = [match[1] for cause in causes if (match := re.match(r"(?:\* )?([a-z][\w.\[\]/*-]*): [A-Z]", cause))]
    reason: Reason = "immutable" if _IMMUTABLE.search(said) else "invalid"
    return Failure(reason, said.strip(), "", tuple(dict.fromkeys(fields)))


_TABLE: tuple[tuple[re.Pattern[str], Explain], ...] = tuple(
    (re.compile(pattern, re.DOTALL), explain)
    for pattern, explain in (
        (r"Apply failed with \d+ conflicts?: ", _conflicts),
        (
            r"the server doesn't have a resource type \"(?P<kind>[^\"]*)\"",
            _says("no kind", 'the cluster does not know the kind "{kind}"'),
        ),
        (
            r"does not support dry run",
            _says("no dry run", "a webhook of the cluster cannot take part in a dry run"),
        ),
        (
            r'admission webhook "(?P<name>[^"]*)" denied the request:? ?(?P<why>.*)',
            _says("webhook", 'the admission webhook "{name}" refuses it: {why}'),
        ),
        (
            r'failed calling webhook "(?P<name>[^"]*)": (?P<why>.*)',
            _says("webhook down", 'the admission webhook "{name}" does not answer: {why}'),
        ),
        (
            r'context "(?P<name>[^"]*)" does not exist|context was not found for specified context: (?P<other>\S+)',
            _says("context", 'there is no context "{name}{other}" in the kubeconfig', "choose another with --context"),
        ),
        (
            r"no configuration has been provided|server localhost:8080 was refused",
            _says(
                "context",
                "no cluster is chosen: there is no kubeconfig, or it has no current context",
                "set KUBECONFIG, or use --kubeconfig or --context",
            ),
        ),
        (
            r"error loading config file \"(?P<file>[^\"]*)\": (?P<why>[^\n]*)",
            _says("context", "the kubeconfig {file} cannot be read: {why}", "choose another with --kubeconfig"),
        ),
        (
            r"stat (?P<gone>\S+): no such file",
            _says("context", "the kubeconfig {gone} cannot be read", "choose another with --kubeconfig"),
        ),
        (
            r"server (?P<host>\S+) was refused",
            _says("unreachable", "no cluster answers at {host}", "start it, or choose another with --context"),
        ),
        (
            r"x509: (?P<why>[^\n]*)",
            _says(
                "unreachable",
                "the cluster's certificate is not trusted: {why}",
                "renew the cluster's entry in the kubeconfig",
            ),
        ),
        (
            r"getting credentials: (?P<why>[^\n]*)",
            _says("credentials", "no credentials can be had: {why}", "log in to the cluster again"),
        ),
        (
            r"You must be logged in|Unauthorized|the server has asked for the client to provide credentials",
            _says(
                "credentials",
                "the cluster does not accept the credentials, which may have expired",
                "log in to it again, or choose another user with --context",
            ),
        ),
        (
            r"Unable to connect to the server: (?P<why>[^\n]*)|(?P<other>no such host|i/o timeout|TLS handshake timeout"
            r"|connection reset by peer|connection refused|http2: client connection lost|network is unreachable"
            r"|Client.Timeout exceeded|context deadline exceeded)",
            _says(
                "unreachable",
                "the cluster cannot be reached: {why}{other}",
                "check the network and --context, and run the command again",
            ),
        ),
        (
            r'User "(?P<user>[^"]*)" cannot (?P<verb>\w+) resource "(?P<what>[^"]*)"(?P<rest>[^\n]*)',
            _says(
                "forbidden",
                'user "{user}" may not {verb} {what}{rest}',
                "ask for a role that allows it, or choose another user with --context",
            ),
        ),
        (
            r"ValidatingAdmissionPolicy '(?P<name>[^']*)' with binding '[^']*' denied request: (?P<why>.*)",
            _says("webhook", 'the admission policy "{name}" refuses it: {why}'),
        ),
        (
            r"because it is being terminated",
            _says("terminating", "its namespace is being deleted", "wait until it is gone, and apply again"),
        ),
        (
            r'namespaces "(?P<name>[^"]*)" not found',
            _says(
                "no namespace",
                'there is no namespace "{name}" in the cluster',
                'add `Namespace("{name}")` to the app, or run `kubectl create namespace {name}`',
            ),
        ),
        (
            r'no matches for kind "(?P<kind>[^"]*)" in version "(?P<version>[^"]*)"',
            _says(
                "no kind",
                "the cluster does not know {kind} of {version}",
                "apply its CustomResourceDefinition first, or add it to the app",
            ),
        ),
        (r"is invalid: (?P<said>.*)", _invalid),
        (
            r"the object has been modified|(UID|[rR]esourceVersion) in (the )?precondition",
            _says("changed", "somebody else has changed it meanwhile", "run the command again"),
        ),
        (r'" already exists', _says("exists", "{text}")),
        (r'" not found|could not find the requested resource', _says("missing", "{text}")),
    )
)

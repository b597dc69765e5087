"""Keep one comment of the action on a pull request: write it, or replace what it said before.

Everything comes by variables; what to say is in the file `INPUT_CHANGES`. A comment that cannot be written, as on
changes from forks, is a warning: the summary of the job says the same.
"""

from __future__ import annotations

import json
import os
import re
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

#: What GitHub takes, less what stands before the text.
MOST = 65_000
SECONDS = 30
FIND = """
query ($owner: String!, $name: String!, $number: Int!, $after: String) {
  repository(owner: $owner, name: $name) {
    pullRequest(number: $number) {
      id
      comments(first: 100, after: $after) {
        nodes { id body viewerDidAuthor }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
}
"""
ADD = """
mutation ($subject: ID!, $body: String!) {
  addComment(input: {subjectId: $subject, body: $body}) { subject { id } }
}
"""
UPDATE = """
mutation ($id: ID!, $body: String!) {
  updateIssueComment(input: {id: $id, body: $body}) { issueComment { id } }
}
"""


class CommentError(Exception):
    """The comment cannot be written; the text says why."""


def main() -> int:
    """Write or replace the comment; return 2 where the action was called wrongly."""
    name = os.environ["INPUT_COMMENT_NAME"]
    if not re.fullmatch(r"[\w ./-]*\w", name) or "--" in name:
        print(f"::error title=kpy::`comment-name`: {json.dumps(name)} is not letters, digits, spaces and ./-_")
        return 2
    text = Path(os.environ["INPUT_CHANGES"]).read_text(encoding="utf-8")
    mark = f"<!-- kpy: {name} -->"
    try:
        print(keep(mark, text))
    except CommentError as error:
        print(
            f"::warning title=kpy::the comment could not be written: {error}. The summary of the job has its text. "
            "The job needs `permissions: pull-requests: write`; a change from a fork never has it."
        )
    return 0


def keep(mark: str, text: str) -> str:
    """Make the comment with a mark say this, and return what was done. Raises `CommentError`."""
    owner, _, name = os.environ["GITHUB_REPOSITORY"].partition("/")
    event = json.loads(Path(os.environ["GITHUB_EVENT_PATH"]).read_text(encoding="utf-8"))
    place = {"owner": owner, "name": name, "number": event["pull_request"]["number"]}
    subject, comment = found(mark, place)
    body = f"{mark}\n{text[:MOST]}"
    if comment is not None:
        if comment["body"].replace("\r\n", "\n").rstrip() == body.rstrip():
            return "the comment says so already"
        asked(UPDATE, {"id": comment["id"], "body": body})
        return "the comment was replaced"
    if "\n" not in text.strip():  # a line that says that nothing changes
        return "nothing changes, so there is nothing to comment on"
    asked(ADD, {"subject": subject, "body": body})
    return "the comment was written"


def found(mark: str, place: dict[str, Any]) -> tuple[str, dict[str, Any] | None]:
    """Return the pull request, and the comment of this token with the mark, if there is one."""
    after = None
    while True:
        repository = asked(FIND, {**place, "after": after})["repository"]
        pull_request = (repository or {}).get("pullRequest")
        if pull_request is None:
            raise CommentError(f"there is no pull request {place['number']}")
        comments = pull_request["comments"]
        for node in comments["nodes"]:
            if node["viewerDidAuthor"] and node["body"].startswith(mark):
                return pull_request["id"], node
        if not comments["pageInfo"]["hasNextPage"]:
            return pull_request["id"], None
        after = comments["pageInfo"]["endCursor"]


def asked(query: str, variables: dict[str, Any]) -> Any:
    """Return the answer to a query. Raises `CommentError`."""
    request = urllib.request.Request(
        os.environ.get("GITHUB_GRAPHQL_URL") or "https://api.github.com/graphql",
        json.dumps({"query": query, "variables": variables}).encode(),
        {"Authorization": f"Bearer {os.environ['INPUT_TOKEN']}", "Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as response:
            answer = json.load(response)
    except urllib.error.HTTPError as error:
        raise CommentError(f"GitHub answered {error.code} {error.reason}") from None
    except (OSError, ValueError) as error:
        raise CommentError(f"GitHub could not be asked ({error})") from None
    if errors := answer.get("errors"):
        raise CommentError("; ".join(" ".join(str(each.get("message")).split()) for each in errors))
    return answer["data"]


if __name__ == "__main__":
    sys.exit(main())

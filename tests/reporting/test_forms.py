"""The forms of findings that programs read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest

from kpy.diagnostics import Diagnostic, Place, Related, Report
from kpy.reporting.formats import FINDINGS, write_findings
from kpy.reporting.view import View
from kpy.source import Location

HOSTILE = 'a\x1b[31m <b> & "]]>\x00\n::error::x\ud800'
ERROR = Diagnostic(
    "secret-missing",
    "reference",
    "error",
    "spec.containers[0].env[1]",
    "there is no Secret `db`",
    "add it",
    'Pod "shop/web"',
    Location("k8s/a b.yaml", 7, 3),
    see_also=(Related("the namespace", Location("k8s/ns.yaml", 2)), Related("nowhere")),
    places=(Place('Pod "shop/api"', "spec.volumes[0]", Location("k8s/api.yaml", 4)),),
    more_places=2,
    also=("secret-key-missing",),
    anchor="spec.containers[web].env[URL]",
)
WARNING = Diagnostic("of-the-house", "policy", "warning", "", "say who owns it", "", 'Pod "web"', Location("a.yaml", 1))
NOTE = Diagnostic("kustomization", "schema", "note", "", "it is skipped", where=Location("kustomization.yaml", 1))
NOWHERE = Diagnostic("internal-error", "internal", "error", "", "a rule of kpy failed")
STRANGE = Diagnostic("unknown-field", "schema", "error", HOSTILE, HOSTILE, HOSTILE, HOSTILE, Location(HOSTILE, 3))
REPORTS = [Report(), Report([ERROR, WARNING, NOTE]), Report([NOWHERE, STRANGE, ERROR, ERROR])]

#: What the standard says of the parts of a SARIF log that kpy writes; nothing else may be there.
#: https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json
_MESSAGE = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string"}}}
_LEVEL = {"enum": ["none", "note", "warning", "error"]}
_URI = {"type": "string", "format": "uri-reference", "pattern": r"^[!-~]*$"}
_BAG = {
    "type": "object",
    "properties": {"tags": {"type": "array", "items": {"type": "string"}, "uniqueItems": True}},
}


def closed(required: str, **properties: object) -> dict[str, object]:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": required.split(),
        "properties": properties,
    }


def several(of: object, **more: object) -> dict[str, object]:
    return {"type": "array", "items": of, **more}


_LOCATION = closed(
    "",
    physicalLocation=closed(
        "artifactLocation",
        artifactLocation=closed("uri", uri=_URI),
        region=closed(
            "startLine",
            startLine={"type": "integer", "minimum": 1},
            startColumn={"type": "integer", "minimum": 1},
        ),
    ),
    logicalLocations=several(
        closed("", fullyQualifiedName={"type": "string"}, kind={"type": "string"}), uniqueItems=True
    ),
    message=_MESSAGE,
)
SARIF = closed(
    "version runs",
    **{"$schema": {"type": "string", "format": "uri"}},
    version={"enum": ["2.1.0"]},
    runs=several(
        closed(
            "tool",
            tool=closed(
                "driver",
                driver=closed(
                    "name",
                    name={"type": "string"},
                    version={"type": "string"},
                    rules=several(
                        closed(
                            "id",
                            id={"type": "string"},
                            shortDescription=_MESSAGE,
                            fullDescription=_MESSAGE,
                            help=_MESSAGE,
                            helpUri={"type": "string", "format": "uri"},
                            defaultConfiguration=closed("", level=_LEVEL),
                            properties=_BAG,
                        ),
                        uniqueItems=True,
                    ),
                ),
            ),
            columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
            invocations=several(
                closed(
                    "executionSuccessful",
                    executionSuccessful={"type": "boolean"},
                    toolExecutionNotifications=several(closed("message", level=_LEVEL, message=_MESSAGE)),
                )
            ),
            results=several(
                closed(
                    "message",
                    ruleId={"type": "string"},
                    ruleIndex={"type": "integer", "minimum": -1},
                    level=_LEVEL,
                    message=_MESSAGE,
                    locations=several(_LOCATION),
                    relatedLocations=several(_LOCATION, uniqueItems=True),
                    partialFingerprints={"type": "object", "additionalProperties": {"type": "string"}},
                )
            ),
        )
    ),
)


@pytest.mark.parametrize("report", REPORTS)
@pytest.mark.parametrize("most", [None, 1])
def test_sarif_is_what_the_standard_says(report: Report, most: int | None) -> None:
    log = json.loads(write_findings(report, "sarif", View(most=most)))

    jsonschema.Draft202012Validator(SARIF).validate(log)
    (run,) = log["runs"]
    assert all(run["tool"]["driver"]["rules"][each["ruleIndex"]]["id"] == each["ruleId"] for each in run["results"])


def test_sarif_leads_to_the_page_of_a_rule() -> None:
    (run,) = json.loads(write_findings(Report([ERROR, WARNING]), "sarif"))["runs"]
    first, own = run["tool"]["driver"]["rules"]

    assert first["helpUri"] == "https://kpy.dev/rules/secret-missing"
    assert first["shortDescription"]["text"]
    assert own == {"id": "of-the-house", "properties": {"tags": ["policy"]}}


def test_sarif_has_the_place_the_object_and_what_explains_it() -> None:
    (run,) = json.loads(write_findings(Report([ERROR]), "sarif"))["runs"]
    (result,) = run["results"]

    assert result["message"] == {"text": "there is no Secret `db`\nnowhere\nadd it"}
    assert result["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "k8s/a%20b.yaml"},
                "region": {"startLine": 7, "startColumn": 3},
            },
            "logicalLocations": [
                {"fullyQualifiedName": 'Pod "shop/web", spec.containers[0].env[1]', "kind": "resource"}
            ],
        }
    ]
    assert [each["message"]["text"] for each in result["relatedLocations"]] == [
        "the namespace",
        'also in Pod "shop/api", spec.volumes[0]',
    ]


def test_sarif_names_files_elsewhere_as_such() -> None:
    found = ERROR._replace(where=Location("/elsewhere/a b.yaml", 1), places=(), see_also=())
    (run,) = json.loads(write_findings(Report([found]), "sarif"))["runs"]

    location = run["results"][0]["locations"][0]["physicalLocation"]
    assert location == {"artifactLocation": {"uri": "file:///elsewhere/a%20b.yaml"}, "region": {"startLine": 1}}


def test_sarif_says_what_is_left_out_and_that_kpy_failed() -> None:
    (run,) = json.loads(write_findings(REPORTS[2], "sarif", View(most=1)))["runs"]

    assert run["invocations"] == [
        {
            "executionSuccessful": False,
            "toolExecutionNotifications": [
                {
                    "level": "warning",
                    "message": {"text": "3 findings are left out: --all-findings writes all of them"},
                }
            ],
        }
    ]


@pytest.mark.parametrize("report", REPORTS)
def test_gitlab_gets_issues_with_all_that_it_needs(report: Report) -> None:
    issues = json.loads(write_findings(report, "gitlab"))

    assert len(issues) == len(report)
    assert len({each["fingerprint"] for each in issues}) == len(issues)
    for each in issues:
        assert {"description", "check_name", "fingerprint", "severity", "location"} <= each.keys()
        assert each["severity"] in ("info", "minor", "major", "critical", "blocker")
        assert each["location"]["lines"]["begin"] >= 1
        assert each["location"]["path"]


def test_gitlab_says_what_and_where() -> None:
    (issue,) = json.loads(write_findings(Report([ERROR]), "gitlab"))

    assert issue["description"] == 'there is no Secret `db` (Pod "shop/web") nowhere - add it'
    assert issue["location"] == {"path": "k8s/a b.yaml", "lines": {"begin": 7}}


@pytest.mark.parametrize("report", REPORTS)
def test_junit_counts_what_it_has(report: Report) -> None:
    root = ElementTree.fromstring(write_findings(report, "junit").encode())
    cases = root.findall("testsuite/testcase")

    assert root.tag == "testsuites"
    assert int(root.attrib["tests"]) == len(cases) == max(1, len(report))
    assert int(root.attrib["failures"]) == len(root.findall("testsuite/testcase/failure")) == len(report.errors)
    for suite in root:
        assert int(suite.attrib["tests"]) == len(suite.findall("testcase"))
        assert int(suite.attrib["failures"]) == len(suite.findall("testcase/failure"))
    assert all({"name", "classname"} <= case.attrib.keys() for case in cases)


def test_junit_fails_for_errors_alone() -> None:
    root = ElementTree.fromstring(write_findings(REPORTS[1], "junit"))

    (failure,) = root.iter("failure")
    assert failure.attrib == {"type": "secret-missing", "message": "there is no Secret `db`"}
    assert failure.text is not None
    assert failure.text.startswith("k8s/a b.yaml:7:3: error[secret-missing]")
    assert [case.attrib["name"] for case in root.iter("testcase")] == [
        'secret-missing Pod "shop/web" spec.containers[0].env[1] line 7',
        'of-the-house Pod "web" line 1',
        "kustomization line 1",
    ]


@pytest.mark.parametrize("form", sorted(FINDINGS))
def test_strangers_text_commands_nobody(form: str) -> None:
    text = write_findings(Report([STRANGE]), form)

    assert "\x1b" not in text
    assert "\x00" not in text
    assert not any(line.lstrip().startswith("::error::x") for line in text.splitlines())
    text.encode()


def fingerprints(form: str, *found: Diagnostic) -> list[Any]:
    text = json.loads(write_findings(Report(found), form))
    match form:
        case "json":
            return [each["fingerprint"] for each in text["diagnostics"]]
        case "gitlab":
            return [each["fingerprint"] for each in text]
    return [each["partialFingerprints"]["kpy/v1"] for each in text["runs"][0]["results"]]


@pytest.mark.parametrize("form", ["json", "gitlab", "sarif"])
def test_fingerprints_survive_what_moves(form: str) -> None:
    moved = ERROR._replace(
        where=Location("k8s/a b.yaml", 90, 1), field="spec.containers[4].env[0]", message="there is no Secret `other`"
    )

    assert fingerprints(form, ERROR) == fingerprints(form, moved)
    assert fingerprints(form, ERROR) != fingerprints(form, ERROR._replace(rule="other"))
    assert fingerprints(form, ERROR) != fingerprints(form, ERROR._replace(resource='Pod "shop/api"'))
    assert len(set(fingerprints(form, ERROR, ERROR, ERROR))) == 3


def test_json_is_what_its_page_says() -> None:
    page = Path(__file__).parents[2] / "docs" / "findings.schema.json"
    schema = json.loads(page.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)

    for report in REPORTS:
        jsonschema.Draft202012Validator(schema).validate(json.loads(write_findings(report, "json")))

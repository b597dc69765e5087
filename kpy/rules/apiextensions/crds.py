"""CustomResourceDefinitions: names, versions, columns, subresources and conversion."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kpy.checking.check import Check
from kpy.checking.type_rules import rule
from kpy.objects import Tree
from kpy.paths import Path
from kpy.rules.apiextensions.field_paths import field_at
from kpy.rules.apiextensions.places import Place, in_versions, version_lists
from kpy.rules.meta.names import generated_name
from kpy.rules.meta.web_calls import check_client
from kpy.syntax.formats import rfc1035_label_fault, subdomain_fault

DEFINITIONS = "https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/"
VERSIONS = "https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definition-versioning/"
CONVERSION = VERSIONS + "#webhook-conversion"
COLUMNS = DEFINITIONS + "#additional-printer-columns"
SUBRESOURCES = DEFINITIONS + "#subresources"
SELECTABLE = DEFINITIONS + "#crd-selectable-fields"
PRUNING = DEFINITIONS + "#field-pruning"
DEPRECATION = VERSIONS + "#version-deprecation"
APPROVAL = "https://github.com/kubernetes/enhancements/pull/1111"

DEFINITION = "apiextensions/v1 CustomResourceDefinition"
APPROVED = "api-approved.kubernetes.io"
TYPES = ("integer", "number", "string", "boolean", "date")
FORMATS = ("int32", "int64", "float", "double", "byte", "date", "date-time", "password")


def _spec(definition: Tree) -> Tree:
    return definition.get("spec") or {}


@rule("crd-group", on=DEFINITION, source=DEFINITIONS)
def group(definition: Tree, at: Path, check: Check) -> None:
    """The group of custom resources is a domain name with at least one dot."""
    name = _spec(definition).get("group")
    place = at + "spec" + "group"
    if not name:
        check.report(place, "definition has no group")
    elif fault := subdomain_fault(name):
        check.report(place, f"group {name!r} {fault}")
    elif "." not in name:
        check.report(place, f"group {name!r} must have a dot", fix=f"write {name + '.example.com'!r}")


@rule("crd-scope", on=DEFINITION, source=DEFINITIONS)
def scope(definition: Tree, at: Path, check: Check) -> None:
    """Custom resources live in namespaces or not: Namespaced or Cluster."""
    given = _spec(definition).get("scope")
    if given not in ("Namespaced", "Cluster"):
        what = f"scope {given!r} is neither 'Namespaced' nor 'Cluster'" if given else "definition has no scope"
        check.report(at + "spec" + "scope", what)


@rule("crd-name", on=DEFINITION, source=DEFINITIONS)
def name_differs(definition: Tree, at: Path, check: Check) -> None:
    """A CustomResourceDefinition is named after what it defines: plural, a dot, group."""
    spec, metadata = _spec(definition), definition.get("metadata") or {}
    expected = f"{(spec.get('names') or {}).get('plural') or ''}.{spec.get('group') or ''}"
    name, prefix = metadata.get("name"), metadata.get("generateName")
    for field, text in (("generateName", prefix), ("name", name or (generated_name(prefix) if prefix else None))):
        if text and (text != expected or subdomain_fault(text)):
            check.report(at + "metadata" + field, f"{field} {text!r} is not {expected!r}", fix=f"name it {expected!r}")


@rule("crd-approval", on=DEFINITION, source=APPROVAL)
def approval(definition: Tree, at: Path, check: Check) -> None:
    """A group of the Kubernetes community needs an annotation: the address of its approval, or why there is none."""
    name = _spec(definition).get("group") or ""
    approved = ((definition.get("metadata") or {}).get("annotations") or {}).get(APPROVED) or ""
    protected = any(name == domain or name.endswith("." + domain) for domain in ("k8s.io", "kubernetes.io"))
    host = approved.partition("://")[2].partition("/")[0]
    if protected and not approved.startswith("unapproved") and not host:
        place = (at + "metadata" + "annotations").key(APPROVED)
        check.report(place, f"the group {name!r} belongs to Kubernetes", fix="take a group of your own domain")


@rule("crd-names", on=DEFINITION, source=DEFINITIONS)
def names(definition: Tree, at: Path, check: Check) -> None:
    """Custom resources have a plural and a kind; singular and listKind follow from it. All are like DNS labels."""
    said, place = _spec(definition).get("names") or {}, at + "spec" + "names"
    kind = said.get("kind") or ""
    full = {
        "plural": said.get("plural") or "",
        "singular": said.get("singular") or kind.lower(),
        "kind": kind,
        "listKind": said.get("listKind") or (kind and kind + "List"),
    }
    for field, text in full.items():
        plain = text.lower() if field in ("kind", "listKind") else text
        if not text:
            check.report(place + field, f"definition has no {field}")
        elif fault := rfc1035_label_fault(plain):
            check.report(place + field, f"{field} {text!r} {fault}")
    if kind and full["listKind"] == kind:
        check.report(place + "listKind", "kind and listKind are the same")


@rule("crd-short-names", on="apiextensions/v1 CustomResourceDefinitionNames", source=DEFINITIONS)
def short_names(kind_names: Tree, at: Path, check: Check) -> None:
    """Short names and categories are DNS labels that begin with a letter."""
    for field in ("shortNames", "categories"):
        for index, text in enumerate(kind_names.get(field) or ()):
            if (fault := rfc1035_label_fault(text)) and at.parent.field == "spec":
                check.report(at + field + index, f"{text!r} {fault}")


@rule("crd-version-name", on=DEFINITION, source=VERSIONS)
def version_name(definition: Tree, at: Path, check: Check) -> None:
    """A version is named by a DNS label that begins with a letter, such as `v1beta1`, and each differently."""
    versions, place = _spec(definition).get("versions") or (), at + "spec" + "versions"
    names = [version.get("name") or "" for version in versions]
    for index, name in enumerate(names):
        if fault := rfc1035_label_fault(name):
            check.report(place + index + "name", f"version {name!r} {fault}")
            if index == 0 and name:
                check.report(place + 0 + "name", f"version {name!r} {fault}", field=at + "spec" + "version")
    if len(set(names)) < len(names):
        check.report(place, "two versions have the same name")


@rule("crd-storage-version", on=DEFINITION, source=VERSIONS)
def storage_version(definition: Tree, at: Path, check: Check) -> None:
    """Exactly one version is the one that is stored."""
    versions, place = _spec(definition).get("versions") or (), at + "spec" + "versions"
    stored = [version.get("name") or "" for version in versions if version.get("storage")]
    if len(stored) != 1:
        message = (
            f"{', '.join(stored)} are all marked as the stored version"
            if stored
            else "no version is marked as the stored one"
        )
        check.report(place, message, fix="set `storage: true` on one version")
    if not stored or stored[1:]:
        check.report(place, "what is stored cannot be told", field=at + "status" + "storedVersions")


@rule("crd-schema-required", on=DEFINITION, source=DEFINITIONS + "#specifying-a-structural-schema")
def schema_required(definition: Tree, at: Path, check: Check) -> None:
    """Every version has a schema; what it does not mention is dropped."""
    for index, version in enumerate(_spec(definition).get("versions") or ()):
        if (version.get("schema") or {}).get("openAPIV3Schema") is None:
            place = at + "spec" + "versions" + index + "schema" + "openAPIV3Schema"
            check.report(place, f"version {version.get('name')!r} has no schema")


@rule(
    "crd-preserve-unknown-fields",
    on="apiextensions/v1 CustomResourceDefinitionSpec",
    source=PRUNING,
    needs="preserveUnknownFields",
)
def preserve_unknown_fields(spec: Tree, at: Path, check: Check) -> None:
    """Unknown fields are preserved by `x-kubernetes-preserve-unknown-fields` of the schema, not by the definition."""
    if spec.get("preserveUnknownFields"):
        fix = "set `x-kubernetes-preserve-unknown-fields: true` in the schema"
        check.report(at + "preserveUnknownFields", "`preserveUnknownFields` cannot be true", fix=fix)
        if (spec.get("conversion") or {}).get("strategy", "None") != "None":
            check.report(at + "conversion" + "strategy", "there is no conversion with `preserveUnknownFields`")


@rule("crd-deprecation-warning", on="apiextensions/v1 CustomResourceDefinitionVersion", source=DEPRECATION)
def deprecation_warning(version: Tree, at: Path, check: Check) -> None:
    """A deprecated version may have a warning: one line of at most 256 bytes."""
    text = version.get("deprecationWarning")
    if text is None:
        return
    place = at + "deprecationWarning"
    if not version.get("deprecated"):
        check.report(place, "the version is not deprecated", fix="set `deprecated: true`")
    elif not text or len(text.encode(errors="surrogatepass")) > 256:
        check.report(place, "the warning must have from 1 to 256 bytes")
    elif not all(character == " " or (character.isprintable() and not character.isspace()) for character in text):
        check.report(place, "the warning has characters that cannot be printed")


@rule("crd-column", on="apiextensions/v1 CustomResourceDefinitionSpec", source=COLUMNS)
def column(spec: Tree, at: Path, check: Check) -> None:
    """A column has a name, a known type and perhaps format, and a JSONPath that begins with a dot."""
    for columns, place in version_lists(spec, at, "additionalPrinterColumns"):
        kind, form, path = columns.get("type"), columns.get("format"), columns.get("jsonPath")
        if not columns.get("name"):
            place.field("name").report(check, "column has no name")
        if kind not in TYPES:
            place.field("type").report(check, f"type {kind or ''!r} of a column is not one of {', '.join(TYPES)}")
        if form and form not in FORMATS:
            place.field("format").report(check, f"format {form!r} of a column is not one of {', '.join(FORMATS)}")
        if not path or not path.startswith("."):
            what = f"jsonPath {path!r} does not begin with a dot" if path else "column has no jsonPath"
            Place(place.at + "jsonPath", place.said + "JSONPath").report(check, what)


@rule("crd-scale", on="apiextensions/v1 CustomResourceDefinitionSpec", source=SUBRESOURCES)
def scale(spec: Tree, at: Path, check: Check) -> None:
    """The subresource scale finds replicas by paths under `.spec` and `.status`, and labels under either."""
    roots = {
        "specReplicasPath": (".spec.",),
        "statusReplicasPath": (".status.",),
        "labelSelectorPath": (".spec.", ".status."),
    }
    for value, place in in_versions(spec, at, "subresources", "subresources"):
        if value is None or value.get("scale") is None:
            continue
        for field, allowed in roots.items():
            path = value["scale"].get(field)
            if not path and field != "labelSelectorPath":
                place.field("scale").field(field).report(check, f"scale has no {field}")
            elif path and not path.startswith(allowed):
                place.field("scale").field(field).report(check, f"{field} {path!r} is not under {' or '.join(allowed)}")


@rule("crd-conversion", on="apiextensions/v1 CustomResourceConversion", source=CONVERSION)
def conversion(spec: Tree, at: Path, check: Check) -> None:
    """Conversion is by None, without a webhook, or by Webhook, with a client and review versions."""
    strategy, webhook = spec.get("strategy"), spec.get("webhook")
    if strategy not in ("None", "Webhook"):
        what = f"strategy {strategy!r} is neither 'None' nor 'Webhook'" if strategy else "conversion has no strategy"
        check.report(at + "strategy", what)
    client, versions = _client_and_versions(webhook or {}, at)
    if strategy == "Webhook":
        config = (webhook or {}).get("clientConfig")
        if config is None:
            client.report(check, "conversion by webhook has no clientConfig")
        else:
            check_client(config, client.at, check, client.said)
        _check_review_versions((webhook or {}).get("conversionReviewVersions") or (), versions, check)
    elif webhook is not None:
        if webhook.get("clientConfig") is not None:
            client.report(check, "only conversion by Webhook has a webhook", fix="set `strategy: Webhook`")
        if webhook.get("conversionReviewVersions"):
            versions.report(check, "only conversion by Webhook has review versions", fix="set `strategy: Webhook`")


def _client_and_versions(webhook: Tree, at: Path) -> Iterator[Place]:
    for field, said in (("clientConfig", "webhookClientConfig"), ("conversionReviewVersions",) * 2):
        yield Place(at + "webhook" + field, at + said)


def _check_review_versions(versions: Sequence[str], place: Place, check: Check) -> None:
    if not versions:
        place.report(check, "webhook has no conversionReviewVersions", fix="write `conversionReviewVersions: [v1]`")
    elif not {"v1", "v1beta1"} & set(versions):
        place.report(check, "neither v1 nor v1beta1 is among the versions")
    for index, version in enumerate(versions):
        if version in versions[:index]:
            place.field(index).report(check, f"version {version!r} is given twice")
        elif fault := rfc1035_label_fault(version):
            place.field(index).report(check, f"version {version!r} {fault}")


@rule("crd-selectable-field", on="apiextensions/v1 CustomResourceDefinitionSpec", source=SELECTABLE)
def selectable_field(spec: Tree, at: Path, check: Check) -> None:
    """A selectable field is a path to text, a boolean or an integer of the schema, each once, and at most eight."""
    schemas = list(in_versions(spec, at, "schema", "validation"))
    lists = list(in_versions(spec, at, "selectableFields", "selectableFields"))
    for index, (fields, place) in enumerate(lists):
        if not fields:
            continue
        together = len(lists) == 1
        if (len(schemas) == 1) != together and len(spec.get("versions") or ()) > 1:
            place.report(check, "a server takes these only where the versions' schemas are as equal as these are")
            continue
        validation = schemas[0 if len(schemas) == 1 else index][0]
        if validation is None:
            place.report(check, "there is no schema to select fields of")
        else:
            _check_selectable(fields, validation.get("openAPIV3Schema") or {}, place, check)


def _check_selectable(fields: list[Tree], schema: Tree, place: Place, check: Check) -> None:
    seen: set[str] = set()
    for index, field in enumerate(fields):
        path, here = field.get("jsonPath") or "", place.field(index).field("jsonPath")
        if not path:
            here.report(check, "selectable field has no jsonPath")
            continue
        selected = None if "[" in path or "]" in path else field_at(path, schema)
        if selected is None:
            here.report(check, f"jsonPath {path!r} leads to no field of the schema")
            continue
        if path.split(".")[1] == "metadata":
            here.report(check, "fields of metadata cannot be selected by this")
        if selected.get("type") not in ("string", "boolean", "integer"):
            here.report(check, f"jsonPath {path!r} does not lead to text, a boolean or an integer")
        if path in seen:
            here.report(check, f"jsonPath {path!r} is listed twice")
        seen.add(path)
    if len(seen) > 8:
        place.report(check, f"there are {len(seen)} selectable fields; at most 8 are allowed")

"""What a program says of objects that somebody else has written, before it looks at them one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar, TypedDict

from kpy.constructs.included.images import to_images
from kpy.constructs.included.patterns import to_patches, to_patterns
from kpy.model.fields import Accepts, accepts
from kpy.model.referable import Referable
from kpy.tree.construct import Construct

if TYPE_CHECKING:
    from kpy.tree.defaults import Defaults
    from kpy.tree.off import Off
    from kpy.tree.part import Part
    from kpy.tree.shared import OutsideApp

    class IncludedArguments(TypedDict, total=False):
        """The keywords that all constructs with objects of others have in common."""

        name: str
        namespace: str | Referable | None
        patch: Mapping[str, Mapping[str, object]] | None
        images: Mapping[str, str] | None
        without: Sequence[str]
        labels: Mapping[str, str] | None
        annotations: Mapping[str, str] | None
        defaults: Defaults | Mapping[str, object] | Off | None
        waive: Mapping[str, str] | None
        after: Sequence[Referable | Part | OutsideApp]
        aliases: Sequence[str] | None
        protect: bool | None


__all__ = ["Given"]


class Given(Construct):
    """The fields that all constructs with objects of others have in common."""

    _moves_parts: ClassVar[bool] = True

    namespace: str | Referable | None = None
    """The namespace of all objects that live in one, in the place of what they say; text, or a `Namespace` object."""
    patch: Accepts[Mapping[str, Mapping[str, object]] | None, Mapping[str, Mapping[str, object]] | None] = accepts(
        to_patches, default=None
    )
    """Strategic merge patches by kind and name, merged last: `{"Deployment/web": {"spec": {"replicas": 3}}}`."""
    images: Accepts[Mapping[str, str] | None, Mapping[str, str] | None] = accepts(to_images, default=None)
    """Other images by the names that are there: `{"nginx": "registry.local/nginx:1.29"}`; `":1.29"` is another tag."""
    without: Accepts[Sequence[str], list[str]] = accepts(to_patterns, default=())
    """Objects to leave out, by kind and name: `["Deployment/web", "Job/*"]`."""

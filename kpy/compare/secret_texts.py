"""The texts of a Secret as a server stores them."""

from __future__ import annotations

from collections.abc import Mapping

from kpy.objects import Tree

__all__ = ["with_texts_as_data"]


def with_texts_as_data(secret: Tree) -> Tree:
    """Return a Secret whose `stringData` has become `data`; any other object with this field likewise."""
    texts = secret.get("stringData")
    if not isinstance(texts, Mapping):
        return secret
    from base64 import b64encode

    data = secret.get("data")
    encoded = {name: b64encode(str(text).encode(errors="surrogatepass")).decode() for name, text in texts.items()}
    stored = {key: value for key, value in secret.items() if key != "stringData"}
    stored["data"] = {**(data if isinstance(data, Mapping) else {}), **encoded}
    return stored

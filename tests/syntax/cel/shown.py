"""How the tables of these tests write values."""

from __future__ import annotations

import json

from kpy.syntax.cel.core import double_text
from kpy.syntax.cel.values import Duration, Opaque, Optional, Timestamp, TypeValue, Uint


def shown(value: object) -> str:
    """Return a value as the tables write it."""
    match value:
        case None | bool() | str():
            return json.dumps(value, ensure_ascii=False)
        case Uint():
            return f"{int(value)}u"
        case float():
            return f"double({double_text(value)})"
        case bytes():
            return f"b{value.hex()}"
        case Duration():
            return f"duration({value})"
        case Timestamp():
            return f"timestamp({value})"
        case Optional():
            return f"optional({shown(value.value)})" if value.has_value else "none"
        case TypeValue():
            return f"type({value.name})"
        case Opaque():
            return value.type_name
        case dict():
            return f"{{{', '.join(sorted(f'{shown(key)}: {shown(each)}' for key, each in value.items()))}}}"
        case list():
            return f"[{', '.join(map(shown, value))}]"
    return str(value)

"""Objects that somebody else has written: read from files, rendered by other programs, and used like one's own."""

from kpy.constructs.included.inclusion import Included
from kpy.constructs.included.items import Item, Loaded, copied

__all__ = ["Included", "Item", "Loaded", "copied"]

"""Finding the app: what people write on a command line or in `[tool.kpy]`, to the `App` it means."""

from kpy.loading.app import load_app
from kpy.loading.broken import BrokenAppError

__all__ = ["BrokenAppError", "load_app"]

"""From the tree to YAML: a list of passes and a loop."""

from kpy.pipeline.run import PASSES, Observer, run

__all__ = ["PASSES", "Observer", "run"]

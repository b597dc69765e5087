"""The tree that users build: apps hold charts, charts hold constructs, constructs hold constructs."""

from kpy.tree.app import App
from kpy.tree.chart import Chart
from kpy.tree.construct import Construct
from kpy.tree.defaults import Defaults
from kpy.tree.off import OFF, Off
from kpy.tree.part import Part

__all__ = ["OFF", "App", "Chart", "Construct", "Defaults", "Off", "Part"]

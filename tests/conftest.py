"""What all tests share: the plug-in of `kpy.testing`, which an installed kpy brings by itself."""

pytest_plugins = ["kpy.testing.plugin", "pytester"]

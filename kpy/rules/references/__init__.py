"""Objects against each other, over a whole app or all given files: what no API server checks.

An error is only what the objects themselves prove: a key that a ConfigMap here does not have, a port that a Service
here does not have. An object that is not here may live elsewhere: a warning, and in an app, where text stands for what
lives outside, a note. What is meant to live outside is said once, in `external` of `[tool.kpy]`.
"""

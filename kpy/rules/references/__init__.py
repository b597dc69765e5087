"""Objects against each other, over a whole app or all given files: what no API server checks.

An error is only what the objects themselves prove: a key that a ConfigMap here does not have, a port that a Service
here does not have. An object that is not here may live elsewhere, which is a warning. Where something among the
documents may well make it at run time, it is a note: an account with the right to, a program that is told its name, a
custom resource. In an app, text stands for what lives outside, and only slips are told. What is meant to live outside
is said once, in `external` of `[tool.kpy]`.
"""

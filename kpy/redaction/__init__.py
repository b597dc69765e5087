"""Secrets stay out of every text that kpy prints, but for the manifest itself.

A value is secret by the field in which it stands (`fields`). It is hidden where it stands, in trees (`mask`), in
YAML and JSON (`yaml_text`) and in Python (`python_text`), and wherever else it turns up in a text (`mask`).
"""

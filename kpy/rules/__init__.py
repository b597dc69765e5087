"""The rules, in rooms named as the API groups: small functions on API types, run by the walk of `kpy.checking`."""

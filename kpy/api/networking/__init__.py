"""The API group folder `networking`, generated."""

"""The API group folder `core`, generated."""

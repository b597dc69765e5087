"""The API group folder `certificates`, generated."""

"""The API group folder `policy`, generated."""

"""The API group folder `meta`, generated."""

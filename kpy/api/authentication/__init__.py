"""The API group folder `authentication`, generated."""

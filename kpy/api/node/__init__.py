"""The API group folder `node`, generated."""

"""The API group folder `authorization`, generated."""

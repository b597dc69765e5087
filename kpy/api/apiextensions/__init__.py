"""The API group folder `apiextensions`, generated."""

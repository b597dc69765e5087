"""The API group folder `storagemigration`, generated."""

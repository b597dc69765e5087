"""Rules on roles and their bindings."""

"""Rules on leases."""

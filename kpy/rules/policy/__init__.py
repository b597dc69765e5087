"""Rules on disruption budgets."""

"""Rules on webhooks and admission policies."""

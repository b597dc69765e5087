"""Rules on the kinds of the core group, but for pods, which have a room of their own."""

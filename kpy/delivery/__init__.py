"""From the apps of a workspace to what delivers them: all outputs in one process."""

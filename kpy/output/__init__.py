"""From a manifest to text and files: YAML, KYAML, JSON, the layouts of folders, and writing whole or not at all."""

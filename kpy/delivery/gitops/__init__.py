"""What Argo CD and Flux need to run the outputs of a workspace."""

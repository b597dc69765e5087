"""Rules on devices: claims, classes and slices."""

"""Letters, secretariat registers and numbers, and the one worklist."""

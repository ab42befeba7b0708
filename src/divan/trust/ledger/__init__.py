"""The transparency log over the facts of the house."""

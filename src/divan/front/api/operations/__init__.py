"""The addresses of the interface, by noun."""

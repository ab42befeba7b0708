"""The shapes of what the interface sends and takes; ``docs/reference/openapi.json`` is made from them."""

"""The sub-commands of `divan`: each module has one ``register`` that adds its own to the command line."""

"""The verifier: says of a file, with the base installation alone and without network, whether it is what it claims."""

"""A transparency log: RFC 6962 hashing and proofs, C2SP tiles and signed checkpoints."""

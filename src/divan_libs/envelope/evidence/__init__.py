"""Evidence of messages: records, segment files, proofs, recovery after a crash, audit."""

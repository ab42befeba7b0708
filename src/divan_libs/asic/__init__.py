"""Evidence in containers that foreign tools check: ASiC-E archives, XAdES signatures, hash chains, timestamps."""

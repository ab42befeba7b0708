"""Files of an archive handed over: a BagIt folder with a Noark 5 structure, each letter as JSON, and the documents."""

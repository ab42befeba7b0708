"""The letter exchange format of Iranian office automation (ECE): strict writer, lenient reader, its form by e-mail."""

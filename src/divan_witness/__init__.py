"""The witness: vouches for the growth of logs that others keep; a program for whoever is no part of them."""

"""The exchange's data plane; knows only divan_libs."""

"""The organisation as its keepers see and change it: the tree, its units, the chart out of a workbook."""

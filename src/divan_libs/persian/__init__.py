"""Persian text, digits, collation, the Jalali calendar, statutory clocks and Iranian identifiers."""

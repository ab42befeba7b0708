"""An organisation chart as a workbook: read, weighed against what stands, and written."""

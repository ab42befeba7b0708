"""Invoices by service, payments through a bank, refunds as orders, reconciliation with the bank's statement."""

"""No fee without a law, no day without a tariff, no case without a row."""

from __future__ import annotations

from divan_libs.servicepack.expressions import ValueType
from divan_libs.servicepack.lint.findings import FEES, Findings, Path
from divan_libs.servicepack.models import Delivery, TariffPeriod


def check_fees(findings: Findings) -> None:
    """Check that the service says what it costs, by which law, without gaps or overlaps."""
    fees = findings.package.fees
    if fees.free is not None:
        findings.law(fees.free.law, FEES, ("free", "law"))
        if fees.tariffs:
            findings.add("fees.free-with-tariffs", FEES, ("free",))
    elif not fees.tariffs and findings.package.card.delivery is Delivery.ELECTRONIC:
        findings.add("fees.not-said", FEES)
    for t, tariff in enumerate(fees.tariffs):
        if tariff.when is not None:
            findings.compiled(tariff.when, FEES, ("tariffs", t, "when"))
        for p, period in enumerate(tariff.periods):
            path: Path = ("tariffs", t, "periods", p)
            findings.law(period.law, FEES, (*path, "law"))
            _check_rows(findings, period, path)
            if period.ends_on is not None and period.ends_on <= period.starts_on:
                findings.add("fees.period-empty", FEES, path)
            following = tariff.periods[p + 1] if p + 1 < len(tariff.periods) else None
            if following is not None and period.ends_on != following.starts_on:
                findings.add("fees.periods-not-joined", FEES, path, ends_on=str(period.ends_on))


def _check_rows(findings: Findings, period: TariffPeriod, path: Path) -> None:
    """Demand that the last row, and only the last, has no condition: every case finds a row, every row can be found."""
    for r, row in enumerate(period.rows):
        last = r == len(period.rows) - 1
        if row.when is None and not last:
            findings.add("fees.row-unreachable", FEES, (*path, "rows", r + 1), row=period.rows[r + 1].code)
        if row.amount_from is not None:
            findings.compiled(row.amount_from, FEES, (*path, "rows", r, "amount_from"), ValueType.NUMBER)
        if row.when is not None:
            findings.compiled(row.when, FEES, (*path, "rows", r, "when"))
            if last:
                findings.add("fees.no-last-row", FEES, (*path, "rows", r), row=row.code)

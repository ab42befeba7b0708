"""Accessibility of an open page by axe: what it finds, in lines that name the rule and the place."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

# WCAG 2.2 AA and axe's own good practice; the experimental rules are left out.
RULES = {
    "resultTypes": ["violations"],
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    },
}


def axe_findings(page: Page) -> list[str]:
    """Return a line for each place that breaks a rule: impact, rule, place, why; empty when nothing was found."""
    # The program is a page's own once it is there: half a megabyte that need not be sent for each width.
    axe = Axe("") if page.evaluate("typeof axe === 'object'") else Axe()
    results = axe.run(page, options=RULES)
    return [
        f"{rule['impact']} {rule['id']} {' '.join(str(part) for part in node['target'])}: {_why(node)}"
        for rule in results.response["violations"]
        for node in rule["nodes"]
    ]


def _why(node: dict[str, object]) -> str:
    return " ".join(str(node.get("failureSummary", "")).split())

"""The picture of a flow for people: SVG in the colour of the text around it, readable by those who do not see it."""

from __future__ import annotations

import itertools
from xml.sax.saxutils import escape, quoteattr

from divan_libs.servicepack.drawing.flowchart import flowchart
from divan_libs.servicepack.drawing.graph import Edge, Graph, Node, Shape
from divan_libs.servicepack.drawing.layout import Layout, Point, Size, lay_out
from divan_libs.servicepack.drawing.words import word
from divan_libs.servicepack.models import Package

MARGIN = 16
LINE = 18
WIDE = 176
LETTERS = 24
"""Characters of a line in a box, at most."""
BESIDE = 40
"""How far beside the middle a way back begins and ends."""

_ROUND = {Shape.START, Shape.MESSAGE_START, Shape.TIMER_START, Shape.END, Shape.PASSED}
_BARS = {Shape.SPLIT, Shape.SOME, Shape.JOIN, Shape.JOIN_SOME}


def flow_svg(package: Package, language: str = "fa") -> str:
    """Return the flow of a package as an SVG element to be put into a page; empty text for a service without a flow.

    It has a title and a description in words, takes its colour from the text around it and needs no style sheet. Its
    width is its natural one: on a narrow page it is scrolled, not made too small to read.
    """
    graph = flowchart(package, language)
    if not graph.nodes:
        return ""
    layout = lay_out(graph, {node.id: _size(node) for node in graph.nodes}, below=52)
    picture = _Picture(graph, layout, mirrored=language != "en")
    width, height = layout.width + 2 * MARGIN, layout.height + 2 * MARGIN
    title = word("picture", language).format(title=package.text("card.title", language))
    name = f"flow-{package.code}-{language}"
    direction = "ltr" if language == "en" else "rtl"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="flow-drawing" role="img" lang="{language}" '
        f'direction="{direction}" width="{width:.0f}" height="{height:.0f}" viewBox="0 0 {width:.0f} {height:.0f}" '
        f'aria-labelledby="{name}-title {name}-desc" font-size="14" fill="none" stroke="currentColor">'
        f'<title id="{name}-title">{escape(title)}</title>'
        f'<desc id="{name}-desc">{escape(_described(package, graph, language))}</desc>'
        f'<defs><marker id="{name}-tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" '
        'orient="auto"><path d="M0 0 8 4 0 8z" fill="currentColor" stroke="none"/></marker></defs>'
        f'<g transform="translate({MARGIN} {MARGIN})">'
        + "".join(picture.way(edge, f"{name}-tip") for edge in graph.edges)
        + "".join(picture.box(node) for node in graph.nodes)
        + "</g></svg>"
    )


def _described(package: Package, graph: Graph, language: str) -> str:
    comma = word("comma", language)
    steps = [f"{node.label} ({node.detail[0]})" for node in graph.nodes if node.shape is Shape.TASK and node.detail]
    outcomes = [package.text(f"outcomes.{outcome.code}.title", language) for outcome in package.flow.outcomes]
    return word("steps", language).format(steps=comma.join(steps), outcomes=comma.join(outcomes))


def _lines(text: str) -> list[str]:
    """Return a text in lines; a word longer than a line keeps one for itself."""
    lines = [""]
    for part in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(part) > LETTERS:
            lines.append("")
        lines[-1] = f"{lines[-1]} {part}".strip()
    return [line for line in lines if line]


def _size(node: Node) -> Size:
    lines = len(_lines(node.label)) + sum(len(_lines(detail)) for detail in node.detail)
    if node.shape in _BARS:
        return (WIDE, 6 + LINE * len(_lines(node.label)))
    if node.shape is Shape.CHOICE:
        return (WIDE if node.label else 28, 28 + LINE * len(_lines(node.label)))
    return (WIDE, 18 + LINE * max(lines, 1))


class _Picture:
    """Draws nodes and ways at their places; ``mirrored`` turns left and right round for Persian."""

    def __init__(self, graph: Graph, layout: Layout, *, mirrored: bool) -> None:
        self.graph, self.layout, self.mirrored = graph, layout, mirrored

    def _at(self, point: Point) -> Point:
        return (self.layout.width - point[0], point[1]) if self.mirrored else point

    def box(self, node: Node) -> str:
        """Return a node with its words."""
        (x, y), (width, height) = self._at(self.layout.centres[node.id]), _size(node)
        words = [(line, 'font-weight="600"') for line in _lines(node.label)]
        words += [(line, 'font-size="12"') for detail in node.detail for line in _lines(detail)]
        top = y - height / 2
        if node.shape in _BARS:
            bar = f'<path stroke-width="5" d="M{x - width / 2:.1f} {y + height / 2 - 3:.1f}h{width:.1f}"/>'
            return bar + _words(words, x, top)
        if node.shape is Shape.CHOICE:
            middle = y + height / 2 - 14
            diamond = f'<path stroke-width="1.5" d="M{x:.1f} {middle - 13:.1f}l13 13-13 13-13-13z"/>'
            return diamond + _words(words, x, top)
        corner = height / 2 if node.shape in _ROUND else 6
        dashed = ' stroke-dasharray="5 3"' if node.negative else ""
        thick = 2.5 if node.shape in (Shape.END, Shape.PASSED) else 1.5
        frame = (
            f'<rect x="{x - width / 2:.1f}" y="{top:.1f}" width="{width:.1f}" height="{height:.1f}" '
            f'rx="{corner:.1f}" stroke-width="{thick}"{dashed}/>'
        )
        return frame + _words(words, x, top + 9)

    def way(self, edge: Edge, tip: str) -> str:
        """Return a way with its arrow and its label; ways back are dashed, beside those onward and without words."""
        points = [self._at(point) for point in self.layout.ways[edge]]
        back = points[0][1] > points[-1][1]
        if back:
            points = [
                (x + BESIDE, y) if place in (0, len(points) - 1) else (x, y) for place, (x, y) in enumerate(points)
            ]
        path = f"M{points[0][0]:.1f} {points[0][1]:.1f}"
        for (x, y), (u, v) in itertools.pairwise(points):
            bend = (y + v) / 2
            path += f"C{x:.1f} {bend:.1f} {u:.1f} {bend:.1f} {u:.1f} {v:.1f}"
        dashed = ' stroke-dasharray="4 4"' if back else ""
        drawn = f"<path d={quoteattr(path)} marker-end={quoteattr(f'url(#{tip})')}{dashed}/>"
        if not edge.label or back:
            return drawn
        (x, y), (u, v) = points[-2:]
        return drawn + _words([(edge.label, 'font-size="11"')], x + (u - x) * 0.72, y + (v - y) * 0.72 - LINE / 2)


def _words(lines: list[tuple[str, str]], x: float, top: float) -> str:
    return "".join(
        f'<text x="{x:.1f}" y="{top + LINE * index + 13:.1f}" text-anchor="middle" fill="currentColor" stroke="none" '
        f"{style}>{escape(line)}</text>"
        for index, (line, style) in enumerate(lines)
    )

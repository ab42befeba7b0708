"""Places for the nodes of a graph: layers from top to bottom, few crossings, no two nodes on the same ground."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass

from divan_libs.servicepack.drawing.graph import Edge, Graph

Point = tuple[float, float]
Size = tuple[float, float]
SWEEPS = 8


@dataclass(frozen=True, slots=True)
class Layout:
    """The centre of each node, the points of each way, and the size of the whole."""

    centres: Mapping[str, Point]
    ways: Mapping[Edge, tuple[Point, ...]]
    width: float
    height: float


def lay_out(graph: Graph, sizes: Mapping[str, Size], *, between: float = 28, below: float = 46) -> Layout:
    """Return a layout in which ways lead downwards, except those that lead back.

    ``between`` is the room between neighbours, ``below`` that between layers. Nodes attached to others have no place of
    their own: their ways begin at what they are attached to.
    """
    return _Layers(graph, sizes, between, below).laid_out()


class _Layers:
    """The layers of one graph; ways over several layers pass through points of their own in each."""

    def __init__(self, graph: Graph, sizes: Mapping[str, Size], between: float, below: float) -> None:
        self.host = {node.id: node.attached_to or node.id for node in graph.nodes}
        self.codes = [node.id for node in graph.nodes if node.attached_to is None]
        self.edges = graph.edges
        self.sizes: dict[str, Size] = {code: sizes[code] for code in self.codes}
        self.between, self.below = between, below
        self.back: set[Edge] = set()
        self.chains: dict[Edge, list[str]] = {}
        self.above_of: dict[str, list[str]] = {}
        self.below_of: dict[str, list[str]] = {}

    def laid_out(self) -> Layout:
        if not self.codes:
            return Layout({}, {}, 0, 0)
        layers = self._chained(self._ranked())
        for sweep in range(SWEEPS):
            self._order(layers, down=sweep % 2 == 0)
        places = self._across(layers)
        heights = [max(self.sizes[code][1] for code in layer) for layer in layers]
        left = min(places[code] - self.sizes[code][0] / 2 for layer in layers for code in layer)
        right = max(places[code] + self.sizes[code][0] / 2 for layer in layers for code in layer)
        down = 0.0
        centres: dict[str, Point] = {}
        for layer, height in zip(layers, heights, strict=True):
            for code in layer:
                centres[code] = (places[code] - left, down + height / 2)
            down += height + self.below
        ways = {edge: self._way(edge, centres) for edge in self.edges}
        nodes = {code: centres[code] for code in self.codes}
        return Layout(nodes, ways, right - left, down - self.below)

    def _ends(self, edge: Edge) -> tuple[str, str]:
        """Return the upper and the lower end of a way."""
        source, target = self.host[edge.source], self.host[edge.target]
        return (target, source) if edge in self.back else (source, target)

    def _ranked(self) -> dict[str, int]:
        """Return the layer of each node: the longest way to it, ways that lead back turned round."""
        onward: dict[str, list[Edge]] = {code: [] for code in self.codes}
        for edge in self.edges:
            onward[self.host[edge.source]].append(edge)
        met: dict[str, bool] = {}
        order: list[str] = []
        for first in self.codes:
            self._visit(first, onward, met, order)
        ranks = dict.fromkeys(self.codes, 0)
        placed = {code: index for index, code in enumerate(reversed(order))}
        for edge in sorted(self.edges, key=lambda edge: placed[self._ends(edge)[0]]):
            upper, lower = self._ends(edge)
            if upper != lower:
                ranks[lower] = max(ranks[lower], ranks[upper] + 1)
        return ranks

    def _visit(self, first: str, onward: Mapping[str, list[Edge]], met: dict[str, bool], order: list[str]) -> None:
        """Visit in depth; a way to a node that is still being visited leads back."""
        if first in met:
            return
        met[first] = True
        way = [(first, iter(onward[first]))]
        while way:
            code, edges = way[-1]
            edge = next(edges, None)
            if edge is None:
                met[code] = False
                order.append(code)
                way.pop()
                continue
            target = self.host[edge.target]
            if target not in met:
                met[target] = True
                way.append((target, iter(onward[target])))
            elif met[target] and target != code:
                self.back.add(edge)

    def _chained(self, ranks: Mapping[str, int]) -> list[list[str]]:
        layers: list[list[str]] = [[] for _ in range(max(ranks.values()) + 1)]
        for code in self.codes:
            layers[ranks[code]].append(code)
        for number, edge in enumerate(self.edges):
            upper, lower = self._ends(edge)
            chain = [upper]
            for rank in range(ranks[upper] + 1, ranks[lower]):
                code = f"·{number}·{rank}"
                self.sizes[code] = (10, 0)
                layers[rank].append(code)
                chain.append(code)
            chain.append(lower)
            self.chains[edge] = chain
            for above, beneath in itertools.pairwise(chain):
                if above != beneath:
                    self.below_of.setdefault(above, []).append(beneath)
                    self.above_of.setdefault(beneath, []).append(above)
        return layers

    def _order(self, layers: list[list[str]], *, down: bool) -> None:
        """Put each node where its neighbours in the layer before stand on average."""
        neighbours = self.above_of if down else self.below_of
        whole = layers if down else layers[::-1]
        for before, layer in itertools.pairwise(whole):
            places = {code: index / max(len(before) - 1, 1) for index, code in enumerate(before)}
            own = {code: index / max(len(layer) - 1, 1) for index, code in enumerate(layer)}

            def middle(code: str, places: dict[str, float] = places, own: dict[str, float] = own) -> float:
                near = [places[other] for other in neighbours.get(code, []) if other in places]
                return sum(near) / len(near) if near else own[code]

            layer.sort(key=middle)

    def _across(self, layers: list[list[str]]) -> dict[str, float]:
        """Return the place of each node across: near its neighbours, without touching who stands beside it."""
        places: dict[str, float] = {}
        for layer in layers:
            self._spread(layer, dict.fromkeys(layer, 0.0), places)
        for sweep in range(SWEEPS):
            neighbours = self.above_of if sweep % 2 == 0 else self.below_of
            for layer in layers if sweep % 2 == 0 else layers[::-1]:
                wanted = {}
                for code in layer:
                    near = [places[other] for other in neighbours.get(code, [])]
                    wanted[code] = sum(near) / len(near) if near else places[code]
                self._spread(layer, wanted, places)
        return places

    def _spread(self, layer: list[str], wanted: Mapping[str, float], places: dict[str, float]) -> None:
        """Place a layer as wanted, pushed apart where nodes would touch, the whole in the middle of what was wanted."""
        found: list[float] = []
        for index, code in enumerate(layer):
            least = wanted[code]
            if index:
                room = (self.sizes[layer[index - 1]][0] + self.sizes[code][0]) / 2 + self.between
                least = max(least, found[-1] + room)
            found.append(least)
        shift = sum(wanted[code] - place for code, place in zip(layer, found, strict=True)) / len(layer)
        places.update({code: place + shift for code, place in zip(layer, found, strict=True)})

    def _way(self, edge: Edge, centres: Mapping[str, Point]) -> tuple[Point, ...]:
        """Return the points of a way, from border to border."""
        chain = self.chains[edge]
        upper, lower = chain[0], chain[-1]
        (x, y), (u, v) = centres[upper], centres[lower]
        points = [(x, y + self.sizes[upper][1] / 2), *(centres[code] for code in chain[1:-1])]
        points.append((u, v - self.sizes[lower][1] / 2))
        return tuple(reversed(points)) if edge in self.back else tuple(points)

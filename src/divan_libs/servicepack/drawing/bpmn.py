"""The flow as BPMN 2.0 with its diagram, for modelling tools of others; it is a picture and is not executed from there.

Parallel reviews are parallel gateways (inclusive ones where a review may be left out), clocks are timers on the border
of their tasks, an outside process that is awaited is an event-based choice between its messages and the clock, and the
deadline over the whole case is an event sub-process. Working days have no notation in ISO 8601: the duration counts
them as days, and the documentation of the element says which days are meant.
"""

from __future__ import annotations

from collections.abc import Mapping
from xml.etree import ElementTree as ET

from divan_libs.servicepack.drawing.flowchart import flowchart
from divan_libs.servicepack.drawing.graph import Edge, Graph, Node, Shape
from divan_libs.servicepack.drawing.layout import Point, Size, lay_out
from divan_libs.servicepack.drawing.words import clock_in_words, iso_duration, word
from divan_libs.servicepack.models import Deadline, Package

MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"
DIAGRAM = "http://www.omg.org/spec/BPMN/20100524/DI"
BOUNDS = "http://www.omg.org/spec/DD/20100524/DC"
LINES = "http://www.omg.org/spec/DD/20100524/DI"
INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
TARGET = "urn:divan:service-package"

_ELEMENTS: Mapping[Shape, str] = {
    Shape.START: "startEvent",
    Shape.MESSAGE_START: "startEvent",
    Shape.TIMER_START: "startEvent",
    Shape.TASK: "userTask",
    Shape.APPLICANT: "userTask",
    Shape.SEND: "sendTask",
    Shape.SPLIT: "parallelGateway",
    Shape.JOIN: "parallelGateway",
    Shape.SOME: "inclusiveGateway",
    Shape.JOIN_SOME: "inclusiveGateway",
    Shape.CHOICE: "exclusiveGateway",
    Shape.AWAIT: "eventBasedGateway",
    Shape.MESSAGE: "intermediateCatchEvent",
    Shape.TIMER: "intermediateCatchEvent",
    Shape.PASSED: "intermediateThrowEvent",
    Shape.END: "endEvent",
    Shape.ESCALATION: "endEvent",
}
_MESSAGES = (Shape.MESSAGE, Shape.MESSAGE_START)
_TASK, _GATE, _EVENT = (150.0, 80.0), (50.0, 50.0), (36.0, 36.0)
_NAMED = (28.0, 70.0)
"""Room that the name below an event takes, across and down."""


def flow_bpmn(package: Package, language: str = "fa") -> str:
    """Return the flow of a package as a BPMN 2.0 document with its diagram.

    A package without a flow gives a process without elements.
    """
    for prefix, space in (("bpmn", MODEL), ("bpmndi", DIAGRAM), ("dc", BOUNDS), ("di", LINES), ("xsi", INSTANCE)):
        ET.register_namespace(prefix, space)
    graph = flowchart(package, language, full=True)
    attributes = {"id": f"definitions-{package.code}", "targetNamespace": TARGET}
    root = ET.Element(f"{{{MODEL}}}definitions", attributes)
    for node in graph.nodes:
        if node.shape in _MESSAGES or node.shape is Shape.SEND:
            _in_model(root, "message", id=f"message-of-{node.id}", name=node.label)
    process = _in_model(
        root,
        "process",
        id=f"process-{package.code}",
        name=package.text("card.title", language),
        isExecutable="false",
    )
    _write_nodes(process, graph)
    flows = {edge: f"flow-{number}" for number, edge in enumerate(graph.edges, 1)}
    for edge, code in flows.items():
        named = {"name": edge.label} if edge.label else {}
        _in_model(process, "sequenceFlow", id=code, sourceRef=edge.source, targetRef=edge.target, **named)
    diagram = ET.SubElement(root, f"{{{DIAGRAM}}}BPMNDiagram", {"id": f"diagram-{package.code}"})
    plane = ET.SubElement(
        diagram, f"{{{DIAGRAM}}}BPMNPlane", {"id": f"plane-{package.code}", "bpmnElement": f"process-{package.code}"}
    )
    bottom = _draw(plane, graph, flows)
    if package.flow.deadline is not None:
        _deadline(process, plane, package.flow.deadline, language, bottom)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True)


def _in_model(parent: ET.Element, element: str, /, **attributes: str) -> ET.Element:
    return ET.SubElement(parent, f"{{{MODEL}}}{element}", attributes)


def _write_nodes(process: ET.Element, graph: Graph) -> None:
    flows = {edge: f"flow-{number}" for number, edge in enumerate(graph.edges, 1)}
    for node in graph.nodes:
        attributes = {"id": node.id, **({"name": node.label} if node.label else {})}
        name = _ELEMENTS[node.shape]
        if node.attached_to is not None:
            name = "boundaryEvent"
            attributes |= {"attachedToRef": node.attached_to, "cancelActivity": str(node.interrupting).lower()}
        if node.shape is Shape.SEND:
            attributes["messageRef"] = f"message-of-{node.id}"
        element = _in_model(process, name, **attributes)
        if node.detail:
            _in_model(element, "documentation").text = "; ".join(node.detail)
        for edge, code in flows.items():
            if edge.target == node.id:
                _in_model(element, "incoming").text = code
        for edge, code in flows.items():
            if edge.source == node.id:
                _in_model(element, "outgoing").text = code
        _write_event(element, node)


def _write_event(element: ET.Element, node: Node) -> None:
    if node.shape in _MESSAGES:
        _in_model(element, "messageEventDefinition", messageRef=f"message-of-{node.id}")
    elif node.shape is Shape.ESCALATION:
        _in_model(element, "escalationEventDefinition")
    elif node.shape in (Shape.TIMER, Shape.TIMER_START):
        _timer(element, node.duration)


def _timer(element: ET.Element, duration: str) -> None:
    timer = _in_model(element, "timerEventDefinition")
    time = _in_model(timer, "timeCycle" if duration.startswith("R") else "timeDuration")
    time.set(f"{{{INSTANCE}}}type", "bpmn:tFormalExpression")
    time.text = duration


def _size(node: Node) -> Size:
    if node.shape in (Shape.TASK, Shape.APPLICANT, Shape.SEND):
        return _TASK
    return _GATE if _ELEMENTS[node.shape].endswith("Gateway") else _EVENT


def _draw(plane: ET.Element, graph: Graph, flows: Mapping[Edge, str]) -> float:
    """Draw nodes and ways from left to right; return where the ground below begins."""
    sizes = {node.id: _size(node) for node in graph.nodes}
    # The layout knows downwards only, so width and height change places on the way in and out.
    grounds = {code: (height + _NAMED[0], max(width, _NAMED[1])) for code, (width, height) in sizes.items()}
    layout = lay_out(graph, grounds, between=34, below=40)
    centres = {code: (y, x) for code, (x, y) in layout.centres.items()}
    for node in graph.nodes:
        if node.attached_to is not None:
            x, y = centres[node.attached_to]
            centres[node.id] = (x - sizes[node.attached_to][0] / 2 + 30, y + sizes[node.attached_to][1] / 2)
        _shape(plane, node.id, centres[node.id], sizes[node.id])
    for edge, code in flows.items():
        middle = [(y, x) for x, y in layout.ways[edge]][1:-1]
        _line(plane, code, _points(graph.node(edge.source), edge, middle, centres, sizes))
    return layout.width + 60


def _points(
    source: Node, edge: Edge, middle: list[Point], centres: Mapping[str, Point], sizes: Mapping[str, Size]
) -> list[Point]:
    """Return the points of a way: from the border of its source to the border of its target."""
    (x, y), (u, v) = centres[edge.source], centres[edge.target]
    back = u < x
    first: list[Point] = [(x - sizes[edge.source][0] / 2 if back else x + sizes[edge.source][0] / 2, y)]
    if source.attached_to is not None:
        low = y + sizes[source.id][1] / 2
        first = [(x, low), (x, low + 16)]
    last = (u + sizes[edge.target][0] / 2 if back else u - sizes[edge.target][0] / 2, v)
    return [*first, *middle, last]


def _shape(plane: ET.Element, code: str, centre: Point, size: Size, **more: str) -> None:
    attributes = {"id": f"shape-{code}", "bpmnElement": code, **more}
    shape = ET.SubElement(plane, f"{{{DIAGRAM}}}BPMNShape", attributes)
    bounds = {"x": centre[0] - size[0] / 2, "y": centre[1] - size[1] / 2, "width": size[0], "height": size[1]}
    ET.SubElement(shape, f"{{{BOUNDS}}}Bounds", {name: f"{value:.1f}" for name, value in bounds.items()})


def _line(plane: ET.Element, code: str, points: list[Point]) -> None:
    edge = ET.SubElement(plane, f"{{{DIAGRAM}}}BPMNEdge", {"id": f"edge-{code}", "bpmnElement": code})
    for x, y in points:
        ET.SubElement(edge, f"{{{LINES}}}waypoint", {"x": f"{x:.1f}", "y": f"{y:.1f}"})


def _deadline(process: ET.Element, plane: ET.Element, deadline: Deadline, language: str, top: float) -> None:
    """Draw the deadline over the whole case below everything else."""
    deems = deadline.silence.deem is not None
    name = f"{word('deadline', language)}: {clock_in_words(deadline.clock, language)}"
    block = _in_model(process, "subProcess", id="deadline", name=name, triggeredByEvent="true")
    start = _in_model(block, "startEvent", id="deadline-passes", name=name, isInterrupting=str(deems).lower())
    _in_model(start, "outgoing").text = "flow-of-deadline"
    _timer(start, iso_duration(deadline.clock))
    label = word("silence" if deems else "escalated", language)
    end = _in_model(block, "endEvent", id="deadline-done", name=label)
    _in_model(end, "incoming").text = "flow-of-deadline"
    if not deems:
        _in_model(end, "escalationEventDefinition")
    _in_model(block, "sequenceFlow", id="flow-of-deadline", sourceRef="deadline-passes", targetRef="deadline-done")
    middle = top + 60
    _shape(plane, "deadline", (110, middle), (220, 120), isExpanded="true")
    _shape(plane, "deadline-passes", (50, middle), _EVENT)
    _shape(plane, "deadline-done", (170, middle), _EVENT)
    _line(plane, "flow-of-deadline", [(68, middle), (152, middle)])

"""Pictures of flows: what they show, and that foreign tools can read them."""

from __future__ import annotations

from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest

from divan_libs.servicepack.drawing import flow_bpmn, flow_svg
from divan_libs.servicepack.drawing.bpmn import BOUNDS, DIAGRAM, LINES, MODEL
from divan_libs.servicepack.drawing.flowchart import proposals
from divan_libs.servicepack.drawing.graph import Edge, Graph, Node, Shape
from divan_libs.servicepack.drawing.layout import lay_out
from divan_libs.servicepack.loading import load_package
from divan_libs.servicepack.tests.folders import workshop

M, D, C, L = f"{{{MODEL}}}", f"{{{DIAGRAM}}}", f"{{{BOUNDS}}}", f"{{{LINES}}}"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def permit(tmp_path_factory):
    return load_package(workshop(tmp_path_factory.mktemp("workshop")))


@pytest.fixture(scope="module", params=["good", "permit"])
def package(request):
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="module")
def process(package):
    return parsed(flow_bpmn(package, "en")).find(f"{M}process")


def parsed(text):
    return ET.fromstring(text)  # noqa: S314 (made by ourselves a line before)


def flow_nodes(process):
    return [one for one in process if one.tag != f"{M}sequenceFlow"]


def ends(process, node):
    flows = {flow.get("id"): flow for flow in process.iter(f"{M}sequenceFlow")}
    into = [flows[one.text] for one in node.findall(f"{M}incoming")]
    out = [flows[one.text] for one in node.findall(f"{M}outgoing")]
    assert all(flow.get("targetRef") == node.get("id") for flow in into)
    assert all(flow.get("sourceRef") == node.get("id") for flow in out)
    return into, out


def test_each_element_of_bpmn_has_the_ways_of_its_kind(process):
    for node in flow_nodes(process):
        into, out = ends(process, node)
        kind, code = node.tag.removeprefix(M), node.get("id")
        if kind in ("startEvent", "boundaryEvent"):
            assert (len(into), len(out)) == (0, 1), code
        elif kind == "endEvent":
            assert into, code
            assert not out, code
        elif kind == "subProcess":
            assert (into, out) == ([], [])
        elif kind.endswith("Task") or kind.startswith("intermediate"):
            assert into, code
            assert len(out) == 1, code
        else:
            assert into, code
            assert out, code


def test_every_way_of_bpmn_joins_two_elements_that_know_it(process):
    codes = [node.get("id") for node in process.iter() if node.get("id")]
    assert len(codes) == len(set(codes))
    for flow in process.findall(f"{M}sequenceFlow"):
        assert flow.get("sourceRef") in codes
        assert flow.get("targetRef") in codes


def test_all_of_bpmn_can_be_reached_from_its_beginnings(process):
    out = {}
    for flow in process.findall(f"{M}sequenceFlow"):
        out.setdefault(flow.get("sourceRef"), []).append(flow.get("targetRef"))
    hosts = {node.get("attachedToRef"): node.get("id") for node in process.findall(f"{M}boundaryEvent")}
    waiting = [node.get("id") for node in process.findall(f"{M}startEvent")]
    found = set()
    while waiting:
        code = waiting.pop()
        if code not in found:
            found.add(code)
            waiting += [*out.get(code, []), *([hosts[code]] if code in hosts else [])]
    assert {node.get("id") for node in flow_nodes(process)} - found <= {"deadline"}


def test_each_clock_sits_on_the_border_of_its_task(permit):
    process = parsed(flow_bpmn(permit)).find(f"{M}process")
    timers = {node.get("attachedToRef"): node for node in process.findall(f"{M}boundaryEvent")}
    durations = {host: node.find(f".//{M}timeDuration").text for host, node in timers.items()}

    assert durations["step-check"] == "P5D"
    assert set(durations) == {f"step-{s.code}" for s in permit.flow.steps if s.clock and s.kind != "wait"}
    assert timers["step-check"].get("cancelActivity") == "false", "escalation leaves the case where it is"
    assert timers["step-draft"].get("cancelActivity") == "true"
    assert ends(process, timers["step-draft"])[1][0].get("targetRef") == "outcome-granted"
    assert ends(process, timers["step-fire-review"])[1][0].get("targetRef") == "end-fire"


def test_parallel_reviews_part_and_meet_at_gateways_of_one_kind(permit):
    process = parsed(flow_bpmn(permit)).find(f"{M}process")
    fork, join = (process.find(f"{M}inclusiveGateway[@id='{code}-reviews']") for code in ("step", "join"))

    assert [flow.get("targetRef") for flow in ends(process, fork)[1]] == ["step-fire-review", "step-land-review"]
    assert [flow.get("sourceRef") for flow in ends(process, join)[0]] == ["end-fire", "end-land"]


def test_reviews_that_are_never_left_out_are_parallel_gateways(tmp_path):
    gone = ("flow.yaml", ("steps", "reviews", "tracks", "land"), {"start": "land-review"})
    process = parsed(flow_bpmn(load_package(workshop(tmp_path, gone)))).find(f"{M}process")

    assert [node.get("id") for node in process.findall(f"{M}parallelGateway")] == ["step-reviews", "join-reviews"]


def test_what_is_awaited_is_a_choice_between_messages_and_the_clock(permit):
    process = parsed(flow_bpmn(permit)).find(f"{M}process")
    kinds = {node.get("id"): node for node in flow_nodes(process)}
    gate = kinds["step-pay-out"]
    after = [kinds[flow.get("targetRef")] for flow in ends(process, gate)[1]]

    assert gate.tag == f"{M}eventBasedGateway"
    assert [node.tag for node in after] == [f"{M}intermediateCatchEvent"] * 3
    assert [len(node.findall(f"{M}messageEventDefinition")) for node in after] == [1, 1, 0]
    assert after[2].find(f".//{M}timeDuration").text == "P10D"
    assert kinds["send-pay-out"].tag == f"{M}sendTask"
    assert "send-posted" not in kinds, "it only follows"


def test_the_deadline_interrupts_the_whole_case(permit):
    block = parsed(flow_bpmn(permit)).find(f".//{M}subProcess")

    assert block.get("triggeredByEvent") == "true"
    assert block.find(f"{M}startEvent").get("isInterrupting") == "true"
    assert block.find(f".//{M}timeDuration").text == "P40D"


def test_every_element_has_its_place_and_no_two_stand_on_the_same(package):
    root = parsed(flow_bpmn(package))
    process, plane = root.find(f"{M}process"), root.find(f".//{D}BPMNPlane")
    drawn = {}
    for shape in plane.findall(f"{D}BPMNShape"):
        bounds = shape.find(f"{C}Bounds")
        drawn[shape.get("bpmnElement")] = tuple(float(bounds.get(name)) for name in ("x", "y", "width", "height"))
    within = {node.get("id") for node in process.iter() if node.tag != f"{M}sequenceFlow" and node.get("id")}
    assert set(drawn) == within - {process.get("id")}
    attached = {node.get("id") for node in process.findall(f"{M}boundaryEvent")}
    alone = [box for code, box in drawn.items() if code not in attached and not code.startswith("deadline")]
    for index, (x, y, width, height) in enumerate(alone):
        for u, v, other_width, other_height in alone[index + 1 :]:
            assert x + width <= u or u + other_width <= x or y + height <= v or v + other_height <= y
    for edge in plane.findall(f"{D}BPMNEdge"):
        flow = process.find(f".//{M}sequenceFlow[@id='{edge.get('bpmnElement')}']")
        points = [(float(point.get("x")), float(point.get("y"))) for point in edge.findall(f"{L}waypoint")]
        assert len(points) >= 2
        for end, (x, y) in ((flow.get("sourceRef"), points[0]), (flow.get("targetRef"), points[-1])):
            left, top, width, height = drawn[end]
            assert left - 0.2 <= x <= left + width + 0.2
            assert top - 0.2 <= y <= top + height + 0.2


@pytest.mark.parametrize("language", ["fa", "en"])
def test_the_picture_says_in_words_what_it_shows(package, language):
    root = parsed(flow_svg(package, language))
    title, described = root.find(f"{SVG}title"), root.find(f"{SVG}desc")

    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == f"{title.get('id')} {described.get('id')}"
    assert package.text("card.title", language) in title.text
    for step in package.flow.steps:
        if step.clock is not None:
            assert package.text(f"steps.{step.code}.title", language) in described.text
    assert root.get("direction") == ("rtl" if language == "fa" else "ltr")
    assert "style=" not in flow_svg(package, language), "the content security policy refuses it"


def test_the_picture_turns_round_for_persian(good):
    def first(language):
        boxes = parsed(flow_svg(good, language)).iter(f"{SVG}rect")
        return [float(box.get("x")) for box in boxes][:2]

    application, objection = first("fa")
    assert application > objection
    application, objection = first("en")
    assert application < objection


def test_a_word_of_a_package_stays_a_word(good, package_with):
    hostile = package_with(("texts/en.yaml", "title: Signature of the director general", "title: '<b>&\"'"))

    svg = flow_svg(hostile, "en")

    assert "<b>" not in svg
    assert "&lt;b&gt;&amp;" in svg
    assert parsed(flow_bpmn(hostile, "en")) is not None


def test_a_service_without_a_flow_has_no_picture(good):
    bare = good.model_copy(update={"flow": type(good.flow)()})

    assert flow_svg(bare) == ""
    process = parsed(flow_bpmn(bare)).find(f"{M}process")
    assert list(process) == []


def test_outcomes_on_the_table_follow_the_proposals(good, permit):
    assert proposals(good)["sign"] == ("answered", "rejected")
    assert proposals(good)["confirm"] == ()
    assert proposals(permit)["sign"] == ("granted", "refused", "renewed", "amended", "revoked")


def test_a_layout_leads_downwards_except_back():
    nodes = tuple(Node(code, Shape.TASK) for code in "abcd")
    edges = (Edge("a", "b"), Edge("b", "c"), Edge("a", "c"), Edge("c", "a"), Edge("c", "d"))
    layout = lay_out(Graph(nodes, edges), dict.fromkeys("abcd", (10.0, 10.0)))
    heights = [layout.centres[code][1] for code in "abcd"]

    assert heights == sorted(set(heights))
    for edge in edges:
        downs = [v - y for (_, y), (_, v) in pairwise(layout.ways[edge])]
        assert all(down < 0 for down in downs) == (edge == Edge("c", "a"))

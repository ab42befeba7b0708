"""The flow of a service as a picture: SVG for people, BPMN 2.0 for foreign tools."""

from divan_libs.servicepack.drawing.bpmn import flow_bpmn
from divan_libs.servicepack.drawing.svg import flow_svg

__all__ = ["flow_bpmn", "flow_svg"]

"""The electronic government of a province.

Its storeys, top to bottom: project, front, dealings, trust, registers, foundation.
"""

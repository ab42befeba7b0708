"""The electronic government of a province; its storeys, top to bottom: project, front, dealings, trust, registers, foundation."""

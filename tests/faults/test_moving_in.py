"""`kill -9` while an organisation chart is taken over: a tree is whole or absent, and the next run brings the rest."""

from __future__ import annotations

import pytest

from divan.registers.people import models, queries
from divan_libs.orgchart.writing import write_chart

from .house import House
from .moving_in import CHART, take_over


@pytest.mark.parametrize("point", ["chart.posts-made", "chart.holders-seated"])
def test_a_chart_cut_before_its_first_tree_is_kept_leaves_nothing_and_is_then_whole(house: House, tmp_path, point):
    path = tmp_path / "chart.xlsx"
    path.write_bytes(write_chart(CHART))

    house.cut(point, "chart", path)

    assert not models.Unit.objects.filter(code__in=["roads", "water"]).exists()
    assert not models.Post.objects.filter(code__startswith="roads-").exists()
    take_over(house.world, path)
    assert queries.plan_chart(CHART, house.world.now).changes == ()
    assert models.Membership.objects.get(post__code="water-expert").personnel_number == "12"
    house.rest()

"""Posts and units are found by the words people type, however they spell them."""

from __future__ import annotations

from divan.registers.people import queries


def test_a_post_is_found_by_title_unit_and_holder_in_any_spelling(world):
    def found(text: str) -> list[str]:
        return [post.title_en for post in queries.search_posts(text, world.now)]

    director = world.person("ict-director")

    assert found("مديركل ارتباطات") == ["Director general of ICT"]
    assert found(f"{director.last_name} مدیرکل") == ["Director general of ICT"]
    assert found("director general") == ["Director general of ICT"]
    assert found("مدیرکل کشاورزی") == []
    assert found("  ") == []
    assert found("%_[") == []


def test_a_unit_is_found_by_its_names(world):
    assert [unit.code for unit in queries.search_units("استانداري لرستان")] == ["governor-office"]
    assert queries.search_units("") == []

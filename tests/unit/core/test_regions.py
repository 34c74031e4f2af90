"""Where one looks when a region has no value of its own."""

import pytest

from tanhui.core.refusal import Refusal
from tanhui.core.regions import GRID_REGIONS, fallback, region_number, region_of_number


@pytest.mark.parametrize(
    ("region", "chain"),
    [
        ("440305", ("440305", "440300", "440000", "CN-SOUTH", "CN")),
        ("440300", ("440300", "440000", "CN-SOUTH", "CN")),
        ("440000", ("440000", "CN-SOUTH", "CN")),
        ("310115", ("310115", "310000", "CN-EAST", "CN")),
        ("150400", ("150400", "150000", "CN-NORTH", "CN")),
        ("810000", ("810000", "CN")),
        ("CN-CENTRAL", ("CN-CENTRAL", "CN")),
        ("CN", ("CN",)),
    ],
)
def test_the_way_to_the_nation(region: str, chain: tuple[str, ...]) -> None:
    assert fallback(region) == chain


@pytest.mark.parametrize("region", ["990000", "4403", "44030５", "cn", "", "CN-WEST"])
def test_an_unknown_region_is_refused(region: str) -> None:
    with pytest.raises(Refusal) as refused:
        fallback(region)

    assert (refused.value.code, refused.value.field) == ("region_unknown", "region")
    assert region in refused.value.text.zh
    assert "440300" in refused.value.text.en


@pytest.mark.parametrize("region", ["CN", "440300", "110000", *GRID_REGIONS])
def test_a_region_as_a_number_is_the_region_again(region: str) -> None:
    assert region_of_number(region_number(region)) == region

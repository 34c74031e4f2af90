"""How records of a batch end, with a reason in both languages."""

from tanhui.steps.collect.verdicts import Verdicts


def test_a_reason_may_name_its_field():
    verdicts = Verdicts.of(1)
    verdicts.refuse([0], "out_of_bounds", field="distance_km", value="0.05", least="0.1", most="200", unit="km")
    assert verdicts.reasons[0].text.en == "distance_km is 0.05; it must be between 0.1 and 200 km."

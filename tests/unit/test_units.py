"""Units multiply and convert exactly, squares and cubes included."""

from fractions import Fraction

from tanhui.core.units import conversion, invert_unit, multiply_units


def test_an_area_times_a_grammage_is_a_mass() -> None:
    unit = multiply_units("m/sheet", "m", "g/m2")

    assert conversion(unit, "kg/sheet") == Fraction(1, 1000)


def test_a_power_can_be_written_and_read_again() -> None:
    assert conversion(multiply_units("m", "m", "m"), "L") == 1000
    assert conversion(multiply_units("kg", "m", "m", "1/s", "1/s"), "J") == 1


def test_the_inverse_of_a_square() -> None:
    assert conversion(multiply_units(invert_unit("m2"), "m", "m"), "1") == 1

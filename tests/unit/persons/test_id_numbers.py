"""The citizen identification number and the phone: what is one, and what it says."""

from datetime import date

import pytest

from tanhui.core.refusal import Refusal
from tanhui.participants.persons.id_numbers import age, id_number, masked_id_number, masked_name
from tanhui.participants.persons.phones import masked_phone, phone_number

TODAY = date(2026, 3, 1)
EXAMPLES = ("11010519491231002X", "440524188001010014")
"""Two that are often quoted as the examples of the standard; the second was born before 1900."""


def test_a_number_that_is_one_has_one_form() -> None:
    assert id_number(" 110105 19491231 002x ", today=TODAY) == EXAMPLES[0]


@pytest.mark.parametrize("place", range(17))
def test_any_digit_changed_is_seen(place: int) -> None:
    number = EXAMPLES[0]
    for digit in set("0123456789") - {number[place]}:
        with pytest.raises(Refusal):
            id_number(number[:place] + digit + number[place + 1 :], today=TODAY)


@pytest.mark.parametrize("place", range(16))
def test_two_neighbours_swapped_are_seen(place: int) -> None:
    number = EXAMPLES[0]
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    if swapped != number:
        with pytest.raises(Refusal):
            id_number(swapped, today=TODAY)


def test_who_was_born_before_1900_is_refused_though_the_check_holds() -> None:
    with pytest.raises(Refusal) as refusal:
        id_number(EXAMPLES[1], today=TODAY)
    assert "birth" in refusal.value.text.en


@pytest.mark.parametrize(
    ("today", "years"), [(date(2026, 12, 30), 76), (date(2026, 12, 31), 77), (date(2027, 1, 1), 77)]
)
def test_age_changes_on_the_birthday(today: date, years: int) -> None:
    assert age(EXAMPLES[0], today=today) == years


def test_masks() -> None:
    assert masked_id_number(EXAMPLES[0]) == "1****************X"
    assert (masked_name("张三"), masked_name("欧阳锋")) == ("张*", "欧**")
    assert masked_phone("+8613812345678") == "138****5678"


@pytest.mark.parametrize("written", ["13812345678", "+8613812345678", "008613812345678", "86 138-1234-5678"])
def test_a_phone_has_one_form(written: str) -> None:
    assert phone_number(written) == "+8613812345678"

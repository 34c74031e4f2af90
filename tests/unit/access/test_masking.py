"""Personal data masked: enough to tell people apart, and never more than two thirds of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanhui.support.security.access.masking import mask_card, mask_id_number, mask_login, mask_name, mask_phone


@pytest.mark.parametrize(
    ("mask", "clear", "masked"),
    [
        (mask_phone, "13812345678", "138****5678"), (mask_phone, "+8613812345678", "+86*******5678"), (mask_phone, "12345", "***45"), (mask_phone, "", ""),
        (mask_name, "张三", "张*"), (mask_name, "欧阳娜娜", "欧***"), (mask_name, "王", "*"), (mask_name, "", ""),
        (mask_id_number, "440305199001011234", "4****************4"), (mask_id_number, "12", "1*"),
        (mask_card, "6222021234567890123", "***************0123"), (mask_card, "1234", "**34"), (mask_login, "alice", "al***"), (mask_login, "ab", "a*"),
    ],
)  # fmt: skip
def test_masks(mask, clear, masked):
    assert mask(clear) == masked


@given(
    st.sampled_from([mask_phone, mask_name, mask_id_number, mask_card, mask_login]),
    st.text(min_size=1).filter(lambda t: "*" not in t),
)
def test_at_least_a_third_is_hidden_and_the_length_is_kept(mask, clear):
    masked = mask(clear)
    assert len(masked) == len(clear)
    assert masked.count("*") * 3 >= len(clear)

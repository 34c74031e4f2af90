"""What is sealed for a person opens for that person and field alone, and for nobody once the key is shredded."""

from dataclasses import replace

import pytest
from tests.batches import NOW, query

from tanhui.core.refusal import Refusal
from tanhui.support.security.keys.services import (
    blind_index,
    new_key,
    open_owner,
    prepare_keys,
    seal,
    seal_many,
    shred,
    unseal,
    unseal_many,
)
from tanhui.support.security.keys.types import NoKey, Shredded, Tampered

NAME, PHONE = "persons_identity.name", "persons_identity.phone"
ANNA, BO = 41, 42
SUITES = ["international", "national"]


def keys() -> list[tuple[int, bool]]:
    return [(row["owner"], row["wrapped"] is not None) for row in query("SELECT * FROM keys_data_key ORDER BY owner")]


@pytest.mark.parametrize("suite", SUITES)
def test_what_is_sealed_opens_again(settings, suite):
    settings.TANHUI_KEYS = replace(settings.TANHUI_KEYS, suite=suite)
    open_owner(ANNA, now=NOW)

    blob = seal(ANNA, NAME, "欧阳安娜")

    assert unseal(ANNA, NAME, blob) == "欧阳安娜"
    assert unseal(ANNA, NAME, memoryview(blob)) == "欧阳安娜"
    assert len(blob) == 30 + len("欧阳安娜".encode())
    assert seal(ANNA, NAME, "欧阳安娜") != blob
    assert unseal(ANNA, NAME, seal(ANNA, NAME, "")) == ""


@pytest.mark.parametrize("suite", SUITES)
def test_a_blob_does_not_open_elsewhere_or_altered(settings, suite):
    settings.TANHUI_KEYS = replace(settings.TANHUI_KEYS, suite=suite)
    open_owner(ANNA, now=NOW)
    open_owner(BO, now=NOW)
    blob = seal(ANNA, NAME, "Anna")

    with pytest.raises(Tampered):
        unseal(ANNA, PHONE, blob)
    with pytest.raises(Tampered):
        unseal(BO, NAME, blob)
    for place in range(len(blob)):
        with pytest.raises(Tampered):
            unseal(ANNA, NAME, blob[:place] + bytes([blob[place] ^ 1]) + blob[place + 1 :])
        with pytest.raises(Tampered):
            unseal(ANNA, NAME, blob[:place])
    with pytest.raises(Tampered):
        unseal(ANNA, NAME, blob + b"\0")


def test_a_person_with_another_ones_wrapped_key_opens_nothing():
    from tanhui.support.security.keys.models import DataKey

    open_owner(ANNA, now=NOW)
    open_owner(BO, now=NOW)
    blob = seal(ANNA, NAME, "Anna")
    DataKey.objects.filter(owner=BO).update(wrapped=DataKey.objects.get(owner=ANNA).wrapped)
    forget_all()

    with pytest.raises(Tampered):
        unseal(BO, NAME, blob)


def test_each_suite_reads_what_the_other_wrote(settings):
    open_owner(ANNA, now=NOW)
    ours = seal(ANNA, NAME, "Anna")
    settings.TANHUI_KEYS = replace(settings.TANHUI_KEYS, suite="national")
    theirs = seal(ANNA, NAME, "Anna")

    assert (ours[:2], theirs[:2]) == (b"\x01\x01", b"\x01\x02")
    assert unseal_many([(ANNA, NAME, ours), (ANNA, NAME, theirs)]) == ["Anna", "Anna"]


def test_many_are_sealed_and_opened_in_order():
    for owner in (ANNA, BO):
        open_owner(owner, now=NOW)
    items = [(BO, NAME, "Bo"), (ANNA, NAME, "Anna"), (BO, PHONE, "13800000000")]

    blobs = seal_many(items)

    opened = unseal_many([(owner, field, blob) for (owner, field, _), blob in zip(items, blobs, strict=True)])
    assert opened == ["Bo", "Anna", "13800000000"]
    assert seal_many([]) == []


def test_without_a_key_nothing_is_sealed():
    with pytest.raises(NoKey):
        seal(ANNA, NAME, "Anna")
    with pytest.raises(NoKey):
        unseal(ANNA, NAME, bytes(40))
    assert keys() == []


def test_who_has_a_key_keeps_it():
    open_owner(ANNA, now=NOW, key=new_key(ANNA))
    before = query("SELECT * FROM keys_data_key")
    blob = seal(ANNA, NAME, "Anna")

    open_owner(ANNA, now=NOW)
    open_owner(ANNA, now=NOW, key=new_key(ANNA))

    assert query("SELECT * FROM keys_data_key") == before
    assert unseal(ANNA, NAME, blob) == "Anna"


def test_a_shredded_key_is_gone_for_good():
    open_owner(ANNA, now=NOW)
    open_owner(BO, now=NOW)
    blob, other = seal(ANNA, NAME, "Anna"), seal(BO, NAME, "Bo")

    shred(ANNA, now=NOW)
    shred(ANNA, now=NOW)

    assert keys() == [(ANNA, False), (BO, True)]
    for refused in (
        lambda: unseal(ANNA, NAME, blob), lambda: seal(ANNA, NAME, "Anna"), lambda: open_owner(ANNA, now=NOW)
    ):  # fmt: skip
        with pytest.raises(Shredded):
            refused()
    assert unseal_many([(ANNA, NAME, blob), (BO, NAME, other)]) == [None, "Bo"]


def test_a_key_remembered_is_not_used_once_another_process_shredded_it():
    from tanhui.support.security.keys.models import DataKey

    open_owner(ANNA, now=NOW)
    blob = seal(ANNA, NAME, "Anna")
    DataKey.objects.filter(owner=ANNA).update(wrapped=None, shredded_at=NOW)

    with pytest.raises(Shredded):
        unseal(ANNA, NAME, blob)


def test_who_is_shredded_before_having_a_key_never_gets_one():
    shred(ANNA, now=NOW)

    with pytest.raises(Shredded):
        open_owner(ANNA, now=NOW)
    assert keys() == [(ANNA, False)]


def test_equal_texts_of_a_field_have_one_index_and_fields_have_nothing_in_common():
    index = blind_index(PHONE, "13800000000")

    forget_all()
    assert blind_index(PHONE, "13800000000") == index
    assert len(index) == 32
    assert len({index, blind_index(PHONE, "13800000001"), blind_index(NAME, "13800000000")}) == 3


def test_an_index_stays_when_the_suite_is_switched(settings):
    index = blind_index(PHONE, "13800000000")
    settings.TANHUI_KEYS = replace(settings.TANHUI_KEYS, suite="national")

    assert blind_index(PHONE, "13800000000") == index


def test_what_is_no_text_is_refused():
    open_owner(ANNA, now=NOW)
    for action in (lambda: seal(ANNA, NAME, "\ud800"), lambda: blind_index(NAME, "\ud800")):
        with pytest.raises(Refusal) as refusal:
            action()
        assert (refusal.value.code, refusal.value.field) == ("not_text", NAME)


def test_keys_prepared_are_used_without_the_provider(settings, keyring):
    open_owner(ANNA, now=NOW)
    index = blind_index(PHONE, "13800000000")
    forget_all()
    prepare_keys(owners=[ANNA], fields=[PHONE])
    keyring.unlink()

    assert unseal(ANNA, NAME, seal(ANNA, NAME, "Anna")) == "Anna"
    assert blind_index(PHONE, "13800000000") == index
    forget_all()
    with pytest.raises(Refusal) as refusal:
        seal(ANNA, NAME, "Anna")
    assert refusal.value.code == "keyring_missing"


def forget_all() -> None:
    from tanhui.support.security.keys.installation import installation

    installation().open_keys.clear()

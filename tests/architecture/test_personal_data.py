"""Every stored field says in the register what it says of a person; and what is sealed can be sealed anew."""

from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection, models

from tanhui.support.security.personal_data.register import BadLabelError, read_labels, register, terms
from tanhui.support.security.personal_data.sealed import sealed_columns
from tanhui.support.security.personal_data.types import BY_PLATFORM


def stored_fields() -> set[str]:
    """Every field of every table, of other people's apps too."""
    return {
        f"{model._meta.app_label}.{model._meta.object_name}.{field.name}"
        for model in apps.get_models(include_auto_created=True)
        if not model._meta.proxy
        for field in model._meta.local_concrete_fields
    }


def test_every_field_has_a_label_and_every_label_a_field():
    labelled = {label.name for label in register()}

    assert {"unlabelled": sorted(stored_fields() - labelled), "gone": sorted(labelled - stored_fields())} == {
        "unlabelled": [], "gone": []
    }  # fmt: skip


def test_a_field_is_labelled_once():
    names = [label.name for label in register()]
    assert len(names) == len(set(names))


def test_every_word_is_said_in_both_languages():
    said = [
        text
        for words in (terms().kinds, terms().purposes, terms().bases, terms().retentions)
        for text in words.values()
    ]
    said += [label.note for label in register() if label.note]
    assert all(text.zh and text.en and text.zh != text.en for text in said)


def test_what_is_sealed_is_binary_and_has_an_owner():
    for label in register():
        if label.sealed_by:
            fields = apps.get_model(label.app, label.model)._meta
            assert isinstance(fields.get_field(label.field), models.BinaryField), label.name
            if label.sealed_by == BY_PLATFORM:
                continue
            owner = fields.get_field(label.sealed_by)
            column = owner.target_field if owner.is_relation else owner
            assert isinstance(column, models.BigIntegerField | models.BigAutoField), label.name


@pytest.mark.django_db
def test_what_is_sealed_may_be_sealed_anew_by_the_application():
    for column in sealed_columns():
        with connection.cursor() as cursor:
            cursor.execute("SELECT has_column_privilege(%s, %s, 'UPDATE')", [column.table, column.column])
            assert cursor.fetchone() == (True,), f"GRANT UPDATE ({column.column}) ON {column.table}"


@pytest.mark.parametrize(
    "written",
    [
        "secret",
        "{kind: personal}",
        "{kind: personal, purpose: account, basis: contract}",
        "{kind: personal, purpose: account, basis: contract, retention: whenever}",
        "{kind: sensitive, purpose: account, basis: consent, retention: account}",
        "{kind: none, purpose: account}",
        "{kind: none, colour: red}",
        "{kind: none, sealed_by: id}",
    ],
)
def test_a_label_that_is_none_is_an_error(tmp_path: Path, written: str):
    file = tmp_path / "shop.yaml"
    file.write_text(f"models: {{Order: {{buyer: {written}}}}}\n")

    with pytest.raises(BadLabelError, match=r"shop\.Order\.buyer"):
        read_labels(file)


def test_a_label_takes_the_reasons_of_its_file(tmp_path: Path):
    file = tmp_path / "shop.yaml"
    file.write_text(
        "purpose: account\nbasis: contract\nretention: books\n"
        "models: {Order: {id: none, buyer: pseudonym, name: {kind: sensitive, basis: consent, sealed_by: buyer},\n"
        "  seal: {kind: none, sealed_by: platform}}}\n"
    )

    found = [(label.field, label.kind, label.purpose, label.basis, label.sealed_by) for label in read_labels(file)]

    assert found == [
        ("id", "none", "", "", ""), ("buyer", "pseudonym", "account", "contract", ""),
        ("name", "sensitive", "account", "consent", "buyer"), ("seal", "none", "", "", "platform"),
    ]  # fmt: skip

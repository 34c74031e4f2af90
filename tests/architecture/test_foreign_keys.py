"""Foreign keys point down the tree and offer no way back up. They are strings, which tools for imports do not see."""

from django.apps import apps

ORDER = (
    *("proof", "keys", "audit", "access", "approvals", "ledger", "organizations", "credentials", "persons"),
    *("identify", "quantify", "collect", "account", "points", "incentives", "evaluate", "improve", "sharing"),
)
RANK = {label: rank for rank, label in enumerate(ORDER)}


def test_foreign_keys_point_down_and_do_not_lead_back():
    wrong = []
    own = [config for config in apps.get_app_configs() if config.name.startswith("tanhui.")]
    for model in (model for config in own for model in config.get_models()):
        here = model._meta.app_label
        for field in model._meta.get_fields():
            if here not in RANK or field.auto_created or not field.is_relation or not field.related_model:
                continue
            there = field.related_model._meta.app_label
            if there not in RANK or there == here:
                continue
            if RANK[there] > RANK[here]:
                wrong.append(f"{model._meta.label}.{field.name} points up to {there}")
            elif not field.remote_field.hidden:
                wrong.append(f"{model._meta.label}.{field.name} lets {there} see {here}: related_name='+' is missing")
    assert wrong == []


def test_every_app_with_models_has_its_place_in_the_order():
    own = {config.label for config in apps.get_app_configs() if config.name.startswith("tanhui.")}
    assert {label for label in own if list(apps.get_app_config(label).get_models())} <= set(ORDER)

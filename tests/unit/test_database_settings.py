from pathlib import Path

import pytest

from tanhui.config.engine.database import connect_parameters, database_settings, parse_url
from tanhui.config.engine.errors import EngineError
from tanhui.config.environment import read_environment

PREPARED = {"server_side_binding": True, "prepare_threshold": 1}


def test_without_a_url_the_embedded_database_is_named_and_not_started(tmp_path: Path):
    settings = database_settings(read_environment({"TANHUI_HOME": str(tmp_path / "home")}))
    assert settings["ENGINE"] == "tanhui.config.engine.backend"
    assert settings["NAME"] == "tanhui"
    assert settings["TANHUI_HOME"] == tmp_path / "home"
    assert settings["OPTIONS"] == PREPARED
    assert not (tmp_path / "home").exists()


def test_a_url_becomes_djangos_settings():
    url = "postgresql://%E7%94%A8%E6%88%B7:p%40ss@db.example:6432/tan%20hui?sslmode=verify-full&sslrootcert=/ca.pem"
    settings = database_settings(read_environment({"TANHUI_DATABASE_URL": url}))
    assert settings["ENGINE"] == "django.db.backends.postgresql"
    assert {name: settings[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT")} == {
        "NAME": "tan hui",
        "USER": "用户",
        "PASSWORD": "p@ss",
        "HOST": "db.example",
        "PORT": "6432",
    }
    assert settings["OPTIONS"] == PREPARED | {"sslmode": "verify-full", "sslrootcert": "/ca.pem"}


def test_a_url_may_name_a_socket_directory():
    env = read_environment({"TANHUI_DATABASE_URL": "postgresql:///tanhui?host=/run/postgresql&port=5433"})
    assert connect_parameters(env) == {"dbname": "tanhui", "host": "/run/postgresql", "port": "5433"}
    assert database_settings(env)["HOST"] == "/run/postgresql"


@pytest.mark.parametrize(
    "url", ["mysql://u:secret@h/d", "postgresql://u:secret@h", "postgresql://u:secret@h/d?colour=1"]
)
def test_an_address_that_cannot_be_read_is_refused_without_repeating_the_password(url: str):
    with pytest.raises(EngineError) as refusal:
        parse_url(url)
    assert refusal.value.code == "bad_database_url"
    assert "secret" not in str(refusal.value)


def test_the_environment_does_not_print_its_secrets():
    env = read_environment({"TANHUI_DATABASE_URL": "postgresql://u:secret@h/d", "TANHUI_SECRET_KEY": "secret"})
    assert "secret" not in repr(env).replace("secret_key", "")

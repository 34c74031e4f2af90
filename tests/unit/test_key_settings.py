from pathlib import Path

from tanhui.config.environment import read_environment
from tanhui.config.keys import key_settings
from tanhui.support.security.keys.types import VaultSettings


def test_without_a_word_it_is_the_international_suite_and_a_keyring_at_home(tmp_path: Path):
    settings = key_settings(read_environment({"TANHUI_HOME": str(tmp_path / "home")}))

    assert (settings.suite, settings.provider, settings.sm_libcrypto) == ("international", "local", "")
    assert settings.keyring == tmp_path / "home" / "keyring.json"
    assert settings.vault == VaultSettings()
    assert not (tmp_path / "home").exists()


def test_the_environment_chooses(tmp_path: Path):
    environment = read_environment({
        "TANHUI_HOME": str(tmp_path), "TANHUI_CIPHER_SUITE": "National", "TANHUI_KEY_PROVIDER": "vault",
        "TANHUI_SM_LIBCRYPTO": "/opt/tongsuo/lib/libcrypto.so", "TANHUI_VAULT_ADDR": "https://vault:8200",
        "TANHUI_VAULT_TOKEN": "hvs.secret", "TANHUI_VAULT_MOUNT": "carbon", "TANHUI_VAULT_KEY": "persons",
        "TANHUI_VAULT_NAMESPACE": "city", "TANHUI_VAULT_TOKEN_FILE": str(tmp_path / "token"),
    })  # fmt: skip
    settings = key_settings(environment)

    assert (settings.suite, settings.provider) == ("national", "vault")
    assert settings.sm_libcrypto == "/opt/tongsuo/lib/libcrypto.so"
    assert settings.vault == VaultSettings(
        address="https://vault:8200", token="hvs.secret", token_file=tmp_path / "token", mount="carbon", key="persons",
        namespace="city",
    )  # fmt: skip
    assert "hvs.secret" not in repr(environment) + repr(settings)

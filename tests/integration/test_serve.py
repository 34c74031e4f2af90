"""`tanhui serve` as a process of its own: over TLS alone, to clients with a certificate alone, with the headers of security."""

import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

CONFIG = "/_allauth/app/v1/config"


def certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """A certificate of this machine that signs itself, and its key: their files."""
    key = ec.generate_private_key(ec.SECP256R1())
    called = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    written = (
        x509.CertificateBuilder().subject_name(called).issuer_name(called).public_key(key.public_key()).serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1)).not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True).sign(key, SHA256())
    )  # fmt: skip
    files = folder / f"{name}.pem", folder / f"{name}.key"
    files[0].write_bytes(written.public_bytes(Encoding.PEM))
    files[1].write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return files


@pytest.fixture
def served(tmp_path, django_db_setup, django_db_blocker, run_of_tests, worker_id, monkeypatch) -> Iterator[str]:
    """The address of a server with TLS that wants client certificates signed by `client`."""
    with django_db_blocker.unblock():
        database = run_of_tests.clone(f"{worker_id}_serve")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    chain, key = certificate(tmp_path, "server")
    monkeypatch.setenv("TANHUI_DATABASE_URL", run_of_tests.address(database))
    monkeypatch.setenv("TANHUI_TLS_CERT", str(chain))
    monkeypatch.setenv("TANHUI_TLS_KEY", str(key))
    monkeypatch.setenv("TANHUI_TLS_CLIENT_CA", str(certificate(tmp_path, "client")[0]))
    program = [sys.executable, "-c", "from tanhui.config.console import main; main()", "serve", "--port", str(port)]
    with subprocess.Popen(program, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        said = ""
        for line in process.stderr:
            said += line
            if "running on https://" in line:
                break
        else:
            pytest.fail(said)
        yield f"https://127.0.0.1:{port}"
        process.terminate()
        assert process.wait(20) == 0 or process.returncode == -15
    with django_db_blocker.unblock():
        run_of_tests.drop(database)


def test_it_is_reached_over_tls_with_a_certificate_alone(served, tmp_path):
    trusting = ssl.create_default_context(cafile=tmp_path / "server.pem")
    with pytest.raises(httpx.TransportError), httpx.Client(verify=trusting) as stranger:
        stranger.get(served + CONFIG)
    with pytest.raises(httpx.TransportError):
        httpx.get(served.replace("https", "http") + CONFIG)

    trusting.load_cert_chain(tmp_path / "client.pem", tmp_path / "client.key")
    with httpx.Client(verify=trusting, base_url=served) as client:
        answer = client.get(CONFIG)
        assert answer.status_code == 200
        assert answer.headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"
        assert "server" not in answer.headers
        assert client.get("/admin/").status_code == 404
        assert client.get(CONFIG, headers={"host": "evil.example"}).status_code == 400
        refused = client.post("/_allauth/app/v1/auth/login", json={"username": "nobody", "password": "x"})
        assert (refused.status_code, refused.json()["errors"][0]["code"]) == (400, "username_password_mismatch")

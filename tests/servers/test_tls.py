"""TLS as the URL asks for it, with certificates of our own making.

The embedded server is built without TLS. So an end of TLS in Python stands before it, which is here always, and
beside that Debian's server is asked, where it is installed.
"""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

import pytest
import trustme

from tests import postgres
from tests.cli.processes import run
from tests.conftest import QUICK
from tests.postgres import Server

_SSL_REQUEST = bytes.fromhex("0000000804d2162f")
_HBA = "local all all trust\nhostssl all certified all cert\nhostssl all all all trust\n"


class Target(NamedTuple):
    """Where TLS is spoken, as `localhost`, and the folder of the certificates."""

    port: int
    path: str
    folder: Path

    def url(self, host: str = "localhost", user: str = "postgres", **parameters: str) -> str:
        """A URL with parameters; those that name a file of the folder get its path."""
        files = {name: str(self.folder / value) if "." in value else value for name, value in parameters.items()}
        query = "&".join(f"{name}={value}" for name, value in files.items())
        return f"postgresql://{user}@{host}:{self.port}{self.path}?{query}"

    def say(self, url: str) -> str:
        """What `pipeline db current` says of the database; its error, if it is one."""
        done = run(self.folder, "db", "current", PIPELINE_DATABASE_URL=url)
        assert bool(done.returncode) == bool(done.stderr)
        return done.stdout or done.stderr


@pytest.fixture
def certificate(folder: Path) -> trustme.LeafCert:
    """The certificate of `localhost`. In the folder: `root.crt`, another's `other.crt`, and a client's."""
    root = trustme.CA()
    root.cert_pem.write_to_path(folder / "root.crt")
    trustme.CA().cert_pem.write_to_path(folder / "other.crt")
    client = root.issue_cert("ana@example.org", common_name="certified")
    client.cert_chain_pems[0].write_to_path(folder / "client.crt")
    client.private_key_pem.write_to_path(folder / "client.key")
    (folder / "client.key").chmod(0o600)
    return root.issue_cert("localhost")


@pytest.fixture
def debian(certificate: trustme.LeafCert, folder: Path) -> Iterator[Server]:
    """Debian's server, which lets nobody in without TLS and `certified` only with a certificate."""
    found = postgres.find("15")
    if found is None:
        pytest.skip("Debian's PostgreSQL 15 is not installed here")
    files = {
        "server.crt": certificate.cert_chain_pems[0].bytes(),
        "server.key": certificate.private_key_pem.bytes(),
        "root.crt": (folder / "root.crt").read_bytes(),
    }
    settings = {"ssl": "on", "ssl_ca_file": "root.crt", "ssl_cert_file": "server.crt", "ssl_key_file": "server.key"}
    with postgres.serve(found, folder, QUICK | settings, _HBA, files) as server:
        yield server


@pytest.fixture(params=["python", "debian"])
def target(request: pytest.FixtureRequest, certificate: trustme.LeafCert, folder: Path) -> Iterator[Target]:
    """A PostgreSQL behind TLS."""
    if request.param == "debian":
        yield Target(request.getfixturevalue("debian").port, "/postgres", folder)
        return
    database = urlsplit(request.getfixturevalue("blank"))
    [host], [number] = (parse_qs(database.query)[name] for name in ("host", "port"))
    with _before(f"{host}/.s.PGSQL.{number}", certificate) as port:
        yield Target(port, database.path, folder)


@contextmanager
def _before(server: str, certificate: trustme.LeafCert) -> Iterator[int]:
    """The port of an end of TLS before a server's socket."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while piece := await reader.read(65536):
                writer.write(piece)
        writer.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            assert await reader.readexactly(len(_SSL_REQUEST)) == _SSL_REQUEST
            writer.write(b"S")
            await writer.start_tls(context)
            answers, questions = await asyncio.open_unix_connection(server)
            await asyncio.gather(pass_on(reader, questions), pass_on(answers, writer))
        writer.close()

    with asyncio.Runner() as runner:
        listening = runner.run(asyncio.start_server(serve, "127.0.0.1", 0))
        loop = runner.get_loop()
        thread = threading.Thread(target=loop.run_forever)
        thread.start()
        try:
            yield int(listening.sockets[0].getsockname()[1])
        finally:
            loop.call_soon_threadsafe(loop.stop)
            thread.join()
            listening.close()


@pytest.mark.parametrize("mode", ["require", "verify-ca", "verify-full"])
def test_the_right_root_is_believed(target: Target, mode: str) -> None:
    assert "nothing (newest is" in target.say(target.url(sslmode=mode, sslrootcert="root.crt"))


@pytest.mark.parametrize("mode", ["require", "verify-ca", "verify-full"])
def test_a_wrong_root_is_an_error_in_words(target: Target, mode: str) -> None:
    said = target.say(target.url(sslmode=mode, sslrootcert="other.crt"))

    assert said.startswith("error: The database cannot be reached: the server's certificate is not the one expected (")
    assert said.count("\n") == 1


def test_a_wrong_host_name_is_an_error_in_words_where_it_matters(target: Target) -> None:
    said = target.say(target.url("127.0.0.1", sslmode="verify-full", sslrootcert="root.crt"))

    assert "the server's certificate is not the one expected (IP address mismatch" in said
    assert "nothing (newest" in target.say(target.url("127.0.0.1", sslmode="verify-ca", sslrootcert="root.crt"))


def test_a_file_that_is_no_certificate_or_is_not_there(target: Target) -> None:
    (target.folder / "empty.crt").touch()

    assert "TLS with the server fails (" in target.say(target.url(sslmode="verify-ca", sslrootcert="empty.crt"))
    said = target.say(target.url(sslmode="verify-ca", sslrootcert="missing.crt"))
    assert "missing.crt (sslrootcert) cannot be read" in said
    assert (
        "root certificate file"
        in run(
            target.folder, "db", "current", PIPELINE_DATABASE_URL=target.url(sslmode="verify-full"), HOME="/nonexistent"
        ).stderr
    )


def test_without_tls_a_server_that_wants_it_lets_nobody_in(debian: Server, folder: Path) -> None:
    said = Target(debian.port, "/postgres", folder)

    assert "lets this user in only from elsewhere or otherwise" in said.say(said.url(sslmode="disable"))
    assert "nothing (newest is" in said.say(said.url(sslmode="prefer"))


def test_a_client_shows_its_certificate(debian: Server, folder: Path) -> None:
    target = Target(debian.port, "/postgres", folder)
    created = run(folder, "db", "psql", "-c", "CREATE ROLE certified LOGIN", PIPELINE_DATABASE_URL=debian.url())
    assert created.returncode == 0, created.stderr

    shown = {"sslmode": "verify-full", "sslrootcert": "root.crt", "sslcert": "client.crt", "sslkey": "client.key"}
    assert "nothing (newest is" in target.say(target.url(user="certified", **shown))
    said = target.say(target.url(user="certified", sslmode="require"))
    assert "does not accept this user and password" in said or "the connection broke off" in said


def test_tls_is_asked_of_a_server_that_has_none(guarded: Server, folder: Path) -> None:
    done = run(folder, "db", "current", PIPELINE_DATABASE_URL=f"{guarded.tcp()}?sslmode=require")

    assert done.returncode == 1
    assert "the server does not speak TLS, which sslmode asks for" in done.stderr

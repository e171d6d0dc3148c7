"""The client of a cluster, over small servers that fail in every way."""

from __future__ import annotations

import ast
import base64
import dataclasses
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme
from opensearchpy import ConflictError, NotFoundError, OpenSearch

from indexer.cluster import connection, failures
from indexer.cluster.connection import connect
from indexer.config import SourceSettings
from indexer.config_file import load_settings
from indexer.errors import BackfileError, BusyError, ConfigError, IndexMissingError, SourceUnavailableError
from tests.archives import REPOSITORY
from tests.cluster.servers import AUTHORITY, Reply, Server, TlsProxy, free_port, host_context, running

INFO = Reply(body={"version": {"number": "2.19.6"}})
OVERLOADED = Reply(429, {"error": {"type": "rejected_execution_exception", "reason": "rejected execution"}})
NOT_CONNECTED = Reply(
    500, {"error": {"type": "node_not_connected_exception", "reason": "[node-3] Node not connected"}}
)
NOT_READY = Reply(503, {"error": "starting"})


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "PAUSES", (0.0, 0.0, 0.0))


def settings_of(*hosts: str, **changes: Any) -> SourceSettings:
    return dataclasses.replace(load_settings().source, hosts=hosts, **changes)


def client_of(*hosts: str, environment: dict[str, str] | None = None, **changes: Any) -> OpenSearch:
    return connect(settings_of(*hosts, **changes), environment or {})


def failure(*hosts: str, **changes: Any) -> BackfileError:
    with client_of(*hosts, **changes) as client, pytest.raises(BackfileError) as caught:
        client.info()
    return caught.value


def refused(reply: Reply) -> BackfileError:
    with running(Server(reply)) as server:
        found = failure(server.url)
        assert server.url in found.where
    return found


def blocked(reason: str, status: int) -> Reply:
    return Reply(status, {"error": {"type": "cluster_block_exception", "reason": reason}, "status": status})


class TestFailures:
    """Each is one sentence: what, where, how to repair it."""

    def test_nobody_listens(self) -> None:
        host = f"http://127.0.0.1:{free_port()}"
        message = f"the search server cannot be reached ({host}). Start it, or check source.hosts."
        assert str(failure(host)) == message

    def test_a_name_that_is_nobodys(self) -> None:
        assert "cannot be resolved (http://nobody.invalid:9200)" in str(failure("http://nobody.invalid"))

    def test_an_answer_that_comes_too_late(self) -> None:
        with running(Server(Reply(seconds=0.6))) as server:
            message = str(failure(server.url, timeout_ms=200))
            assert len(server.requests) == 1  # a slow server gets no second request
        assert "does not answer in time" in message
        assert "raise source.timeout_ms" in message

    def test_a_connection_that_is_closed(self) -> None:
        assert "closed the connection" in str(refused(Reply(0)))

    @pytest.mark.parametrize(
        "reply",
        [
            Reply(kind="text/html", body=b"<p>Welcome"),
            Reply(body=b"{"),
            Reply(404, b"<h1>Not Found", kind="text/html"),
            Reply(404, {"detail": "Not Found"}),
            Reply(404, {"status": 404, "error": "Not Found", "path": "/"}),
            Reply(501, b"<h1>Unsupported method", kind="text/html"),
        ],
    )
    def test_another_server(self, reply: Reply) -> None:
        assert str(refused(reply)).startswith("the server at this address is not OpenSearch")

    @pytest.mark.parametrize(
        ("reply", "kind", "message"),
        [
            (Reply(401, b"Unauthorized", kind="text/plain"), SourceUnavailableError, "does not accept the credentials"),
            (Reply(403, {"error": {"type": "security_exception", "reason": "no permissions"}}), failures.DeniedError, "403: no permissions). Let the user read and write"),
            (OVERLOADED, BusyError, "is overloaded"),
            (Reply(429, {"error": {"type": "circuit_breaking_exception", "reason": "Data too large"}}), BusyError, "Data too large"),
            (Reply(429, b"slow down"), BusyError, "is overloaded"),
            (NOT_READY, SourceUnavailableError, "is not ready"),
            (Reply(502, b"", kind="text/html"), SourceUnavailableError, "is not ready"),
            (Reply(503, {"error": {"type": "cluster_manager_not_discovered_exception", "reason": None}}), SourceUnavailableError, "no elected manager"),
            (Reply(503, {"error": {"root_cause": [], "type": "search_phase_execution_exception", "reason": "all shards failed"}}), SourceUnavailableError, "all shards failed). Start the nodes"),
            (NOT_CONNECTED, SourceUnavailableError, "[node-3] Node not connected). Start the nodes"),
            (NOT_CONNECTED, SourceUnavailableError, "no elected manager"),
            (Reply(503, {"error": {"type": "unavailable_shards_exception", "reason": "primary shard is not active"}}), SourceUnavailableError, "on no running node"),
            (blocked("blocked by: [SERVICE_UNAVAILABLE/1/state not recovered / initialized];", 503), SourceUnavailableError, "no elected manager"),
            (blocked("index [a] blocked by: [TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark];", 429), SourceUnavailableError, "disks are nearly full"),
            (blocked("index [a] blocked by: [FORBIDDEN/8/index write (api)];", 403), SourceUnavailableError, "an index is blocked"),
            (Reply(404, {"error": {"type": "index_not_found_exception", "reason": "no such index [a]"}}), IndexMissingError, "no such archive in the cluster"),
            (Reply(400, {"error": {"type": "parsing_exception", "reason": "unknown field"}}), SourceUnavailableError, "400: unknown field). Its log says more"),
            (Reply(500, {"error": {}}), SourceUnavailableError, "refuses a request"),
        ],
    )  # fmt: skip
    def test_a_refusal(self, reply: Reply, kind: type[BackfileError], message: str) -> None:
        found = refused(reply)
        assert isinstance(found, kind)
        assert message in str(found)
        assert found.cure

    def test_an_alias_that_is_missing_is_left_to_the_caller(self) -> None:
        missing = Reply(404, {"error": "alias [a] missing", "status": 404})
        with (
            running(Server(missing)) as server,
            client_of(server.url) as client,
            pytest.raises(NotFoundError),
        ):
            client.indices.get_alias(name="a")

    def test_what_the_caller_expects_is_left_to_it(self) -> None:
        missing, conflict = Reply(404, {"found": False}), Reply(409, {"error": {"type": "version_conflict"}})
        with running(Server(missing, conflict, missing)) as server, client_of(server.url) as client:
            with pytest.raises(NotFoundError):
                client.get(index="a", id="1")
            with pytest.raises(ConflictError):
                client.create(index="a", id="1", body={})
            assert client.exists(index="a", id="1") is False


class TestRepeats:
    """A request is sent again where that does no harm."""

    @pytest.mark.parametrize(
        "reply", [Reply(0), NOT_READY, NOT_CONNECTED, Reply(502), Reply(504), OVERLOADED]
    )
    def test_what_only_reads_is_sent_again(self, reply: Reply) -> None:
        with running(Server(reply, reply, reply, INFO)) as server, client_of(server.url) as client:
            assert client.search(index="a") == INFO.body
            assert len(server.requests) == 4

    def test_the_log_has_a_line_for_it(self, caplog: pytest.LogCaptureFixture) -> None:
        with running(Server(NOT_READY, INFO)) as server, client_of(server.url) as client:
            client.info()
        message = f"A request is sent again: the search server is not ready ({server.url}, 503: starting)."
        assert [one.getMessage() for one in caplog.records] == [f"{message} Try again in a minute."]

    def test_three_times_at_most(self) -> None:
        with running(Server(NOT_READY)) as server, client_of(server.url) as client:
            with pytest.raises(SourceUnavailableError):
                client.info()
            assert len(server.requests) == 4

    @pytest.mark.parametrize(
        ("write", "tries"),
        [
            (lambda client: client.index(index="a", id="1", body={}), 4),
            (lambda client: client.bulk(body=[{"index": {"_id": "1"}}, {}], index="a"), 4),
            (lambda client: client.delete(index="a", id="1"), 4),
            (lambda client: client.indices.put_mapping(index="a", body={}), 4),
            (lambda client: client.indices.create(index="a"), 1),  # a second one would be refused
            (lambda client: client.create(index="a", id="1", body={}), 1),
            (lambda client: client.index(index="a", id="1", body={}, op_type="create"), 1),
            (lambda client: client.index(index="a", id="1", body={}, if_seq_no=1, if_primary_term=1), 1),
            (lambda client: client.index(index="a", body={}), 1),  # it would have another id
            (lambda client: client.indices.update_aliases(body={}), 1),
        ],
    )
    def test_a_write_only_where_the_second_one_changes_nothing(self, write: Any, tries: int) -> None:
        with running(Server(Reply(0))) as server, client_of(server.url) as client:
            with pytest.raises(SourceUnavailableError):
                write(client)
            assert len(server.requests) == tries

    def test_a_write_that_was_not_begun_goes_to_another_host(self) -> None:
        gone = f"http://127.0.0.1:{free_port()}"
        with running(Server(OVERLOADED, INFO)) as server, client_of(gone, server.url) as client:
            for _ in range(3):
                assert client.index(index="a", body={}) == INFO.body

    def test_another_host_is_asked_where_one_does_not_answer(self) -> None:
        with running(Server(Reply(seconds=0.5))) as slow, running(Server(INFO)) as quick:
            with client_of(slow.url, quick.url, timeout_ms=150) as client:
                for _ in range(4):
                    assert client.info() == INFO.body
            assert len(slow.requests) == 1  # it is left alone for a while

    def test_only_one_more_host_where_none_answers(self) -> None:
        servers = [Server(Reply(seconds=0.4)) for _ in range(3)]
        with running(servers[0]), running(servers[1]), running(servers[2]):
            failure(*(server.url for server in servers), timeout_ms=150)
            assert sum(len(server.requests) for server in servers) == 2

    def test_a_request_may_have_its_own_limit_and_the_server_another(self) -> None:
        with running(Server(Reply(seconds=0.4))) as server, client_of(server.url, timeout_ms=100) as client:
            client.cluster.health(timeout="60s", request_timeout=5)
            assert server.requests[-1].path == "/_cluster/health?timeout=60s"
            with pytest.raises(SourceUnavailableError):
                client.cluster.health()


class TestCredentials:
    """They come from the environment alone."""

    @pytest.mark.parametrize(
        ("environment", "header"),
        [
            ({}, None),
            ({"BACKFILE_OPENSEARCH_USER": "ann", "BACKFILE_OPENSEARCH_PASSWORD": "pä:ss"}, "Basic " + base64.b64encode("ann:pä:ss".encode()).decode()),
            ({"BACKFILE_OPENSEARCH_TOKEN": "abc.def"}, "Bearer abc.def"),
        ],
    )  # fmt: skip
    def test_they_arrive(self, environment: dict[str, str], header: str | None) -> None:
        with running(Server(INFO)) as server, client_of(server.url, environment=environment) as client:
            client.info()
            assert server.requests[0].headers.get("authorization") == header

    @pytest.mark.parametrize(
        ("environment", "message"),
        [
            ({"USER": "ann"}, "BACKFILE_OPENSEARCH_USER is set without BACKFILE_OPENSEARCH_PASSWORD"),
            ({"PASSWORD": "x"}, "BACKFILE_OPENSEARCH_PASSWORD is set without BACKFILE_OPENSEARCH_USER"),
            ({"USER": "a", "PASSWORD": "x", "TOKEN": "t"}, "both a bearer token and a user are set"),
            ({"USER": "a:b", "PASSWORD": "x"}, "a user's name cannot have a colon"),
            ({"TOKEN": "one two"}, "a bearer token has letters, digits and signs only"),
        ],
    )
    def test_what_cannot_be_used_is_refused(self, environment: dict[str, str], message: str) -> None:
        named = {f"BACKFILE_OPENSEARCH_{name}": value for name, value in environment.items()}
        with pytest.raises(ConfigError) as caught:
            client_of("http://127.0.0.1:1", environment=named)
        assert message in str(caught.value)
        assert caught.value.cure


@dataclasses.dataclass(frozen=True)
class Papers:
    """Files of certificates: of the authority, of another one, and of a client."""

    ca: Path
    other_ca: Path
    client: Path
    key: Path


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Papers:
    folder = tmp_path_factory.mktemp("papers")
    found = Papers(*(folder / name for name in ("ca.pem", "other.pem", "client.pem", "key.pem")))
    AUTHORITY.cert_pem.write_to_path(str(found.ca))
    trustme.CA().cert_pem.write_to_path(str(found.other_ca))
    client = AUTHORITY.issue_cert("reader@news.example")
    client.cert_chain_pems[0].write_to_path(str(found.client))
    client.private_key_pem.write_to_path(str(found.key))
    return found


@pytest.fixture
def plain() -> Iterator[Server]:
    with running(Server(INFO)) as server:
        yield server


class TestTls:
    """Over a proxy that speaks TLS before a server that does not."""

    def test_a_host_of_the_right_authority(self, plain: Server, papers: Papers) -> None:
        proxy = TlsProxy(plain.url, host_context("127.0.0.1"))
        with running(proxy), client_of(proxy.url, ca=papers.ca) as client:
            assert client.info() == INFO.body

    @pytest.mark.parametrize("ca", ["other_ca", None])
    def test_a_host_of_another_authority(self, plain: Server, papers: Papers, ca: str | None) -> None:
        with running(TlsProxy(plain.url, host_context("127.0.0.1"))) as proxy:
            found = failure(proxy.url, ca=getattr(papers, ca) if ca else None)
            assert not proxy.requests
        assert "certificate is not accepted" in str(found)
        assert found.cure == "Name the file of the authority that issued it as source.ca."

    def test_a_certificate_for_another_name(self, plain: Server, papers: Papers) -> None:
        with running(TlsProxy(plain.url, host_context("search.example"))) as proxy:
            found = failure(proxy.url, ca=papers.ca)
        assert "certificate is not accepted" in str(found)
        assert found.cure == "Write a name that the certificate covers in source.hosts."

    def test_a_client_certificate_that_is_wanted(self, plain: Server, papers: Papers) -> None:
        context = host_context("127.0.0.1")
        context.verify_mode = ssl.CERT_REQUIRED
        AUTHORITY.configure_trust(context)
        with running(TlsProxy(plain.url, context)) as proxy:
            known = {"client_certificate": papers.client, "client_key": papers.key}
            with client_of(proxy.url, ca=papers.ca, **known) as client:
                assert client.info() == INFO.body
            # Its alert may be lost: it comes when the client believes that all is well, and sends already.
            assert "source.client_certificate" in str(failure(proxy.url, ca=papers.ca))

    def test_user_and_password_within_it(self, plain: Server, papers: Papers) -> None:
        header = "Basic " + base64.b64encode(b"ann:secret").decode()
        with running(TlsProxy(plain.url, host_context("127.0.0.1"), header)) as proxy:
            named = {"BACKFILE_OPENSEARCH_USER": "ann", "BACKFILE_OPENSEARCH_PASSWORD": "secret"}
            with client_of(proxy.url, environment=named, ca=papers.ca) as client:
                assert client.info() == INFO.body
            assert "does not accept the credentials" in str(failure(proxy.url, ca=papers.ca))

    def test_a_host_that_does_not_speak_it(self, plain: Server) -> None:
        found = failure(plain.url.replace("http:", "https:"))
        assert str(found).startswith("no TLS connection to the search server is possible")

    def test_a_host_that_speaks_it_to_a_client_that_does_not(self, plain: Server) -> None:
        with running(TlsProxy(plain.url, host_context("127.0.0.1"))) as proxy:
            assert "with https:// in source.hosts" in str(failure(proxy.url.replace("https:", "http:")))

    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"ca": Path("nowhere.pem")}, "the file cannot be used: No such file or directory (source.ca)"),
            ({"ca": Path(__file__)}, "the file cannot be used: it is not what it should be (source.ca)"),
            ({"client_certificate": Path(__file__)}, "it is not what it should be (source.client_certificate)"),
            ({"client_key": Path(__file__)}, "there is a key without its certificate (source.client_key)"),
        ],
    )  # fmt: skip
    def test_a_file_that_cannot_be_used(self, changes: dict[str, Path], message: str) -> None:
        with pytest.raises(ConfigError) as caught:
            client_of("https://127.0.0.1:1", **changes)
        assert message in str(caught.value)

    def test_a_key_with_a_password_asks_nobody(self, papers: Papers, tmp_path: Path) -> None:
        locked = tmp_path / "locked.pem"
        lock = ["openssl", "pkcs8", "-topk8", "-in", papers.key, "-passout", "pass:word", "-out", locked]
        subprocess.run(lock, check=True, capture_output=True)
        with pytest.raises(ConfigError, match="a key without a password"):
            client_of("https://127.0.0.1:1", client_certificate=papers.client, client_key=locked)

    def test_a_certificate_that_nobody_would_look_at(self, papers: Papers) -> None:
        with pytest.raises(ConfigError, match="no host speaks TLS"):
            client_of("http://127.0.0.1:1", ca=papers.ca)


def test_every_failure_is_in_the_documents() -> None:
    tree = ast.parse(Path(failures.__file__).read_text(encoding="utf-8"))
    said = {
        node.args[0].value.partition(" (")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "say"
    }
    text = (REPOSITORY / "docs" / "scaling.md").read_text(encoding="utf-8")
    assert [one for one in said if one[0].islower() and f"| {one} |" not in text] == []
    assert sum(one[0].islower() for one in said) > 10


WITHOUT_CLIENT = """
import sys
sys.modules["opensearchpy"] = None
from indexer import open_archive
from indexer.errors import ConfigError
try:
    open_archive("config.toml")
except ConfigError as error:
    print(error)
"""


def test_without_the_client_the_way_to_it_is_named(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('[source]\nkind = "opensearch"\n')
    run = [sys.executable, "-c", WITHOUT_CLIENT]
    done = subprocess.run(run, cwd=tmp_path, capture_output=True, text=True, check=True)
    message = "the client of OpenSearch is not installed (opensearchpy is missing) (source.kind)."
    assert done.stdout == f"{message} Run: pip install 'backfile[opensearch]'\n"


def test_the_embedded_source_imports_no_client(tmp_path: Path) -> None:
    code = (
        "import sys; from indexer import open_archive\n"
        f"try: open_archive(index={str(tmp_path)!r}).search('a')\n"
        "except Exception: pass\n"
        "print([name for name in sys.modules if name.startswith(('opensearchpy', 'indexer.cluster', 'urllib3'))])"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "[]\n"


def test_files_of_certificates_lie_beside_the_settings(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('[source]\nca = "ca.pem"\nclient_key = "/etc/key.pem"\n')
    source = load_settings(tmp_path / "config.toml").source
    assert (source.ca, source.client_key) == (tmp_path / "ca.pem", Path("/etc/key.pem"))
    assert source.client_certificate is None

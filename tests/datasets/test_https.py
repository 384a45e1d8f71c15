"""Downloads with the real pooch, from a server on this machine that can misbehave."""

import gzip
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pooch
import pytest

from mixtura.datasets import https
from mixtura.datasets.contract import SourceError
from mixtura.datasets.fashion_files import all_files, read_checked


class Server:
    """Answers on this machine; ``answer(handler)`` says how."""

    def __init__(self):
        self.answer = lambda handler: handler.send_error(404)

        class Handler(BaseHTTPRequestHandler):
            def do_GET(handler):
                self.answer(handler)

            def log_message(handler, *args):
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._http.server_port}/"
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    def close(self):
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


def send(handler, content, **headers):
    handler.send_response(200)
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.send_header("Content-Length", str(len(content)))
    handler.end_headers()
    handler.wfile.write(content)


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setitem(sys.modules, "pooch", pooch)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    server = Server()
    yield server
    server.close()


def name_of(handler):
    return handler.path.removeprefix("/").removesuffix(".gz")


def test_files_arrive_without_a_word(tmp_path, tiny, server, capfd):
    server.answer = lambda handler: send(handler, gzip.compress(tiny.contents[name_of(handler)]))
    assert https.fetch(tmp_path, server.address, all_files()) == tmp_path
    for file in all_files():
        assert read_checked(tmp_path, file) == tiny.contents[file.name]
    assert capfd.readouterr() == ("", "")


def test_a_server_that_declares_the_compression_serves_too(tmp_path, tiny, server):
    server.answer = lambda handler: send(
        handler, gzip.compress(tiny.contents[name_of(handler)]), Content_Encoding="gzip"
    )
    https.fetch(tmp_path, server.address, all_files())
    for file in all_files():
        assert read_checked(tmp_path, file) == tiny.contents[file.name]


def test_an_error_of_the_server_is_the_reason(tmp_path, tiny, server):
    with pytest.raises(SourceError, match=r"train-images-idx3-ubyte\.gz: HTTPError: 404 Client Error"):
        https.fetch(tmp_path, server.address, all_files())


def test_a_server_that_sends_without_end_is_stopped(tmp_path, tiny, server):
    server.answer = lambda handler: send(handler, bytes(2**18))
    with pytest.raises(SourceError, match="sends more bytes than the file can have"):
        https.fetch(tmp_path, server.address, all_files())
    assert (tmp_path / "train-images-idx3-ubyte.gz").stat().st_size < 2**18


def test_a_silent_server_is_left_soon(tmp_path, tiny, server, monkeypatch):
    monkeypatch.setattr(https, "TIMEOUT", (5, 0.2))
    released = threading.Event()
    server.answer = lambda handler: released.wait(30)
    began = time.monotonic()
    try:
        with pytest.raises(SourceError, match=r"train-images-idx3-ubyte\.gz: .*timed out"):
            https.fetch(tmp_path, server.address, all_files())
        assert time.monotonic() - began < 2
    finally:
        released.set()


def test_no_server_is_the_reason(tmp_path, tiny, server):
    server.close()
    with pytest.raises(SourceError, match="ConnectionRefusedError"):
        https.fetch(tmp_path, server.address, all_files())


def test_without_pooch_the_extra_is_named(monkeypatch):
    assert "pip install 'mixtura[data]'" in https.obstacle()
    monkeypatch.setitem(sys.modules, "pooch", pooch)
    assert https.obstacle() == ""


def test_every_mirror_speaks_https(monkeypatch):
    monkeypatch.undo()
    assert len(https.MIRRORS) == 2
    for mirror in https.MIRRORS:
        assert mirror.startswith("https://")
        assert mirror.endswith("/")
        assert https.host(mirror) in mirror

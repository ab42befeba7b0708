"""Requests that two servers in a row could read differently are refused, and nothing of them reaches a provider."""

import json

import pytest

from divan_gateway.tests.rig import CLIENT, PRODUCER
from divan_gateway.tests.sockets import received, tls_socket

ECHO = f"/r1/{PRODUCER}/echo"
LINE = f"POST {ECHO}/mirror HTTP/1.1\r\n"
HEAD = f"{LINE}Host: g\r\nX-Road-Client: {CLIENT}\r\n"
HIDDEN = f"GET {ECHO}/hidden HTTP/1.1\r\nHost: g\r\nX-Road-Client: {CLIENT}\r\n\r\n"
CHUNKED = "Transfer-Encoding: chunked\r\n"

CORPUS = {
    "two framings": f"{HEAD}Content-Length: 4\r\n{CHUNKED}\r\n0\r\n\r\n",
    "two framings, other order": f"{HEAD}{CHUNKED}Content-Length: 4\r\n\r\n0\r\n\r\n",
    "two lengths": f"{HEAD}Content-Length: 0\r\nContent-Length: 4\r\n\r\nabcd",
    "the same length twice": f"{HEAD}Content-Length: 4\r\nContent-Length: 4\r\n\r\nabcd",
    "a list of lengths": f"{HEAD}Content-Length: 4, 4\r\n\r\nabcd",
    "a signed length": f"{HEAD}Content-Length: +4\r\n\r\nabcd",
    "a negative length": f"{HEAD}Content-Length: -1\r\n\r\n",
    "a length in hex": f"{HEAD}Content-Length: 0x4\r\n\r\nabcd",
    "an empty length": f"{HEAD}Content-Length:\r\n\r\n",
    "a blank before the colon": f"{HEAD}Content-Length : 4\r\n\r\nabcd",
    "an unknown coding": f"{HEAD}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "a coding we cannot undo": f"{HEAD}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    "a coding after chunked": f"{HEAD}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    "two codings": f"{HEAD}{CHUNKED}Transfer-Encoding: identity\r\n\r\n0\r\n\r\n",
    "chunked twice": f"{HEAD}{CHUNKED}{CHUNKED}\r\n0\r\n\r\n",
    "a vertical tab": f"{HEAD}Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n",
    "a quoted coding": f'{HEAD}Transfer-Encoding: "chunked"\r\n\r\n0\r\n\r\n',
    "chunked in HTTP/1.0": HEAD.replace("1.1", "1.0") + f"{CHUNKED}\r\n0\r\n\r\n",
    "a disguised coding": f"{HEAD}Transfer_Encoding: chunked\r\n\r\n",
    "a disguised client": f"{HEAD}X_Road_Client: EE/GOV/other/sub\r\n\r\n",
    "two clients": f"{HEAD}X-Road-Client: EE/GOV/other/sub\r\n\r\n",
    "a folded line": f"{HEAD}X: a\r\n b\r\n\r\n",
    "a folded coding": f"{HEAD}Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
    "a blank after the first line": f"{LINE} Host: g\r\n\r\n",
    "bare LF lines": HEAD.replace("\r\n", "\n") + "\n",
    "one bare LF": f"{HEAD}X: a\nY: b\r\n\r\n",
    "a bare LF at the end": f"{HEAD}\n",
    "a bare CR in a value": f"{HEAD}X: a\rY: b\r\n\r\n",
    "a NUL in a value": f"{HEAD}X: a\0b\r\n\r\n",
    "a line without a colon": f"{HEAD}nothing\r\n\r\n",
    "a nameless header": f"{HEAD}: x\r\n\r\n",
    "no host": LINE + f"X-Road-Client: {CLIENT}\r\n\r\n",
    "two hosts": f"{HEAD}Host: other\r\n\r\n",
    "absolute form": HEAD.replace("POST ", "POST http://g") + "\r\n",
    "authority form": "CONNECT g:443 HTTP/1.1\r\nHost: g\r\n\r\n",
    "a fragment": HEAD.replace("/mirror", "/mirror#x") + "\r\n",
    "a blank in the target": HEAD.replace("/mirror", "/mir ror") + "\r\n",
    "HTTP/0.9": f"GET {ECHO}\r\n\r\n",
    "HTTP/2": "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "not HTTP": "nonsense\r\n\r\n",
    "an unknown method": "MAKE / HTTP/1.1\r\n\r\n",
    "a chunk that ends with LF": f"{HEAD}{CHUNKED}\r\n1\r\nx\n0\r\n\r\n",
    "a chunk size that ends with LF": f"{HEAD}{CHUNKED}\r\n1\nx\r\n0\r\n\r\n",
    "a chunk of negative size": f"{HEAD}{CHUNKED}\r\n-1\r\nx\r\n0\r\n\r\n",
    "a chunk size with 0x": f"{HEAD}{CHUNKED}\r\n0x1\r\nx\r\n0\r\n\r\n",
    "a chunk size beyond all numbers": f"{HEAD}{CHUNKED}\r\nfffffffffffffffff1\r\nx\r\n0\r\n\r\n",
    "a chunk extension with LF": f"{HEAD}{CHUNKED}\r\n1;a\nb\r\nx\r\n0\r\n\r\n",
    "a length in a trailer": f"{HEAD}{CHUNKED}\r\n0\r\nContent-Length: 9\r\n\r\n",
    "an upgrade with a body": f"{HEAD}Content-Length: 1\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\nx",
    "too long a target": f"GET /{'x' * 40_000} HTTP/1.1\r\nHost: g\r\n\r\n",
    "too long a header": f"{HEAD}X: {'y' * 40_000}\r\n\r\n",
    "a header without end": f"{HEAD}X: {'y' * 400_000}",
    "too many headers": HEAD + "".join(f"X-{number}: y\r\n" for number in range(200)) + "\r\n",
    "trailers without end": f"{HEAD}{CHUNKED}\r\n0\r\n" + "".join(f"T{n}: {'t' * 1000}\r\n" for n in range(40)),
    "a body beyond the limit": f"{HEAD}Content-Length: 9999999999999\r\n\r\n",
}


@pytest.mark.parametrize("name", CORPUS)
def test_an_ambiguous_request_gets_400_and_the_end_of_the_connection(gateway, provider, name):
    seen = len(provider.seen)
    with tls_socket(gateway) as client:
        client.sendall(CORPUS[name].encode("latin-1") + HIDDEN.encode())
        head, _, body = received(client).partition(b"\r\n\r\n")

    assert head.startswith(b"HTTP/1.1 400 ")
    assert b"connection: close" in head
    # One refusal, and no answer to what stood behind.
    assert json.loads(body)["type"] == "client.bad_request"
    assert len(provider.seen) == seen


def test_what_follows_a_body_is_a_request_of_its_own_and_what_is_in_it_is_not(gateway, provider):
    """Content of the declared length is body, though it looks like a request."""
    inner = HIDDEN.encode()
    closing = HIDDEN.replace("/hidden", "/second").replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n").encode()
    with tls_socket(gateway) as client:
        client.sendall(f"{HEAD}Content-Length: {len(inner)}\r\n\r\n".encode() + inner + closing)
        answers = received(client)

    assert answers.count(b"HTTP/1.1 200 ") == 2
    assert [seen.target for seen in provider.seen[-2:]] == ["/mirror", "/second"]
    assert provider.seen[-2].body == inner


def test_nothing_is_read_after_the_last_request_of_a_connection(gateway, provider):
    seen = len(provider.seen)
    with tls_socket(gateway) as client:
        client.sendall(f"{HEAD}Content-Length: 0\r\nConnection: close\r\n\r\n{HIDDEN}".encode())
        answers = received(client)

    assert answers.count(b"HTTP/1.1 ") <= 2
    assert "/hidden" not in [request.target for request in provider.seen[seen:]]

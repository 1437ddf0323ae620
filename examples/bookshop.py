#!/usr/bin/env python3
"""The bookshop's API itself: a service that knows nothing of keys, to stand behind an edge.

Usage: bookshop.py PORT STEERING_PORT, the second one for tests alone: GET tells what arrived at the first, and POST /stop and
/start take it down and up."""

import http.client
import json
import socket
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

BOOK = {"isbn": "9780131103627", "title": "The C Programming Language"}

# What each path offers: the answer to each method.
PATHS = {
    "/v1/books": {"GET": (200, {"books": [BOOK]})},
    "/v1/books/9780131103627": {"GET": (200, {"book": BOOK})},
    "/v1/search": {"POST": (200, {"books": [BOOK]})},
    "/v1/orders": {
        "GET": (200, {"orders": [{"id": "ord_1", "state": "shipped"}]}),
        "POST": (201, {"order": {"id": "ord_2", "state": "placed"}}),
    },
}

# What is told to a test: how many requests were processed, how many orders are kept, and the fields of the last request.
TOLD = {"processed": 0, "stored": 0, "seen": []}
CONNECTIONS = set()


class Bookshop(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def setup(self):
        super().setup()
        CONNECTIONS.add(self.connection)

    def finish(self):
        CONNECTIONS.discard(self.connection)
        super().finish()

    def __getattr__(self, name):
        # Every method is answered by one function.
        if name.startswith("do_"):
            return self.answer
        raise AttributeError(name)

    def answer(self):
        TOLD["processed"] += 1
        TOLD["seen"] = self.headers.items()
        body = self.body()
        offered = PATHS.get(urlsplit(self.path).path)
        method = "GET" if self.command == "HEAD" else self.command
        if offered is None:
            return self.send(404, {"error": "not_found"})
        if method not in offered:
            return self.send(405, {"error": "method_not_allowed"}, Allow=", ".join(offered))
        if method == "POST" and not is_object(body):
            return self.send(400, {"error": "malformed_body"})
        TOLD["stored"] += offered[method][0] == 201
        self.send(*offered[method])

    def body(self):
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        body = b""
        while size := int(self.rfile.readline(), 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass
        return body

    def send(self, status, content, **fields):
        content = json.dumps(content).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(content)), **fields}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, *_):
        pass


def is_object(body):
    try:
        return isinstance(json.loads(body), dict)
    except ValueError:
        return False


class Part:
    """The bookshop as a part that can be stopped: then nothing listens, and no connection is left."""

    port = 0
    server = None

    def start(self):
        if self.server is None:
            self.server = ThreadingHTTPServer(("127.0.0.1", self.port), Bookshop)
            threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self):
        if self.server is not None:
            self.server.shutdown()
            self.server.socket.close()
            self.server = None
        for connection in list(CONNECTIONS):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


PART = Part()


class Steering(BaseHTTPRequestHandler):
    def do_GET(self):
        content = json.dumps(TOLD).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def do_POST(self):
        PART.stop() if self.path == "/stop" else PART.start()
        self.do_GET()

    def log_message(self, *_):
        pass


if __name__ == "__main__":
    ThreadingHTTPServer.request_queue_size = 128
    # How many fields a request may have is for the edge to say.
    http.client._MAXHEADERS = 10_000
    port, steering_port = map(int, sys.argv[1:])
    # The first port answers when both do.
    server = ThreadingHTTPServer(("127.0.0.1", steering_port), Steering)
    PART.port = port
    PART.start()
    server.serve_forever()

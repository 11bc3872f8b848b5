"""A session without a client library, for what a library keeps to itself: when it pings, and when it is silent."""
import socket
import struct

from acceptance import HOSTS, expect, expect_equal

PING_XID = -2


class RawSession:
    """A session on a bare socket, opened or, by its id and password, re-attached."""

    def __init__(self, timeout, session_id=0, password=b"\0" * 16, last_zxid=0):
        host, port = HOSTS.rsplit(":", 1)
        self._socket = socket.create_connection((host, int(port)), timeout=60)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._xid = 0
        request = struct.pack(">iqiqi", 0, last_zxid, int(timeout * 1000), session_id, len(password)) + password + b"\0"
        self._send(request)
        response = self._receive()
        _, granted, self.session_id, length = struct.unpack_from(">iiqi", response)
        self.timeout = granted / 1000
        self.password = response[20:20 + length]

    @property
    def is_alive(self):
        """Whether the server took the session; it refuses one that has expired with a timeout of 0."""
        return self.timeout > 0

    def ping(self):
        self._send(struct.pack(">ii", PING_XID, 11))
        xid, _, error = struct.unpack_from(">iqi", self._receive())
        expect_equal((xid, error), (PING_XID, 0), "the reply to a ping")

    def create_ephemeral(self, path, data):
        encoded = path.encode()
        acl = struct.pack(">ii", 1, 31) + _text("world") + _text("anyone")
        body = struct.pack(">i", len(encoded)) + encoded + struct.pack(">i", len(data)) + data + acl
        self._call(1, body + struct.pack(">i", 1))

    def disconnect(self):
        """Ends the connection, not the session."""
        self._socket.close()

    def is_closed_by_server(self):
        """Waits for the server to end the connection."""
        try:
            return self._socket.recv(1) == b""
        except ConnectionError:
            return True

    def _call(self, operation, body):
        self._xid += 1
        self._send(struct.pack(">ii", self._xid, operation) + body)
        xid, _, error = struct.unpack_from(">iqi", self._receive())
        expect_equal((xid, error), (self._xid, 0), "the reply to operation %d" % operation)

    def _send(self, payload):
        self._socket.sendall(struct.pack(">i", len(payload)) + payload)

    def _receive(self):
        (length,) = struct.unpack(">i", self._read(4))
        return self._read(length)

    def _read(self, length):
        received = b""
        while len(received) < length:
            chunk = self._socket.recv(length - len(received))
            expect(chunk, "the server closed the connection")
            received += chunk
        return received


def _text(value):
    encoded = value.encode()
    return struct.pack(">i", len(encoded)) + encoded

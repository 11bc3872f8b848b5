"""The frame that every scenario stands in.

A scenario is a script of one function main(); it runs as

    PYTHONPATH=<the folder of this file> python3 SCENARIO HOST:PORT TICK_MILLISECONDS [ROLE ARGUMENTS...]

and exits 0, or with 1 and what was wrong. With a ROLE it is one of the other processes of its own scenario, which
main() starts with Player(ROLE, ...). It must be able to run on a server that other scenarios use, and on one that it
has run on before.
"""
import atexit
import faulthandler
import logging
import os
import queue
import socket
import subprocess
import sys
import threading
import time
import traceback

from kazoo.client import KazooClient
from kazoo.exceptions import NoNodeError

HOSTS = sys.argv[1]
TICK = int(sys.argv[2]) / 1000
# The shortest session timeout that the server grants.
SHORTEST_TIMEOUT = 2 * TICK
# What the server, this machine and its scheduler may add to a time that is promised.
SLACK = 0.5
LONGEST_SCENARIO = 120

_clients = []
_players = []


def connect(timeout=20.0, **options):
    """A started client, which is stopped when the scenario ends."""
    options.setdefault("connection_retry", {"max_tries": -1, "delay": 0.05, "backoff": 1.5, "max_delay": 0.5})
    # kazoo waits for the answer to a connect as long as the session lives, divided by the number of addresses: with one
    # address, a single connect that falls into the server's start and is not answered costs the session.
    client = KazooClient(",".join([HOSTS] * 3), timeout=timeout, **options)
    _clients.append(client)
    client.start(timeout=60)
    return client


def cut(client):
    """Ends the client's connection, as a network would."""
    client._connection._socket.shutdown(socket.SHUT_RDWR)


def abandon(client):
    """Ends the client as its process's death would: its session is there, and nobody speaks for it any more."""
    client._stopped.set()
    cut(client)
    eventually(lambda: client._connection.connection_stopped.is_set(), "the client stops")
    _clients.remove(client)


def expect(condition, what):
    if not condition:
        raise AssertionError(what)


def expect_equal(actual, expected, what):
    if actual != expected:
        raise AssertionError("%s: expected %r, got %r" % (what, expected, actual))


def expect_raises(error, action, *args, **options):
    try:
        result = action(*args, **options)
    except error as raised:
        return raised
    raise AssertionError("expected %s, got the result %r" % (error.__name__, result))


def eventually(condition, what, within=60.0):
    """Waits until the condition holds and returns the value that it held with."""
    deadline = time.monotonic() + within
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError("not within %.1f s: %s" % (within, what))
        time.sleep(0.01)


def fresh(client, path):
    """The path, with nothing at it or below it."""
    try:
        client.delete(path, recursive=True)
    except NoNodeError:
        pass
    return path


def in_thread(action, *args, **options):
    """Runs the action in a thread of its own; its result() is bounded in time."""
    return _Running(action, args, options)


class _Running:
    def __init__(self, action, args, options):
        self._result = self._error = None
        self._thread = threading.Thread(target=self._run, args=(action, args, options), daemon=True)
        self._thread.start()

    def _run(self, action, args, options):
        try:
            self._result = action(*args, **options)
        except BaseException as error:
            self._error = error

    @property
    def is_over(self):
        return not self._thread.is_alive()

    def result(self, within=60.0):
        self._thread.join(within)
        if not self.is_over:
            raise AssertionError("a thread of the scenario still runs after %.1f s" % within)
        if self._error is not None:
            raise self._error
        return self._result


class Player:
    """Another process of the scenario, which says() things line by line."""

    def __init__(self, role, *arguments):
        self._lines = queue.Queue()
        self._process = subprocess.Popen(
            [sys.executable, sys.argv[0], HOSTS, sys.argv[2], role] + [str(argument) for argument in arguments],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, universal_newlines=True, bufsize=1)
        _players.append(self)
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self._process.stdout:
            self._lines.put(line.rstrip("\n"))
        self._lines.put(None)

    def says(self, within=60.0):
        """The next line that it says."""
        try:
            line = self._lines.get(timeout=within)
        except queue.Empty:
            raise AssertionError("a player said nothing for %.1f s" % within) from None
        expect(line is not None, "a player ended instead of saying something")
        return line

    def says_nothing(self, during):
        try:
            line = self._lines.get(timeout=during)
        except queue.Empty:
            return
        raise AssertionError("a player said %r where it should be silent" % line)

    def tell(self, line):
        self._process.stdin.write(line + "\n")

    def kill(self):
        """SIGKILL; returns when the process is gone."""
        self._process.kill()
        self._process.wait()


def say(line):
    """One line to whoever started this process."""
    print(line, flush=True)


def listen():
    """The next line from whoever started this process."""
    line = sys.stdin.readline()
    if not line:
        sys.exit("nobody speaks to this process any more")
    return line.rstrip("\n")


def play(main, **roles):
    """Runs main, or the role that the command line names."""
    logging.basicConfig(level=logging.CRITICAL)
    # Bounded, and with a word on where it hung.
    faulthandler.dump_traceback_later(LONGEST_SCENARIO, exit=True)
    atexit.register(_end_players)
    try:
        if len(sys.argv) > 3:
            roles[sys.argv[3]](*sys.argv[4:])
        else:
            main()
    except BaseException:
        traceback.print_exc()
        _end_players()
        # Threads and sessions that a failure left behind must not hold the process.
        os._exit(1)
    for client in _clients:
        client.stop()
        client.close()


def _end_players():
    for player in _players:
        player.kill()

"""A client that could not reach the server for too long is told that its session is lost, and starts a new one."""
import socket
import threading
import time

from kazoo.protocol.states import KazooState

from acceptance import SHORTEST_TIMEOUT, SLACK, TICK, connect, cut, eventually, expect, expect_equal, fresh, play

PATH = "/taier/expiry"


def main():
    observer = connect()
    fresh(observer, PATH)
    observer.ensure_path(PATH)
    states = []
    reachable = threading.Event()
    reachable.set()
    client = connect(timeout=SHORTEST_TIMEOUT)
    client.add_listener(states.append)
    original = client.handler.create_connection

    def create_connection(*args, **options):
        if not reachable.is_set():
            raise socket.error("the network is down")
        return original(*args, **options)

    client.handler.create_connection = create_connection
    client.create(PATH + "/own", b"", ephemeral=True)
    seen = []
    client.ChildrenWatch(PATH)(lambda children: seen.append(sorted(children)))
    lost = client.client_id[0]

    reachable.clear()
    last_heard = time.monotonic()
    cut(client)
    eventually(lambda: observer.exists(PATH + "/own") is None, "the ephemeral is gone",
               within=SHORTEST_TIMEOUT + TICK + SLACK)
    expect(time.monotonic() - last_heard >= SHORTEST_TIMEOUT / 2, "the ephemeral went while its session had to live")
    expect_equal(states, [KazooState.SUSPENDED], "what the client knows while it reaches nobody")
    observer.create(PATH + "/meanwhile", b"")
    reachable.set()
    eventually(lambda: states == [KazooState.SUSPENDED, KazooState.LOST, KazooState.CONNECTED], "lost, connected")
    expect(client.client_id[0] != lost, "an expired session came back")
    eventually(lambda: seen[-1] == ["meanwhile"], "the watch sees what changed meanwhile")
    client.create(PATH + "/own", b"", ephemeral=True)
    expect_equal(observer.exists(PATH + "/own").ephemeralOwner, client.client_id[0], "the new owner")


play(main)

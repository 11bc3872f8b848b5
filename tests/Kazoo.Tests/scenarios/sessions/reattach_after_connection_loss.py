"""A session outlives its connection: by its id and password the same client re-attaches it, or another, with all its
ephemerals; a wrong password ends nothing but the attempt.
"""
from kazoo.protocol.states import KazooState

from acceptance import SHORTEST_TIMEOUT, TICK, abandon, connect, cut, eventually, expect, expect_equal, fresh, play
from wire import RawSession

PATH = "/taier/sessions"


def main():
    observer = connect()
    fresh(observer, PATH)
    observer.ensure_path(PATH)
    the_client_reconnects_by_itself(observer)
    another_client_takes_the_session_over(observer)
    the_old_connection_ends(observer)
    a_wrong_password_opens_nothing(observer)
    a_new_timeout_is_granted(observer)


def the_client_reconnects_by_itself(observer):
    client, states, seen = connect(), [], []
    client.add_listener(states.append)
    client.create(PATH + "/own", b"", ephemeral=True)
    client.DataWatch(PATH + "/watched")(lambda data, stat: seen.append(data))
    session = client.client_id
    for i in range(3):
        cut(client)
        eventually(lambda: states[-2:] == [KazooState.SUSPENDED, KazooState.CONNECTED], "suspended, connected")
        states.clear()
        expect_equal(client.client_id, session, "the session after a connection loss")
        expect(observer.exists(PATH + "/own"), "the ephemeral went with the connection")
        data = b"%d" % i
        observer.set(PATH + "/watched", data) if i else observer.create(PATH + "/watched", data)
        eventually(lambda: seen[-1] == data, "the watch sees a change after a connection loss")
    client.delete(PATH + "/own")


def another_client_takes_the_session_over(observer):
    first = connect()
    first.create(PATH + "/moved", b"", ephemeral=True)
    session = first.client_id
    abandon(first)
    second = connect(client_id=session)
    expect_equal(second.client_id, session, "the session that was taken over")
    expect_equal(second.exists(PATH + "/moved").ephemeralOwner, session[0], "the owner of the ephemeral")
    second.create(PATH + "/moved-2", b"", ephemeral=True)
    second.stop()
    for name in ("/moved", "/moved-2"):
        expect_equal(observer.exists(PATH + name), None, "an ephemeral after its session was closed")


def the_old_connection_ends(observer):
    old = RawSession(10)
    old.create_ephemeral(PATH + "/contested", b"")
    new = RawSession(10, old.session_id, old.password)
    expect_equal((new.session_id, new.is_alive), (old.session_id, True), "the session on the new connection")
    expect(old.is_closed_by_server(), "the old connection stays open")
    new.ping()
    expect(observer.exists(PATH + "/contested"), "the ephemeral went with the old connection")
    observer.delete(PATH + "/contested")


def a_wrong_password_opens_nothing(observer):
    owner = RawSession(10)
    owner.create_ephemeral(PATH + "/guarded", b"")
    thief = RawSession(10, owner.session_id, b"x" * 16)
    expect(not thief.is_alive, "a wrong password opened the session")
    expect(thief.is_closed_by_server(), "the connection of a refused session stays open")
    # ZooKeeper cuts the owner's connection before it looks at the password; the session it may not touch.
    owner.disconnect()
    owner = RawSession(10, owner.session_id, owner.password)
    expect(owner.is_alive, "a guess ended the session")
    expect(observer.exists(PATH + "/guarded"), "a guess took the session's ephemeral")
    stranger = RawSession(10, 0x7EADBEEF, b"x" * 16)
    expect(not stranger.is_alive, "the server knows a session that never was")


def a_new_timeout_is_granted(observer):
    short = RawSession(0.001)
    expect_equal(short.timeout, SHORTEST_TIMEOUT, "the shortest timeout")
    long = RawSession(3600, short.session_id, short.password)
    expect_equal(long.timeout, 20 * TICK, "the longest timeout, asked for at a re-attach")


play(main)

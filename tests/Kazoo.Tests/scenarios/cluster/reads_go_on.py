"""A client that can do with reads goes on reading while the database is away, and writes again, in its session, after it."""
from acceptance import TICK, connect, eventually, expect, expect_equal, expect_raises, listen, play, say

from kazoo.exceptions import NotReadOnlyCallError
from kazoo.protocol.states import KeeperState

PATH = "/known"


def main():
    client = connect(timeout=20 * TICK, read_only=True)
    plain = connect(timeout=20 * TICK)
    client.create(PATH, b"before", ephemeral=True)
    session = client.client_id[0]

    say("take the database away")
    expect_equal(listen(), "done", "what the one with the database says")
    eventually(lambda: client.client_state == KeeperState.CONNECTED_RO, "the client is read-only", 30)
    expect_equal(client.client_id[0], session, "the session")
    expect_equal(client.get(PATH)[0], b"before", "what is read")
    expect_raises(NotReadOnlyCallError, client.set, PATH, b"never")
    expect(not plain.connected, "one that wants to write is served")

    say("bring the database back")
    expect_equal(listen(), "done", "what the one with the database says")
    for each in (client, plain):
        eventually(lambda: each.client_state == KeeperState.CONNECTED, "a client writes again", 30)
        each.retry(each.set, PATH, b"after")
    expect_equal(client.client_id[0], session, "the session")
    expect_equal(client.get(PATH)[1].ephemeralOwner, session, "the owner of what it made")


play(main)

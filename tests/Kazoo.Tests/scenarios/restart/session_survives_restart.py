"""A server that is killed and started again: sessions go on, with their ephemerals, and clients hardly notice.

It says "kill", is told "started", and so on: whoever runs it has the server's process.
"""
from kazoo.protocol.states import KazooState

from acceptance import abandon, connect, eventually, expect_equal, fresh, listen, play, say

PATH = "/taier/restart"


def main():
    client, other = connect(timeout=15), connect(timeout=15)
    fresh(client, PATH)
    fresh(client, "/taier/moved")
    client.ensure_path(PATH)
    client.create(PATH + "/persistent", b"stays")
    client.create(PATH + "/ephemeral", b"", ephemeral=True)
    client.create(PATH + "/number-", b"", sequence=True, ephemeral=True)
    before = {name: client.get("%s/%s" % (PATH, name)) for name in client.get_children(PATH)}
    states, data_seen, children_seen = [], [], []
    client.add_listener(states.append)
    client.DataWatch(PATH + "/persistent")(lambda data, stat: data_seen.append(data))
    client.ChildrenWatch(PATH)(lambda children: children_seen.append(sorted(children)))
    session, other_session = client.client_id, other.client_id

    moved = connect(timeout=15)
    moved.create("/taier/moved", b"", ephemeral=True)
    moved_session = moved.client_id
    abandon(moved)

    for round_ in range(2):
        say("kill")
        expect_equal(listen(), "started", "what the one with the process says")
        eventually(lambda: states[-2:] == [KazooState.SUSPENDED, KazooState.CONNECTED], "suspended, connected", 20)
        eventually(lambda: other.connected, "the other client is connected too", 20)
        states.clear()
        expect_equal((client.client_id, other.client_id), (session, other_session), "the sessions after a restart")
        after = {name: other.get("%s/%s" % (PATH, name)) for name in other.get_children(PATH)}
        expect_equal(after, before, "the znodes after a restart, to the last field")

        # Watches go on too, and numbers where they were.
        other.set(PATH + "/persistent", b"changed in round %d" % round_)
        eventually(lambda: data_seen[-1] == b"changed in round %d" % round_, "the watch sees a change")
        name = other.create(PATH + "/number-", b"", sequence=True)[len(PATH) + 1:]
        expect_equal(name, "number-%010d" % (3 + round_), "the next number")
        eventually(lambda: name in children_seen[-1], "the watch sees a new child")
        before = {name: client.get("%s/%s" % (PATH, name)) for name in client.get_children(PATH)}

    # Another process goes on with a session that the one before it left behind before all the restarts.
    moved = connect(client_id=moved_session)
    expect_equal(moved.client_id, moved_session, "the session that was taken over")
    expect_equal(moved.exists("/taier/moved").ephemeralOwner, moved_session[0], "the owner of its ephemeral")
    moved.stop()
    expect_equal(other.exists("/taier/moved"), None, "its ephemeral after the session was closed")

    client.stop()
    expect_equal(other.exists(PATH + "/ephemeral"), None, "the ephemeral after its session was closed")


play(main)

"""Values up to the limit of 1 MB, and beyond it a lost connection but no lost session."""
import os

from kazoo.exceptions import ConnectionLoss, SessionExpiredError
from kazoo.protocol.states import KazooState

from acceptance import connect, eventually, expect_equal, expect_raises, fresh, play

PATH = "/taier/large"
# ZooKeeper's jute.maxbuffer: what a whole request may measure.
LIMIT = 0xFFFFF


def main():
    client, other = connect(), connect()
    fresh(client, PATH)
    client.create(PATH, b"", makepath=True)
    for size in (1, 1023, 64 * 1024, 512 * 1024, 1_000_000):
        value = os.urandom(size)
        client.set(PATH, value)
        other.sync(PATH)
        read, stat = other.get(PATH)
        expect_equal((read == value, stat.dataLength), (True, size), "a value of %d bytes" % size)

    # setData: the header is 8 bytes, the path and the data have a length of 4 each, the version has 4.
    overhead = 8 + 4 + len(PATH) + 4 + 4
    value = os.urandom(LIMIT - overhead)
    client.set(PATH, value)
    expect_equal(client.get(PATH)[0] == value, True, "the largest request that the protocol allows")

    for i in range(20):
        client.create("%s/%d" % (PATH, i), value[:200_000])
    for i in range(20):
        expect_equal(client.get("%s/%d" % (PATH, i))[0] == value[:200_000], True, "one of many large values")

    session, states = client.client_id[0], []
    client.add_listener(states.append)
    expect_raises((ConnectionLoss, SessionExpiredError), client.set, PATH, bytes(2 * LIMIT))
    eventually(lambda: states[-1:] == [KazooState.CONNECTED], "the client is connected again")
    expect_equal(client.client_id[0], session, "the session after a request that was too large")
    expect_equal(client.retry(client.get, PATH)[0] == value, True, "the value that was not replaced")


play(main)

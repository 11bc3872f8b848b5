"""A lock that many may read under and one may write under; nobody overtakes a writer that waits."""
from kazoo.exceptions import LockTimeout

from acceptance import connect, eventually, expect, expect_equal, expect_raises, fresh, in_thread, play

PATH = "/taier/recipes/read-write"


def main():
    client = connect()
    fresh(client, PATH)
    readers = [connect().ReadLock(PATH, "reader %d" % i) for i in range(3)]
    writer = connect().WriteLock(PATH, "writer")
    for reader in readers[:2]:
        expect(reader.acquire(timeout=60), "a reader waits for a reader")
    expect(not writer.acquire(blocking=False), "a writer got in beside readers")
    expect_raises(LockTimeout, writer.acquire, timeout=0.3)

    waiting = connect().WriteLock(PATH, "waiting writer")
    gets_in = in_thread(waiting.acquire, timeout=60)
    eventually(lambda: len(waiting.contenders()) == 3, "the writer waits")
    overtakes = in_thread(readers[2].acquire, timeout=60)
    eventually(lambda: len(waiting.contenders()) == 4, "a later reader waits behind it")
    readers[0].release()
    expect(not gets_in.is_over, "a writer got in beside a reader")
    readers[1].release()
    expect(gets_in.result(), "the writer did not get in")
    expect(not overtakes.is_over, "a reader got in beside a writer")
    waiting.release()
    expect(overtakes.result(), "the later reader did not get in")
    readers[2].release()
    expect_equal(client.get_children(PATH), [], "what the lock leaves")


play(main)

"""Queues: in order, by priority, each entry to one; the locking kind gives back what a dead consumer took."""
import threading

from acceptance import SHORTEST_TIMEOUT, TICK, Player, connect, expect, expect_equal, fresh, in_thread, play, say

PATH = "/taier/recipes/queue"


def greedy():
    entry = connect(timeout=SHORTEST_TIMEOUT).LockingQueue(PATH + "/locking").get(10)
    say(entry.decode())
    threading.Event().wait()


def main():
    client = connect()
    fresh(client, PATH)
    client.ensure_path(PATH)
    in_order_and_by_priority(client)
    each_entry_to_one(client)
    locking(client)
    what_a_dead_consumer_took_comes_back(client)


def in_order_and_by_priority(client):
    queue = client.Queue(PATH + "/plain")
    expect_equal((queue.get(), len(queue)), (None, 0), "an empty queue")
    for value, priority in ((b"late", 200), (b"first", 100), (b"second", 100), (b"urgent", 1)):
        queue.put(value, priority)
    expect_equal(len(queue), 4, "its length")
    expect_equal([queue.get() for _ in range(5)], [b"urgent", b"first", b"second", b"late", None], "the order")


def each_entry_to_one(client):
    entries = [b"%03d" % i for i in range(60)]
    for entry in entries:
        client.Queue(PATH + "/shared").put(entry)

    def consume():
        queue, taken = connect().Queue(PATH + "/shared"), []
        while True:
            entry = queue.get()
            if entry is None:
                return taken
            taken.append(entry)

    # kazoo's plain queue does not promise that get and delete are one; with several consumers one entry may be read by
    # two, of whom one then finds it gone and takes another.
    consumers = [in_thread(consume) for _ in range(3)]
    taken = [consumer.result() for consumer in consumers]
    expect_equal(sorted(entry for each in taken for entry in each), entries, "what all consumers took")


def locking(client):
    queue, other = client.LockingQueue(PATH + "/locking"), connect().LockingQueue(PATH + "/locking")
    expect_equal(queue.get(0.1), None, "an empty queue")
    queue.put_all([b"a", b"b"])
    queue.put(b"urgent", priority=1)
    expect_equal(queue.get(10), b"urgent", "the entry that is locked")
    expect_equal(queue.get(10), b"urgent", "the entry that is locked, asked for again")
    expect(queue.holds_lock(), "the lock is not held")
    expect_equal(other.get(10), b"a", "what is left for another")
    expect(other.release(), "a lock was not released")
    expect(queue.consume(), "an entry was not consumed")
    expect_equal([queue.get(10), queue.consume()], [b"a", True], "what another gave back")
    expect_equal([queue.get(10), queue.consume()], [b"b", True], "the last")
    expect_equal((len(queue), queue.get(0.1)), (0, None), "a queue that is empty again")
    waiting = in_thread(other.get, 20)
    queue.put(b"at last")
    expect_equal(waiting.result(), b"at last", "what someone waited for")
    expect(other.consume(), "it was not consumed")


def what_a_dead_consumer_took_comes_back(client):
    queue = client.LockingQueue(PATH + "/locking")
    queue.put(b"precious")
    consumer = Player("greedy")
    expect_equal(consumer.says(), "precious", "what the consumer took")
    consumer.kill()
    expect_equal(queue.get(0.2), None, "what is free while the dead consumer's session lives")
    expect_equal(queue.get(SHORTEST_TIMEOUT + TICK + 5), b"precious", "what came back")
    expect(queue.consume(), "it was not consumed")


play(main, greedy=greedy)

"""Workers register as ephemeral sequential znodes; one that is killed vanishes in its time, and a watch tells."""
import time

from acceptance import (SHORTEST_TIMEOUT, SLACK, TICK, Player, connect, eventually, expect, expect_equal, fresh, listen,
                        play, say)

NODES = "/taier/nodes"


def worker(name):
    client = connect(timeout=SHORTEST_TIMEOUT)
    path = client.create(NODES + "/worker-", name.encode(), ephemeral=True, sequence=True)
    say(path)
    while True:
        # The last that the server hears of this worker, unless a ping of kazoo's own falls into the moment before its
        # death: hence the two times, between which it was heard last.
        listen()
        before = time.monotonic()
        client.set(path, name.encode())
        say(repr(before))


def main():
    client = connect()
    fresh(client, NODES)
    client.ensure_path(NODES)
    seen = []

    @client.ChildrenWatch(NODES)
    def on_change(children):
        seen.append((time.monotonic(), sorted(children)))

    workers = [Player("worker", "worker %d" % i) for i in range(3)]
    paths = [each.says() for each in workers]
    names = sorted(path[len(NODES) + 1:] for path in paths)
    expect(len(set(names)) == 3, "names are not unique: %r" % names)
    eventually(lambda: seen[-1][1] == names, "the watch shows all workers")
    for i, path in enumerate(paths):
        data, stat = client.get(path)
        expect_equal(data, b"worker %d" % i, "what worker %d wrote" % i)
        expect(stat.ephemeralOwner != 0, "a worker's znode is not ephemeral")

    doomed, gone = workers[0], paths[0][len(NODES) + 1:]
    doomed.tell("work")
    heard_after = float(doomed.says())
    doomed.kill()
    heard_before = time.monotonic()

    rest = sorted(set(names) - {gone})
    eventually(lambda: seen[-1][1] == rest, "the watch shows that the killed worker is gone",
               within=SHORTEST_TIMEOUT + TICK + 2 * SLACK)
    vanished = seen[-1][0]
    earliest, latest = heard_after + SHORTEST_TIMEOUT, heard_before + SHORTEST_TIMEOUT + TICK
    say("vanished %.3f s after it was last heard, promised are %.3f to %.3f" %
        (vanished - heard_after, SHORTEST_TIMEOUT, SHORTEST_TIMEOUT + TICK))
    expect(vanished >= earliest, "vanished %.3f s too early" % (earliest - vanished))
    expect(vanished <= latest + SLACK, "vanished %.3f s too late" % (vanished - latest))
    expect_equal(sorted(client.get_children(NODES)), rest, "the workers that are left")

    # The others lived through several timeouts' worth of pings, and a newcomer gets a number of its own.
    newcomer = Player("worker", "newcomer").says()
    expect(newcomer > max(paths), "%s after %s" % (newcomer, max(paths)))
    eventually(lambda: len(seen[-1][1]) == 3, "the watch shows the newcomer")


play(main, worker=worker)

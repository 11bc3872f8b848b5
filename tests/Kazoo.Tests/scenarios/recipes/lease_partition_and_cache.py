"""The recipes that stand on the others: leases by time, a set divided among its workers, a cache of a whole tree."""
import datetime

from kazoo.recipe.cache import TreeCache

from acceptance import connect, eventually, expect, expect_equal, fresh, in_thread, play

PATH = "/taier/recipes/composed"


def main():
    client = connect()
    fresh(client, PATH)
    client.ensure_path(PATH)
    lease(client)
    partition()
    cache(client)


def lease(client):
    def hold(who, seconds, at):
        return bool(client.NonBlockingLease(PATH + "/lease", datetime.timedelta(seconds=seconds), identifier=who,
                                            utcnow=lambda: start + datetime.timedelta(seconds=at)))

    start = datetime.datetime(2026, 1, 1)
    expect(hold("a", 60, at=0), "a free lease was refused")
    expect(not hold("b", 60, at=59), "a lease was given twice")
    expect(hold("a", 60, at=59), "a lease was not renewed")
    expect(not hold("b", 60, at=100), "a renewed lease was given away")
    expect(hold("b", 60, at=120), "a lease that ran out was refused")


def partition():
    jobs = ["job%d" % i for i in range(6)]

    def divide(worker, client):
        partitioner = client.SetPartitioner(PATH + "/partition", set(jobs), identifier=worker, time_boundary=3)
        eventually(lambda: step(partitioner), "a share", within=60)
        share = list(partitioner)
        shares.append(share)
        eventually(lambda: len(shares) == 3, "all have their shares", within=60)
        partitioner.finish()

    def step(partitioner):
        if partitioner.failed:
            raise AssertionError("the partitioner failed")
        if partitioner.release:
            partitioner.release_set()
        elif partitioner.allocating:
            partitioner.wait_for_acquire(1)
        return partitioner.acquired

    shares = []
    # All within the time boundary: one that is alone for so long takes all there is.
    clients = [connect() for _ in range(3)]
    workers = [in_thread(divide, "worker%d" % i, client) for i, client in enumerate(clients)]
    for worker in workers:
        worker.result()
    expect_equal(sorted(job for share in shares for job in share), jobs, "all shares together")
    expect_equal([len(share) for share in shares], [2, 2, 2], "the sizes of the shares")


def cache(client):
    root = PATH + "/cache"
    client.ensure_path(root + "/a/b")
    client.set(root + "/a", b"1")
    tree = TreeCache(connect(), root)
    tree.start()
    try:
        eventually(lambda: tree.get_data(root + "/a/b"), "the cache holds what was there")
        expect_equal(tree.get_data(root + "/a").data, b"1", "the data of a znode in the cache")
        client.set(root + "/a", b"2")
        client.create(root + "/a/c", b"3")
        client.delete(root + "/a/b")
        eventually(lambda: tree.get_data(root + "/a").data == b"2", "the cache sees a set")
        eventually(lambda: tree.get_data(root + "/a/c") and tree.get_data(root + "/a/c").data == b"3",
                   "the cache sees a create")
        eventually(lambda: tree.get_data(root + "/a/b") is None, "the cache sees a delete")
        expect_equal(tree.get_children(root + "/a"), {"c"}, "children in the cache")
    finally:
        tree.close()


play(main)

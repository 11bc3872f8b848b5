"""set and delete with the version that one has read: of two who read the same, one wins and the other is told."""
from kazoo.exceptions import BadVersionError, NoNodeError

from acceptance import connect, expect, expect_equal, expect_raises, fresh, in_thread, play

PATH = "/taier/versioned"


def main():
    client = connect()
    fresh(client, PATH)
    client.create(PATH, b"0", makepath=True)
    the_version_counts_sets(client)
    a_stale_version_changes_nothing(client)
    nothing_is_lost_among_many(client)
    delete_holds_to_its_version(client)


def the_version_counts_sets(client):
    data, created = client.get(PATH)
    expect_equal((data, created.version), (b"0", 0), "a new znode")
    stat = client.set(PATH, b"1", version=0)
    expect_equal(stat.version, 1, "the version after one set")
    expect(stat.mzxid > created.mzxid, "a set did not move mzxid")
    expect_equal((stat.czxid, stat.ctime), (created.czxid, created.ctime), "what a set must not change")
    expect_equal(client.get(PATH), (b"1", stat), "the stat that set returned is the one that get returns")
    expect_equal(client.set(PATH, b"2").version, 2, "a set without a version")


def a_stale_version_changes_nothing(client):
    before = client.get(PATH)
    expect_raises(BadVersionError, client.set, PATH, b"stale", version=1)
    expect_raises(BadVersionError, client.set, PATH, b"from the future", version=3)
    expect_equal(client.get(PATH), before, "the znode after refused sets")
    expect_raises(NoNodeError, client.set, PATH + "/none", b"", version=0)


def nothing_is_lost_among_many(client):
    client.set(PATH, b"0")
    first_version = client.get(PATH)[1].version
    writers, increments = 5, 20

    def increment():
        own, refused = connect(), 0
        for _ in range(increments):
            while True:
                data, stat = own.get(PATH)
                try:
                    own.set(PATH, b"%d" % (int(data) + 1), version=stat.version)
                    break
                except BadVersionError:
                    refused += 1
        return refused

    threads = [in_thread(increment) for _ in range(writers)]
    for thread in threads:
        thread.result()
    data, stat = client.get(PATH)
    expect_equal(int(data), writers * increments, "the sum of all increments")
    expect_equal(stat.version - first_version, writers * increments, "the number of sets that were accepted")


def delete_holds_to_its_version(client):
    version = client.get(PATH)[1].version
    expect_raises(BadVersionError, client.delete, PATH, version=version - 1)
    expect(client.exists(PATH), "a refused delete deleted")
    client.delete(PATH, version=version)
    expect_equal(client.exists(PATH), None, "the znode after its delete")


play(main)

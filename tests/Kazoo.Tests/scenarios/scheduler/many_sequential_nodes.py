"""Thousands of sequential znodes from several clients at once: no number twice, none out of order, none missing."""
from acceptance import connect, expect, expect_equal, fresh, in_thread, play

PATH = "/taier/sequence"
CLIENTS, EACH = 5, 600


def main():
    client = connect()
    fresh(client, PATH)
    client.ensure_path(PATH)

    def create(who):
        own = connect()
        pending = [own.create_async("%s/job-" % PATH, b"%d:%d" % (who, i), sequence=True) for i in range(EACH)]
        return [each.get(timeout=60) for each in pending]

    threads = [in_thread(create, who) for who in range(CLIENTS)]
    created = [thread.result() for thread in threads]
    for paths in created:
        expect_equal(paths, sorted(paths), "the order of one client's numbers")
    together = sorted(path for paths in created for path in paths)
    expect_equal(together, ["%s/job-%010d" % (PATH, i) for i in range(CLIENTS * EACH)], "all numbers")
    expect_equal(sorted(client.get_children(PATH)), [path[len(PATH) + 1:] for path in together], "all children")

    data = [client.get_async(path) for path in created[0]]
    for i, each in enumerate(data):
        expect_equal(each.get(timeout=60)[0], b"0:%d" % i, "the data of %s" % created[0][i])

    # Numbers are of the parent, not of the prefix, and are not given again after a delete.
    client.delete(together[-1])
    following = client.create(PATH + "/other-", b"", sequence=True)
    expect_equal(following, "%s/other-%010d" % (PATH, CLIENTS * EACH), "the next number")
    deletes = [client.delete_async(path) for path in together[:-1]]
    for each in deletes:
        each.get(timeout=60)
    expect_equal(client.get_children(PATH), [following[len(PATH) + 1:]], "what is left")
    stat = client.exists(PATH)
    expect_equal(stat.cversion, 2 * CLIENTS * EACH + 1, "the count of changes")
    expect(stat.pzxid > stat.czxid, "changes of children did not move pzxid")


play(main)

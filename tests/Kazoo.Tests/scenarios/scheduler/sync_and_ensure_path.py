"""sync, ensure_path, chroot, recursive delete: the small change of every client."""
from kazoo.client import KazooClient
from kazoo.exceptions import NoChildrenForEphemeralsError, NodeExistsError, NoNodeError, NotEmptyError

from acceptance import HOSTS, connect, expect, expect_equal, expect_raises, fresh, in_thread, play

PATH = "/taier/small"


def main():
    client, other = connect(), connect()
    fresh(client, PATH)
    ensure_path(client)
    what_one_wrote_another_reads_after_sync(client, other)
    the_tree_holds_together(client)
    chroot(client)


def ensure_path(client):
    for _ in range(2):
        expect(client.ensure_path(PATH + "/a/b/c/d"), "ensure_path failed")
    expect_equal(client.get_children(PATH + "/a/b/c"), ["d"], "the path that was made")
    expect_equal(client.get(PATH + "/a/b")[0], b"", "the data of a parent")
    expect_equal(client.create(PATH + "/a/e/f", b"x", makepath=True), PATH + "/a/e/f", "a create with its parents")
    makers = [in_thread(lambda: connect().ensure_path(PATH + "/many/at/once")) for _ in range(5)]
    for maker in makers:
        maker.result()
    expect_equal(client.get_children(PATH + "/many/at"), ["once"], "what many made at once")


def what_one_wrote_another_reads_after_sync(client, other):
    client.create(PATH + "/shared", b"0")
    for i in range(100):
        client.set(PATH + "/shared", b"%d" % i)
        expect_equal(other.sync(PATH + "/shared"), PATH + "/shared", "the answer to sync")
        expect_equal(other.get(PATH + "/shared")[0], b"%d" % i, "what another reads after its sync")
    expect_equal(other.sync(PATH + "/none"), PATH + "/none", "sync of a path where nothing is")
    expect_equal(other.sync("/"), "/", "sync of the root")


def the_tree_holds_together(client):
    expect_raises(NoNodeError, client.create, PATH + "/none/child", b"")
    expect_raises(NodeExistsError, client.create, PATH + "/a", b"")
    expect_raises(NotEmptyError, client.delete, PATH + "/a")
    expect_raises(NoNodeError, client.delete, PATH + "/none")
    client.create(PATH + "/ephemeral", b"", ephemeral=True)
    expect_raises(NoChildrenForEphemeralsError, client.create, PATH + "/ephemeral/child", b"")
    client.delete(PATH + "/a", recursive=True)
    expect_equal(client.exists(PATH + "/a"), None, "what was deleted with all below it")
    expect("zookeeper" in client.get_children("/"), "ZooKeeper's own znode is not in the root")
    stat = client.exists(PATH)
    expect_equal(stat.numChildren, len(client.get_children(PATH)), "the number of children")


def chroot(client):
    client.ensure_path(PATH + "/chroot")
    inside = KazooClient(HOSTS + PATH + "/chroot")
    inside.start(timeout=20)
    try:
        expect_equal(inside.create("/node", b"x"), "/node", "a path inside a chroot")
        expect_equal(client.get(PATH + "/chroot/node")[0], b"x", "what it is outside")
        expect_equal(inside.get_children("/"), ["node"], "the root of a chroot")
        expect_equal(inside.create("/number-", b"", sequence=True), "/number-0000000001", "a sequential one")
    finally:
        inside.stop()
        inside.close()


play(main)

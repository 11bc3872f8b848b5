"""Data that is null, empty, or any bytes: each comes back as what it was."""
from acceptance import connect, eventually, expect_equal, fresh, play

PATH = "/taier/data"


def main():
    client = connect()
    fresh(client, PATH)
    client.ensure_path(PATH)
    every_byte = bytes(range(256)) * 3
    for name, data in (("empty", b""), ("null", None), ("zero", b"\0"), ("bytes", every_byte), ("text", "ö".encode())):
        node = "%s/%s" % (PATH, name)
        # kazoo's create takes no null; its transaction and set do.
        client.create(node, b"not yet")
        client.set(node, data)
        read, stat = client.get(node)
        expect_equal(read, data, "the data of %s" % name)
        expect_equal(stat.dataLength, len(data or b""), "the length of %s" % name)
        expect_equal(stat.version, 1, "the version of %s" % name)
    client.set(PATH + "/null", b"")
    expect_equal(client.get(PATH + "/null")[0], b"", "null that became empty")
    client.set(PATH + "/empty", None)
    expect_equal(client.get(PATH + "/empty")[0], None, "empty that became null")

    seen = []
    client.DataWatch(PATH + "/watched")(lambda data, stat: seen.append((data, stat is not None)))
    client.create(PATH + "/watched", b"")
    eventually(lambda: seen == [(None, False), (b"", True)], "a watch tells a znode without data from none")
    with client.transaction() as transaction:
        transaction.set_data(PATH + "/text", b"")
    expect_equal(client.get(PATH + "/text")[0], b"", "empty data set by a transaction")


play(main)

"""Paths in all the scripts that ZooKeeper takes, and a refusal of those that it does not."""
from kazoo.exceptions import BadArgumentsError, NodeExistsError

from acceptance import connect, eventually, expect_equal, expect_raises, fresh, play

PATH = "/taier/unicode"
NAMES = ["Zürich", "日本語", "русский", "ελληνικά", "العربية", "עברית", "한국어", "a b", "a\u00a0b", "e\u0301", "é",
         "%2F", "a\\b", "a'b\"c", "..a", "a..", "...", ".a", "¡!", "K", "~" * 200]


def main():
    client = connect()
    fresh(client, PATH)
    client.ensure_path(PATH)
    for name in NAMES:
        expect_equal(client.create("%s/%s" % (PATH, name), name.encode()), "%s/%s" % (PATH, name), "the path")
    expect_equal(sorted(client.get_children(PATH)), sorted(NAMES), "the children")
    for name in NAMES:
        expect_equal(client.get("%s/%s" % (PATH, name))[0], name.encode(), "the data of %r" % name)
        expect_raises(NodeExistsError, client.create, "%s/%s" % (PATH, name), b"")

    deep = "/".join([PATH] + NAMES[:7])
    client.ensure_path(deep)
    events = []
    expect_equal(client.exists(deep + "/子", watch=lambda event: events.append(event.path)), None, "not there yet")
    created = client.create(deep + "/子", b"", sequence=False)
    eventually(lambda: events == [created], "an event with the path as it was given")
    numbered = client.create(deep + "/番号-", b"", sequence=True)
    expect_equal(numbered, deep + "/番号-0000000001", "a sequential name")

    for bad in ("a\u0000b", "a\u0001b", "a\u001fb", "a\u007fb", "a\u009fb", "\ue000", "\uf8ff", "\ufff0"):
        expect_raises(BadArgumentsError, client.create, "%s/%s" % (PATH, bad), b"")
    expect_equal(len(client.get_children(PATH)), len(NAMES), "children after refused creates")


play(main)

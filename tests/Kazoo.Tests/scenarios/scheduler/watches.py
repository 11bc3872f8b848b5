"""Watches: what they fire for, that they fire once, and the recipes that keep them."""
import threading

from kazoo.exceptions import NoNodeError
from kazoo.protocol.states import EventType

from acceptance import connect, eventually, expect, expect_equal, expect_raises, fresh, play

PATH = "/taier/watches"


def main():
    client, writer = connect(), connect()
    fresh(writer, PATH)
    writer.ensure_path(PATH)
    each_watch_fires_for_its_own(client, writer)
    a_watch_fires_once(client, writer)
    a_missing_znode_is_watched_only_by_exists(client, writer)
    children_watch_sees_every_state_it_asks_for(client, writer)
    data_watch_lives_through_delete_and_create(client, writer)
    a_watch_that_returns_false_ends(client, writer)


class Events:
    """A watch, and the events that it was called with."""

    def __init__(self):
        self.seen = []

    def __call__(self, event):
        self.seen.append((event.type, event.path))

    def become(self, expected, what):
        eventually(lambda: len(self.seen) >= len(expected), what)
        expect_equal(self.seen, expected, what)


def each_watch_fires_for_its_own(client, writer):
    node, child = PATH + "/own", PATH + "/own/child"
    data, children, exists = Events(), Events(), Events()
    writer.create(node, b"")
    client.get(node, watch=data)
    client.get_children(node, watch=children)
    client.exists(child, watch=exists)

    writer.create(child, b"")
    exists.become([(EventType.CREATED, child)], "exists of a znode that is created")
    children.become([(EventType.CHILD, node)], "get_children of its parent")
    writer.set(child, b"changed")
    writer.set(node, b"changed")
    data.become([(EventType.CHANGED, node)], "get of a znode that is set")
    expect_equal(len(children.seen), 1, "events for the data of a child")

    data, children = Events(), Events()
    client.get(child, watch=data)
    client.get_children(node, watch=children)
    writer.delete(child)
    data.become([(EventType.DELETED, child)], "get of a znode that is deleted")
    children.become([(EventType.CHILD, node)], "get_children of its parent")


def a_watch_fires_once(client, writer):
    node, events = PATH + "/once", Events()
    writer.create(node, b"")
    client.get(node, watch=events)
    client.get(node, watch=events)
    writer.set(node, b"1")
    writer.set(node, b"2")
    events.become([(EventType.CHANGED, node)], "a watch that was set twice")
    client.sync(node)
    expect_equal(len(events.seen), 1, "events after the second change")


def a_missing_znode_is_watched_only_by_exists(client, writer):
    node, by_exists, by_get = PATH + "/missing", Events(), Events()
    expect_raises(NoNodeError, client.get, node, watch=by_get)
    expect_raises(NoNodeError, client.get_children, node, watch=by_get)
    expect_equal(client.exists(node, watch=by_exists), None, "a znode that does not exist")
    writer.create(node, b"")
    by_exists.become([(EventType.CREATED, node)], "exists of a missing znode")
    expect_equal(by_get.seen, [], "events for calls that failed")


def children_watch_sees_every_state_it_asks_for(client, writer):
    node, seen = PATH + "/children", []
    writer.create(node, b"")
    client.ChildrenWatch(node)(lambda children: seen.append(sorted(children)))
    expect_equal(seen, [[]], "the children at first")
    for i in range(20):
        writer.create("%s/%02d" % (node, i), b"")
    names = ["%02d" % i for i in range(20)]
    eventually(lambda: seen[-1] == names, "all children")
    for state in seen:
        expect_equal(state, names[:len(state)], "a state that was")
    for i in range(19):
        writer.delete("%s/%02d" % (node, i))
    eventually(lambda: seen[-1] == ["19"], "the last child")


def data_watch_lives_through_delete_and_create(client, writer):
    node, seen = PATH + "/data", []
    client.DataWatch(node)(lambda data, stat: seen.append(data))
    for data in (b"first", b"second"):
        writer.create(node, data)
        eventually(lambda: seen[-1] == data, "%r is seen" % data)
        writer.delete(node)
        eventually(lambda: seen[-1] is None, "the delete after %r is seen" % data)
    expect_equal(seen, [None, b"first", None, b"second", None], "all that was seen")


def a_watch_that_returns_false_ends(client, writer):
    node, calls, called = PATH + "/ends", [], threading.Event()
    writer.create(node, b"")

    def once(data, stat):
        calls.append(data)
        if len(calls) == 2:
            called.set()
            return False

    client.DataWatch(node)(once)
    writer.set(node, b"1")
    expect(called.wait(10), "the watch was not called")
    writer.set(node, b"2")
    client.sync(node)
    expect_equal(calls, [b"", b"1"], "calls")


play(main)

"""Several schedulers try to create one ephemeral znode; whoever does leads, until it dies and one takes over."""
import threading
import time

from kazoo.exceptions import NodeExistsError, NoNodeError

from acceptance import (SHORTEST_TIMEOUT, SLACK, TICK, Player, connect, eventually, expect, expect_equal, fresh, play,
                        say)

LEADER = "/taier/leader"


def candidate(name):
    client = connect(timeout=SHORTEST_TIMEOUT)
    say("ready")
    while True:
        changed = threading.Event()
        try:
            client.create(LEADER, name.encode(), ephemeral=True)
            say("leads")
            threading.Event().wait()
        except NodeExistsError:
            if client.exists(LEADER, watch=lambda event: changed.set()):
                changed.wait()


def main():
    client = connect()
    client.ensure_path("/taier")
    fresh(client, LEADER)
    history = []

    @client.DataWatch(LEADER)
    def on_change(data, stat):
        history.append((time.monotonic(), data))

    candidates = {str(i): Player("candidate", i) for i in range(4)}
    for each in candidates.values():
        each.says()
    for _ in range(2):
        leader = eventually(lambda: _leader(client), "someone leads")
        expect_equal(candidates[leader].says(), "leads", "the word of the one whose name is on the znode")
        for name, each in candidates.items():
            if name != leader:
                each.says_nothing(during=0.1)
        term = client.get(LEADER)[1]
        died = time.monotonic()
        candidates.pop(leader).kill()

        successor = eventually(lambda: _leader(client) not in (None, leader) and _leader(client), "a takeover",
                               within=SHORTEST_TIMEOUT + TICK + 2 * SLACK)
        took = time.monotonic() - died
        say("%s took over from %s after %.3f s" % (successor, leader, took))
        # kazoo pings at a third of the timeout: the leader was heard last no longer than that before its death.
        expect(took >= SHORTEST_TIMEOUT / 2, "the takeover came while the leader's session had to be alive")
        expect(took <= SHORTEST_TIMEOUT + TICK + SLACK, "the takeover took too long")
        expect(client.get(LEADER)[1].czxid > term.czxid, "the new term is not newer than the old")

    leaders = [data for _, data in history if data is not None]
    expect_equal(len(leaders), len(set(leaders)), "terms that the watch saw: %r" % leaders)
    eventually(lambda: history[-1][1] == _leader(client).encode(), "the watch shows the present leader")


def _leader(client):
    try:
        return client.get(LEADER)[0].decode()
    except NoNodeError:
        return None


play(main, candidate=candidate)

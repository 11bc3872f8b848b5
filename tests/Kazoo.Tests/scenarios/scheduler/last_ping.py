"""A session ends no earlier than its timeout after its last ping, and no later than one tick after that."""
import time

from acceptance import SHORTEST_TIMEOUT, SLACK, TICK, connect, eventually, expect, expect_equal, fresh, play, say
from wire import RawSession

PATH = "/taier/last-ping"


def main():
    client = connect()
    fresh(client, PATH)
    client.ensure_path(PATH)
    gone = {}

    # Several at once, silent at different places within a tick: expiry goes by ticks, and so would an error in it.
    sessions = {}
    for i in range(4):
        session = RawSession(SHORTEST_TIMEOUT)
        expect_equal(session.timeout, SHORTEST_TIMEOUT, "the timeout that the server grants")
        session.create_ephemeral("%s/%d" % (PATH, i), b"")
        sessions[str(i)] = session

    @client.ChildrenWatch(PATH)
    def on_change(children):
        for name in set(sessions) - set(children):
            gone.setdefault(name, time.monotonic())

    # Pinging keeps a session for longer than its timeout.
    begin = time.monotonic()
    while time.monotonic() - begin < SHORTEST_TIMEOUT + TICK + 0.5:
        for session in sessions.values():
            session.ping()
        time.sleep(SHORTEST_TIMEOUT / 5)
    expect_equal(gone, {}, "sessions that ended while they pinged")

    last_pings = {}
    for i, (name, session) in enumerate(sessions.items()):
        if i:
            time.sleep(TICK / 4)
        before = time.monotonic()
        session.ping()
        last_pings[name] = before, time.monotonic()
        # A connection that ends is not a session that does.
        if i % 2:
            session.disconnect()

    eventually(lambda: len(gone) == len(sessions), "all silent sessions are gone",
               within=SHORTEST_TIMEOUT + TICK + 2 * SLACK)
    for name, (before, after) in last_pings.items():
        say("session %s ended %.3f s after its last ping; promised are %.3f to %.3f" %
            (name, gone[name] - before, SHORTEST_TIMEOUT, SHORTEST_TIMEOUT + TICK))
        expect(gone[name] >= before + SHORTEST_TIMEOUT, "session %s ended too early" % name)
        expect(gone[name] <= after + SHORTEST_TIMEOUT + TICK + SLACK, "session %s ended too late" % name)

    late = RawSession(SHORTEST_TIMEOUT, sessions["0"].session_id, sessions["0"].password)
    expect(not late.is_alive, "the server re-attached a session that has expired")


play(main)

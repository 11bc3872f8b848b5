"""A server that was away for longer than a session's timeout gives the session its whole timeout again."""
import time

from acceptance import (SHORTEST_TIMEOUT, SLACK, TICK, connect, eventually, expect, expect_equal, fresh, listen, play,
                        say)
from wire import RawSession

PATH = "/taier/downtime"


def main():
    observer = connect(timeout=20 * TICK)
    fresh(observer, PATH)
    observer.ensure_path(PATH)
    returning, dead = RawSession(SHORTEST_TIMEOUT), RawSession(SHORTEST_TIMEOUT)
    returning.create_ephemeral(PATH + "/returning", b"")
    dead.create_ephemeral(PATH + "/dead", b"")

    say("kill and wait")
    expect_equal(listen(), "starting", "what the one with the process says")
    starting = time.monotonic()
    expect_equal(listen(), "started", "what the one with the process says")
    started = time.monotonic()
    eventually(lambda: observer.connected, "the observer is connected", 20)
    expect_equal(sorted(observer.retry(observer.get_children, PATH)), ["dead", "returning"], "sessions that live on")

    gone = []
    observer.ChildrenWatch(PATH)(lambda children: gone.append(time.monotonic()) if "dead" not in children else None)
    back = RawSession(SHORTEST_TIMEOUT, returning.session_id, returning.password)
    expect(back.is_alive, "a session expired while the server was away")
    while not gone and time.monotonic() < started + SHORTEST_TIMEOUT + TICK + 2 * SLACK:
        back.ping()
        time.sleep(0.1)
    expect(gone, "a session of which nothing was heard after the restart lives on")
    expect(gone[0] >= starting + SHORTEST_TIMEOUT, "it ended before its whole timeout after the restart")
    expect_equal(observer.get_children(PATH), ["returning"], "the session that came back")


play(main)

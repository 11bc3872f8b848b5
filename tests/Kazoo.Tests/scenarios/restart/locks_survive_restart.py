"""The server is killed in the middle of held locks: nobody loses a lock, nobody gets it twice, and the order stays."""
import threading

from acceptance import connect, eventually, expect, expect_equal, fresh, in_thread, listen, play, say

PATH = "/taier/restart-locks"


def main():
    holder = connect(timeout=15)
    fresh(holder, PATH)
    locks, holding, served, errors = 4, [], [], []
    release = [threading.Event() for _ in range(locks)]
    lock = holder.Lock(PATH, "holder")
    lock.acquire()

    def take(i):
        client = connect(timeout=15)
        own = client.Lock(PATH, "waiter %d" % i)
        # A waiter whose read was cut off by the kill asks again; its place is the znode that it has.
        expect(own.acquire(), "a waiter did not get the lock")
        holding.append(i)
        if len(holding) > 1:
            errors.append("held by %r at once" % holding)
        served.append(i)
        release[i].wait(40)
        holding.remove(i)
        own.release()

    waiters = []
    for i in range(locks):
        waiters.append(in_thread(take, i))
        eventually(lambda: len(lock.contenders()) == i + 2, "waiter %d waits" % i)
    names = holder.retry(lock.contenders)

    restart()
    expect_equal(holder.retry(lock.contenders), names, "contenders after a restart")
    expect_equal(served, [], "who got a lock that was held")
    holder.retry(lock.release)
    for i in range(locks):
        eventually(lambda: served == list(range(i + 1)), "waiter %d has its turn" % i, within=60)
        if i == 1:
            restart()
            expect_equal(served, [0, 1], "who had a turn after a restart in the middle")
            eventually(lambda: holder.connected, "the client is connected", 20)
            expect_equal(holder.retry(lock.contenders), names[2:], "contenders after a restart in the middle")
        release[i].set()
        waiters[i].result()
    expect_equal(errors, [], "two with one lock")
    expect_equal(holder.get_children(PATH), [], "what the lock leaves")


def restart():
    say("kill")
    expect_equal(listen(), "started", "what the one with the process says")


play(main)

"""A fair lock: one holder, first come first served, an acquire that gives up in time and leaves no trace."""
import time

from kazoo.exceptions import LockTimeout

from acceptance import connect, eventually, expect, expect_equal, expect_raises, fresh, in_thread, play

PATH = "/taier/lock/fair"


def main():
    client = connect()
    fresh(client, PATH)
    only_one_holds_it(client)
    giving_up_takes_its_time_and_leaves_no_trace(client)
    waiters_are_served_in_order(client)
    a_waiter_that_gave_up_is_passed_over(client)


def only_one_holds_it(client):
    first, second = client.Lock(PATH, "first"), connect().Lock(PATH, "second")
    expect(first.acquire(), "the first did not get a free lock")
    expect(not second.acquire(blocking=False), "two hold the lock")
    expect_equal(first.contenders(), ["first"], "contenders after a try that did not wait")
    first.release()
    expect(second.acquire(blocking=False), "a released lock is not free")
    second.release()
    expect_equal(client.get_children(PATH), [], "what a free lock leaves")


def giving_up_takes_its_time_and_leaves_no_trace(client):
    holder, waiter = client.Lock(PATH, "holder"), connect().Lock(PATH, "waiter")
    holder.acquire()
    begin = time.monotonic()
    expect_raises(LockTimeout, waiter.acquire, timeout=0.5)
    waited = time.monotonic() - begin
    expect(0.5 <= waited < 5, "gave up after %.3f s instead of 0.5" % waited)
    expect_equal(holder.contenders(), ["holder"], "contenders after one gave up")
    holder.release()


def waiters_are_served_in_order(client):
    holder = client.Lock(PATH, "holder")
    holder.acquire()
    names = ["waiter-%d" % i for i in range(5)]
    served, holding, waiting = [], [], []

    def take(name):
        lock = connect().Lock(PATH, name)
        with lock:
            holding.append(name)
            expect_equal(holding, [name], "holders at once")
            served.append(name)
            time.sleep(0.02)
            holding.remove(name)

    for count, name in enumerate(names, start=2):
        waiting.append(in_thread(take, name))
        eventually(lambda: len(holder.contenders()) == count, "%s contends" % name)
    expect_equal(holder.contenders(), ["holder"] + names, "contenders in the order of their coming")
    expect_equal(served, [], "served while the lock is held")
    holder.release()
    for thread in waiting:
        thread.result()
    expect_equal(served, names, "the order of service")


def a_waiter_that_gave_up_is_passed_over(client):
    holder, impatient, patient = (c.Lock(PATH, name) for c, name in
                                  ((client, "holder"), (connect(), "impatient"), (connect(), "patient")))
    holder.acquire()
    gives_up = in_thread(expect_raises, LockTimeout, impatient.acquire, timeout=1.0)
    eventually(lambda: len(holder.contenders()) == 2, "the impatient waits")
    gets_it = in_thread(patient.acquire, timeout=60)
    eventually(lambda: len(holder.contenders()) == 3, "the patient waits behind it")
    gives_up.result()
    expect(not gets_it.is_over, "the patient got a lock that is held")
    holder.release()
    expect(gets_it.result(), "the patient did not get the lock")
    patient.release()


play(main)

"""A semaphore: so many at once and no more, and a place that comes free goes to one who waits."""
from kazoo.exceptions import LockTimeout

from acceptance import connect, eventually, expect, expect_equal, expect_raises, fresh, in_thread, play

PATH = "/taier/recipes/semaphore"


def main():
    client = connect()
    fresh(client, PATH)
    fresh(client, PATH + "-__lock__")
    semaphores = [connect().Semaphore(PATH, "holder %d" % i, max_leases=2) for i in range(4)]
    expect(semaphores[0].acquire(timeout=60), "no place in an empty semaphore")
    expect(semaphores[1].acquire(timeout=60), "no second place of two")
    expect(not semaphores[2].acquire(blocking=False), "a third place of two")
    expect_raises(LockTimeout, semaphores[2].acquire, timeout=0.3)
    expect_equal(sorted(semaphores[3].lease_holders()), ["holder 0", "holder 1"], "holders")
    waiting = in_thread(semaphores[3].acquire, timeout=60)
    eventually(lambda: client.exists(PATH + "-__lock__") and client.get_children(PATH + "-__lock__"), "one waits")
    semaphores[0].release()
    expect(waiting.result(), "a place came free and nobody got it")
    expect_equal(sorted(semaphores[0].lease_holders()), ["holder 1", "holder 3"], "holders after a change")
    expect_raises(ValueError, connect().Semaphore(PATH, max_leases=3).acquire)

    # The place of a holder whose session ends comes free too.
    semaphores[1].client.stop()
    expect(semaphores[2].acquire(timeout=60), "the place of one whose session ended is not free")

    inside, most = [], []

    def work():
        with connect().Semaphore(PATH + "/busy", max_leases=3):
            inside.append(1)
            most.append(len(inside))
            inside.pop()

    workers = [in_thread(work) for _ in range(8)]
    for worker in workers:
        worker.result()
    expect_equal(len(most), 8, "how many had their turn")
    expect(max(most) <= 3, "%d at once where 3 are allowed" % max(most))


play(main)

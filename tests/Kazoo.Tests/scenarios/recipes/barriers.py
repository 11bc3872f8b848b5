"""Barriers: one that is lifted for all, and a double one that all enter and leave together."""
from acceptance import connect, eventually, expect, expect_equal, fresh, in_thread, play

PATH = "/taier/recipes/barrier"


def main():
    client = connect()
    fresh(client, PATH)
    client.ensure_path(PATH)
    single(client)
    double(client)


def single(client):
    barrier = client.Barrier(PATH + "/single")
    expect(barrier.wait(0.1), "a barrier that was never put up holds")
    barrier.create()
    barrier.create()
    expect(not barrier.wait(0.2), "a barrier does not hold")
    waiting = [in_thread(connect().Barrier(PATH + "/single").wait, 20) for _ in range(4)]
    expect(not any(each.is_over for each in waiting), "someone passed the barrier")
    expect(barrier.remove(), "the barrier was not there to remove")
    expect(all(each.result() for each in waiting), "someone was not told that the barrier is gone")
    expect(not barrier.remove(), "a barrier was removed twice")


def double(client):
    inside, left = [], []

    def take_part(who):
        barrier = connect().DoubleBarrier(PATH + "/double", 3, "member %d" % who)
        barrier.enter()
        expect(barrier.participating, "a member did not get in")
        inside.append(who)
        eventually(lambda: len(inside) == 3, "all are inside")
        barrier.leave()
        expect_equal(len(inside), 3, "members inside when one left")
        left.append(who)

    members = [in_thread(take_part, who) for who in range(2)]
    eventually(lambda: len(_members(client)) == 2, "two wait at the barrier")
    expect_equal(inside, [], "inside before all came")
    members.append(in_thread(take_part, 2))
    for member in members:
        member.result()
    expect_equal(sorted(left), [0, 1, 2], "who left")
    expect_equal(client.get_children(PATH + "/double"), [], "what a double barrier leaves")


def _members(client):
    return client.get_children(PATH + "/double") if client.exists(PATH + "/double") else []


play(main)

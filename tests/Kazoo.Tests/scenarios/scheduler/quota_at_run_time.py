"""Quotas as JSON in a znode, read at the start, changed while the scheduler runs, and seen by all through a watch."""
import json

from acceptance import connect, eventually, expect_equal, fresh, play

PATH = "/taier/quota/job"


def main():
    operator = connect()
    fresh(operator, PATH)
    schedulers = [connect() for _ in range(3)]
    seen = [[] for _ in schedulers]
    for own, scheduler in zip(seen, schedulers):
        follow(scheduler, own)
    expect_equal(seen, [[None]] * 3, "a quota that nobody set")

    operator.create(PATH, encode({"spark": 4, "flink": 2}), makepath=True)
    all_see(seen, ({"spark": 4, "flink": 2}, 0))

    for version, slots in enumerate((8, 16, 1), start=1):
        data, stat = operator.get(PATH)
        quota = json.loads(data.decode())
        quota["spark"] = slots
        operator.set(PATH, encode(quota), version=stat.version)
        all_see(seen, ({"spark": slots, "flink": 2}, version))

    operator.delete(PATH)
    all_see(seen, None)
    operator.create(PATH, encode({"spark": 2}))
    all_see(seen, ({"spark": 2}, 0))

    # Changes that come faster than the watch may be seen in one; the last may not be missed.
    for slots in range(200):
        operator.set_async(PATH, encode({"spark": slots}))
    all_see(seen, ({"spark": 199}, 200))
    for own in seen:
        versions = [each[1] for each in own[6:] if each is not None]
        expect_equal(versions, sorted(versions), "versions in the order in which a watch shows them")


def follow(scheduler, seen):
    @scheduler.DataWatch(PATH)
    def on_change(data, stat):
        seen.append((json.loads(data.decode()), stat.version) if data is not None else None)


def encode(quota):
    return json.dumps(quota).encode()


def all_see(seen, expected):
    eventually(lambda: all(own[-1] == expected for own in seen), "all schedulers see %r" % (expected,))


play(main)

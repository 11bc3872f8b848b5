"""Several changes in one transaction: all of them or none, each with its result."""
from kazoo.exceptions import BadVersionError, NoNodeError, NodeExistsError, RolledBackError, RuntimeInconsistency

from acceptance import connect, eventually, expect, expect_equal, fresh, play

PATH = "/taier/transactions"


def main():
    client = connect()
    fresh(client, PATH)
    client.ensure_path(PATH)
    all_is_done(client)
    a_failed_check_undoes_all(client)
    each_kind_of_failure_undoes_all(client)
    later_operations_see_earlier_ones(client)
    one_zxid_and_one_moment(client)
    watches_see_all_of_it_or_none(client)


def all_is_done(client):
    client.create(PATH + "/job", b"waiting")
    client.create(PATH + "/old", b"")
    transaction = client.transaction()
    transaction.check(PATH + "/job", version=0)
    transaction.create(PATH + "/running", b"on worker 1")
    transaction.set_data(PATH + "/job", b"running")
    transaction.create(PATH + "/attempt-", b"", sequence=True)
    transaction.delete(PATH + "/old")
    results = transaction.commit()
    expect_equal(results[0], True, "the result of check")
    expect_equal(results[1], PATH + "/running", "the result of create")
    expect_equal(results[2].version, 1, "the version in the result of set_data")
    expect(results[3].startswith(PATH + "/attempt-"), "the result of a sequential create: %r" % results[3])
    expect_equal(results[4], True, "the result of delete")
    expect_equal(client.get(PATH + "/job")[0], b"running", "the znode that was set")
    expect_equal(sorted(client.get_children(PATH)), ["attempt-0000000003", "job", "running"], "the children")


def a_failed_check_undoes_all(client):
    before = client.get(PATH + "/job"), sorted(client.get_children(PATH)), client.exists(PATH)
    transaction = client.transaction()
    transaction.create(PATH + "/second-run", b"")
    transaction.set_data(PATH + "/job", b"running twice")
    transaction.check(PATH + "/job", version=1)
    transaction.delete(PATH + "/running")
    results = transaction.commit()
    # set_data made the version 2 for the check that follows it.
    expect_equal([type(result) for result in results],
                 [RolledBackError, RolledBackError, BadVersionError, RuntimeInconsistency],
                 "results around a failed check")
    after = client.get(PATH + "/job"), sorted(client.get_children(PATH)), client.exists(PATH)
    expect_equal(after, before, "what a failed transaction left")


def each_kind_of_failure_undoes_all(client):
    failures = {
        NodeExistsError: lambda transaction: transaction.create(PATH + "/job", b""),
        NoNodeError: lambda transaction: transaction.delete(PATH + "/none"),
        BadVersionError: lambda transaction: transaction.set_data(PATH + "/job", b"", version=17),
    }
    for error, fail in failures.items():
        transaction = client.transaction()
        transaction.create(PATH + "/undone", b"")
        fail(transaction)
        results = transaction.commit()
        expect_equal([type(result) for result in results], [RolledBackError, error], "results")
        expect_equal(client.exists(PATH + "/undone"), None, "what was created before %s" % error.__name__)


def later_operations_see_earlier_ones(client):
    with client.transaction() as transaction:
        transaction.create(PATH + "/parent", b"")
        transaction.create(PATH + "/parent/child", b"")
        transaction.set_data(PATH + "/parent/child", b"1", version=0)
        transaction.check(PATH + "/parent/child", version=1)
        transaction.delete(PATH + "/parent/child", version=1)
        transaction.delete(PATH + "/parent")
        transaction.create(PATH + "/parent", b"again")
    expect_equal(client.get(PATH + "/parent")[0], b"again", "the parent")
    expect_equal(client.get_children(PATH + "/parent"), [], "its children")


def one_zxid_and_one_moment(client):
    with client.transaction() as transaction:
        transaction.create(PATH + "/a", b"")
        transaction.create(PATH + "/b", b"", ephemeral=True)
        transaction.set_data(PATH + "/job", b"")
    a, b, job = (client.exists(PATH + name) for name in ("/a", "/b", "/job"))
    expect_equal((b.czxid, job.mzxid), (a.czxid, a.czxid), "zxids of one transaction")
    expect_equal((b.ctime, job.mtime), (a.ctime, a.ctime), "times of one transaction")
    expect_equal(b.ephemeralOwner, client.client_id[0], "the owner of an ephemeral made in a transaction")


def watches_see_all_of_it_or_none(client):
    watcher = connect()
    client.create(PATH + "/left", b"0")
    client.create(PATH + "/right", b"0")
    torn = []

    def on_left(data, stat):
        right = watcher.get(PATH + "/right")[0]
        if int(right) < int(data):
            torn.append((data, right))
        seen.append(int(data))

    seen = []
    watcher.DataWatch(PATH + "/left")(on_left)
    for i in range(1, 51):
        with client.transaction() as transaction:
            transaction.set_data(PATH + "/left", b"%d" % i)
            transaction.set_data(PATH + "/right", b"%d" % i)
    eventually(lambda: seen[-1] == 50, "the watch shows the last transaction")
    expect_equal(torn, [], "halves of transactions")


play(main)

"""ACLs: what a digest protects from whom, what `auth` means, and who may change them."""
from kazoo.exceptions import AuthFailedError, InvalidACLError, NoAuthError
from kazoo.protocol.states import KazooState
from kazoo.security import ACL, CREATOR_ALL_ACL, OPEN_ACL_UNSAFE, Id, make_acl, make_digest_acl

from acceptance import connect, cut, eventually, expect, expect_equal, expect_raises, fresh, play

PATH = "/taier/access"


def main():
    owner = connect()
    owner.add_auth("digest", "scheduler:secret")
    fresh(owner, PATH)
    owner.ensure_path(PATH)
    a_digest_keeps_strangers_out(owner)
    each_permission_is_its_own(owner)
    auth_means_the_identities_of_the_creator(owner)
    whoever_may_administer_may_change(owner)
    identities_come_with_the_client(owner)
    nonsense_is_refused(owner)


def a_digest_keeps_strangers_out(owner):
    node = PATH + "/private"
    owner.create(node, b"secret", acl=[make_digest_acl("scheduler", "secret", all=True)])
    expect_equal(owner.get(node)[0], b"secret", "what the owner reads")

    stranger = connect()
    for attempt in (lambda: stranger.get(node), lambda: stranger.set(node, b"mine"),
                    lambda: stranger.get_children(node), lambda: stranger.create(node + "/child", b""),
                    lambda: stranger.set_acls(node, OPEN_ACL_UNSAFE)):
        expect_raises(NoAuthError, attempt)
    expect_equal(owner.get_children(node), [], "children after a refused create")

    # A wrong password is not an error by itself: it is another identity, which nobody has let in.
    stranger.add_auth("digest", "scheduler:guess")
    expect_raises(NoAuthError, stranger.get, node)
    stranger.add_auth("digest", "scheduler:secret")
    expect_equal(stranger.get(node)[0], b"secret", "what the password opens, beside the wrong one")
    # What allows to delete a znode is its parent's ACL.
    connect().delete(node)


def each_permission_is_its_own(owner):
    permissions = ("read", "write", "create", "delete", "admin")
    actions = {
        "read": lambda client, node: (client.get(node), client.get_children(node)),
        "write": lambda client, node: client.set(node, b"written"),
        "create": lambda client, node: client.create(node + "/created", b""),
        "delete": lambda client, node: client.delete(node + "/given"),
        "admin": lambda client, node: client.set_acls(node, OPEN_ACL_UNSAFE),
    }
    stranger = connect()
    for granted in permissions:
        node = PATH + "/may-" + granted
        owner.create(node, b"")
        owner.create(node + "/given", b"")
        owner.set_acls(node, [make_acl("world", "anyone", **{granted: True})])
        for needed in permissions:
            if needed != granted:
                expect_raises(NoAuthError, actions[needed], stranger, node)
        actions[granted](stranger, node)


def auth_means_the_identities_of_the_creator(owner):
    node = PATH + "/auth"
    owner.create(node, b"", acl=CREATOR_ALL_ACL)
    acls, stat = owner.get_acls(node)
    expect_equal(acls, [make_digest_acl("scheduler", "secret", all=True)], "what `auth` became")
    expect_equal(stat.aversion, 0, "the ACL's version")
    expect_raises(NoAuthError, connect().get, node)

    both = connect(auth_data=[("digest", "scheduler:secret"), ("digest", "operator:other")])
    both.create(PATH + "/both", b"", acl=CREATOR_ALL_ACL)
    users = {acl.id.id.split(":")[0] for acl in both.get_acls(PATH + "/both")[0]}
    expect_equal(users, {"scheduler", "operator"}, "identities of a session with two")
    expect_equal(owner.get(PATH + "/both")[0], b"", "what either of them reads")
    expect_raises(InvalidACLError, connect().create, PATH + "/nobody", b"", acl=CREATOR_ALL_ACL)


def whoever_may_administer_may_change(owner):
    node = PATH + "/changed"
    owner.create(node, b"", acl=CREATOR_ALL_ACL)
    stat = owner.set_acls(node, OPEN_ACL_UNSAFE, version=0)
    expect_equal((stat.aversion, stat.version), (1, 0), "versions after a change of the ACL")
    expect_equal(connect().get(node)[0], b"", "what is open to all")


def identities_come_with_the_client(owner):
    node = PATH + "/reconnected"
    owner.create(node, b"", acl=CREATOR_ALL_ACL)
    client = connect(auth_data=[("digest", "scheduler:secret")])
    session = client.client_id[0]
    states = []
    client.add_listener(states.append)
    cut(client)
    eventually(lambda: states[-1:] == [KazooState.CONNECTED], "the client is connected again")
    expect_equal(client.client_id[0], session, "the session after a connection loss")
    expect_equal(client.retry(client.get, node)[0], b"", "what an identity given again opens")


def nonsense_is_refused(owner):
    node = PATH + "/nonsense"
    for acl in ([ACL(31, Id("nonsense", "anyone"))], [ACL(31, Id("digest", "no-hash"))]):
        expect_raises(InvalidACLError, owner.create, node, b"", acl=acl)
    expect(not owner.exists(node), "a refused create created")
    expect_raises(AuthFailedError, connect().add_auth, "nonsense", "x")


play(main)

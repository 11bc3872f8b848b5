"""TLS: a client with a certificate is let in, and is who its certificate says; one without is not.

The role `clients` takes the folder with trust.pem, alice.pem, alice.key, bob.pem and bob.key.
"""
from kazoo.client import KazooClient
from kazoo.exceptions import NoAuthError
from kazoo.handlers.threading import KazooTimeoutError
from kazoo.security import CREATOR_ALL_ACL

from acceptance import HOSTS, connect, expect, expect_equal, expect_raises, play


def connect_as(folder, name):
    return connect(
        use_ssl=True, ca=folder + "/trust.pem", certfile=f"{folder}/{name}.pem", keyfile=f"{folder}/{name}.key")


def clients(folder):
    alice = connect_as(folder, "alice")
    alice.create("/tls", b"secret", acl=CREATOR_ALL_ACL)
    expect_equal(alice.get("/tls")[0], b"secret", "what the owner reads")
    acl = alice.get_acls("/tls")[0][0]
    expect_equal((acl.id.scheme, acl.id.id), ("x509", "CN=alice,O=Example"), "whom the ACL names")

    bob = connect_as(folder, "bob")
    expect_raises(NoAuthError, bob.get, "/tls")
    alice.ensure_path("/tls-many")
    made = [alice.create_async(f"/tls-many/{i}", b"x" * 2000) for i in range(200)]
    expect_equal(len([one.get(timeout=60) for one in made]), 200, "creates")
    expect_equal(len(bob.get_children("/tls-many")), 200, "children")

    nobody = KazooClient(HOSTS, use_ssl=True, ca=folder + "/trust.pem")
    try:
        nobody.start(timeout=3)
        expect(False, "a client without a certificate was let in")
    except KazooTimeoutError:
        pass
    finally:
        nobody.stop()
        nobody.close()


play(None, clients=clients)

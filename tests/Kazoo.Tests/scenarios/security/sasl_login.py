"""SASL with DIGEST-MD5: who knows the password is let in as that user, and nobody else is."""
from kazoo.client import KazooClient
from kazoo.exceptions import AuthFailedError, ConnectionClosedError, NoAuthError
from kazoo.handlers.threading import KazooTimeoutError
from kazoo.protocol.states import KeeperState
from kazoo.security import ACL, CREATOR_ALL_ACL, Id

from acceptance import HOSTS, connect, cut, expect, expect_equal, expect_raises, fresh, play

PATH = "/taier/sasl"


def main():
    jack = connect(sasl_options=options("jaasuser", "jaas_password"))
    fresh(jack, PATH)
    jack.ensure_path(PATH)
    the_user_is_the_identity(jack)
    others_are_kept_out(jack)
    the_login_is_renewed_with_the_connection(jack)
    the_super_user_may_do_anything()
    the_wrong_password_and_unknown_users_are_refused()


def options(user, password):
    return {"mechanism": "DIGEST-MD5", "username": user, "password": password}


def the_user_is_the_identity(jack):
    jack.create(PATH + "/own", b"mine", acl=CREATOR_ALL_ACL)
    expect_equal(jack.get_acls(PATH + "/own")[0], [ACL(31, Id("sasl", "jaasuser"))], "what auth stands for")
    jack.create(PATH + "/named", b"mine", acl=[ACL(31, Id("sasl", "jaasuser"))])
    expect_equal(jack.get(PATH + "/named")[0], b"mine", "what the user reads")


def others_are_kept_out(jack):
    stranger = connect()
    for node in (PATH + "/own", PATH + "/named"):
        expect_raises(NoAuthError, stranger.get, node)
    # A digest of the same name and password is another scheme's identity.
    stranger.add_auth("digest", "jaasuser:jaas_password")
    expect_raises(NoAuthError, stranger.get, PATH + "/own")


def the_login_is_renewed_with_the_connection(jack):
    session = jack.client_id
    cut(jack)
    expect_equal(jack.retry(jack.get, PATH + "/own")[0], b"mine", "what the user reads again")
    expect_equal(jack.client_id, session, "the session")


def the_super_user_may_do_anything():
    root = connect(sasl_options=options("super", "super_secret"))
    expect_equal(root.get(PATH + "/own")[0], b"mine", "what the super user reads")


def the_wrong_password_and_unknown_users_are_refused():
    for user, password in (("jaasuser", "wrong"), ("nobody", "jaas_password"), ("jaasuser", "")):
        client = KazooClient(HOSTS, sasl_options=options(user, password))
        states = record_states(client)
        try:
            # kazoo has connected before it logs in: start fails, or what comes next.
            expect_raises((AuthFailedError, ConnectionClosedError, KazooTimeoutError),
                          lambda: (client.start(timeout=5), client.get("/")))
            expect(KeeperState.AUTH_FAILED in states, "%s:%s leads to %r" % (user, password, states))
        finally:
            client.stop()
            client.close()


def record_states(client):
    states = []
    take = client._session_callback

    def record(state):
        states.append(state)
        take(state)

    client._session_callback = record
    return states


play(main)

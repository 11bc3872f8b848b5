"""A party: who is there, by the data of ephemeral znodes or by their names, until they leave or their session ends."""
from acceptance import connect, eventually, expect, expect_equal, fresh, play

PATH = "/taier/recipes/party"


def main():
    client = connect()
    fresh(client, PATH)
    for kind in ("Party", "ShallowParty"):
        path = "%s/%s" % (PATH, kind)
        guests = [connect() for _ in range(3)]
        memberships = [getattr(guest, kind)(path, "guest%d" % i) for i, guest in enumerate(guests)]
        for count, membership in enumerate(memberships, start=1):
            membership.join()
            expect_equal(len(membership), count, "guests after %d joined" % count)
        memberships[0].join()
        watching = getattr(client, kind)(path)
        expect_equal(sorted(watching), ["guest0", "guest1", "guest2"], "who is there")
        expect(memberships[0].leave(), "one who was there did not leave")
        expect(not memberships[0].leave(), "one left twice")
        expect_equal(sorted(watching), ["guest1", "guest2"], "who is left")
        # A session that is closed takes its znodes along at once, not after its timeout.
        guests[1].stop()
        eventually(lambda: sorted(watching) == ["guest2"], "one whose session was closed is gone", within=10)


play(main)

"""A counter that several change at once, of whole numbers and of others, and Curator's encoding of it."""
from acceptance import connect, expect_equal, fresh, in_thread, play

PATH = "/taier/recipes/counter"


def main():
    client = connect()
    fresh(client, PATH)
    whole = client.Counter(PATH + "/whole")
    expect_equal(whole.value, 0, "a new counter")
    whole += 7
    whole -= 2
    expect_equal((whole.value, whole.pre_value, whole.post_value), (5, 7, 5), "a counter that went up and down")

    fraction = client.Counter(PATH + "/fraction", default=1.5)
    fraction += 0.25
    expect_equal(fraction.value, 1.75, "a counter of fractions")

    curator = client.Counter(PATH + "/curator", support_curator=True)
    curator += 258
    expect_equal((curator.value, client.get(PATH + "/curator")[0]), (258, b"\0\0\1\2"), "Curator's encoding")

    def count():
        own = connect(command_retry={"max_tries": -1, "delay": 0.01, "max_delay": 0.1})
        counter = own.Counter(PATH + "/shared")
        for _ in range(20):
            counter += 1

    threads = [in_thread(count) for _ in range(5)]
    for thread in threads:
        thread.result()
    expect_equal(client.Counter(PATH + "/shared").value, 100, "what five counted to together")
    expect_equal(client.exists(PATH + "/shared").version, 100, "the number of changes")


play(main)

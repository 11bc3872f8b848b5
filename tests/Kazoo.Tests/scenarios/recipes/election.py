"""An election: contenders lead one after the other, in the order of their coming; one that cancels never does."""
import threading

from acceptance import connect, eventually, expect, expect_equal, fresh, in_thread, play

PATH = "/taier/recipes/election"


def main():
    client = connect()
    fresh(client, PATH)
    led, step_down = [], {name: threading.Event() for name in "abcd"}
    elections, running = {}, {}

    def lead(name):
        led.append(name)
        expect(step_down[name].wait(20), "%s was never told to step down" % name)

    for count, name in enumerate("abcd", start=1):
        elections[name] = connect().Election(PATH, name)
        running[name] = in_thread(elections[name].run, lead, name)
        eventually(lambda: len(elections["a"].contenders()) == count, "%s contends" % name)
    expect_equal(elections["b"].contenders(), list("abcd"), "contenders")
    expect_equal(led, ["a"], "who leads")

    elections["c"].cancel()
    running["c"].result()
    eventually(lambda: elections["a"].contenders() == list("abd"), "the one that cancelled contends no more")
    for name, leaders in (("a", "ab"), ("b", "abd")):
        step_down[name].set()
        running[name].result()
        eventually(lambda: led == list(leaders), "the next one leads")
    step_down["d"].set()
    running["d"].result()
    expect_equal(client.get_children(PATH), [], "what an election leaves")


play(main)

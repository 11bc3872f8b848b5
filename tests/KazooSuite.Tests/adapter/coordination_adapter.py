"""A pytest plugin that runs kazoo's own tests against a server that is already running.

kazoo's harness starts ZooKeeper servers itself, from their jars. Here it is handed one server, of which it is told:

    COORDINATION_SERVER    its host and port
    COORDINATION_CONTROL   where whoever runs it listens for "stop" and "run", a line each, answered by "done"
    COORDINATION_LEFT_OUT  a file with the tests that are not run, one a line, each with its reason

A test that skips itself fails: what is missing must be heard of.
"""
import os
import socket

import pytest
from kazoo.testing import harness


class RunningServer:
    """What kazoo's tests know of a server, of one that somebody else runs."""

    def __init__(self, address, control_port):
        self.address = address
        self.running = True
        self._control_port = control_port

    @property
    def client_port(self):
        return int(self.address.rpartition(":")[2])

    def run(self):
        if not self.running:
            self._ask("run")
            self.running = True

    def stop(self):
        if self.running:
            self._ask("stop")
            self.running = False

    def _ask(self, what):
        with socket.create_connection(("127.0.0.1", self._control_port), timeout=60) as control:
            control.sendall(what.encode("ascii") + b"\n")
            answer = control.makefile("r", encoding="ascii").readline()
        if answer != "done\n":
            raise RuntimeError("the server did not %s: %s" % (what, answer))


class RunningCluster(list):
    """A cluster that is there before its tests and after them."""

    def start(self):
        for server in self:
            server.run()

    def terminate(self):
        """Leaves the server to whoever runs it."""


def _read_names(path):
    names = set()
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            name = line.partition("#")[0].strip()
            if name:
                names.add(name)
    return names


def _name(item):
    return item.path.name + "::" + item.nodeid.partition("::")[2]


class Suite:
    """Which tests are run, and that those are."""

    def __init__(self, left_out):
        self._left_out = left_out

    def pytest_collection_modifyitems(self, config, items):
        collected = {_name(item) for item in items}
        modules = {name.partition("::")[0] for name in collected}
        unknown = sorted(
            name for name in self._left_out
            if name.partition("::")[0] in modules and name not in collected)
        if unknown:
            raise pytest.UsageError("kazoo has no such tests: %s" % ", ".join(unknown))
        not_run = [item for item in items if _name(item) in self._left_out]
        items[:] = [item for item in items if _name(item) not in self._left_out]
        config.hook.pytest_deselected(items=not_run)

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_makereport(self):
        report = (yield).get_result()
        if report.skipped:
            report.outcome = "failed"
            report.longrepr = "it skips itself: %s" % (report.longrepr,)

    def pytest_sessionfinish(self, session, exitstatus):
        # A module of which nothing is left to run is as it should be.
        if exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED and self._left_out:
            session.exitstatus = pytest.ExitCode.OK


def pytest_configure(config):
    server = RunningServer(os.environ["COORDINATION_SERVER"], int(os.environ["COORDINATION_CONTROL"]))
    cluster = RunningCluster([server])
    harness.get_global_cluster = lambda: cluster
    config.pluginmanager.register(Suite(_read_names(os.environ["COORDINATION_LEFT_OUT"])))

using System.Diagnostics;
using System.Reflection;
using Coordination.Testing;
using Xunit.Abstractions;

namespace Coordination.KazooSuite.Tests;

/// <summary>kazoo's own tests, as Debian's python3-kazoo brings them, module by module.</summary>
/// <remarks>
/// They pass against Apache ZooKeeper 3.8 (COORDINATION_TEST_COMMAND), but for those that left-out.txt lists, which are not
/// run. A test that is listed and does not exist fails its module, and so does one that skips itself. Many of them wait for so
/// many seconds and no more, on whatever machine: hence the rounds.
/// </remarks>
public sealed class KazooSuiteTests(SuiteServer server, ITestOutputHelper output) : IClassFixture<SuiteServer>
{
    // Whichever Python comes first on the path, this is the one that Debian's packages are for.
    private const string Python = "/usr/bin/python3";
    private const string Packages = "python3-kazoo python3-pytest python3-mock python3-objgraph";

    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(150);

    private static readonly string s_folder = Path.Combine(RepositoryRoot.Path, "tests", "KazooSuite.Tests");

    [Theory(Timeout = 600_000)]
    [InlineData("barrier")]
    [InlineData("build")]
    [InlineData("cache")]
    [InlineData("client")]
    [InlineData("connection")]
    [InlineData("counter")]
    [InlineData("election")]
    [InlineData("eventlet_handler")]
    [InlineData("exceptions")]
    [InlineData("gevent_handler")]
    [InlineData("hosts")]
    [InlineData("interrupt")]
    [InlineData("lease")]
    [InlineData("lock")]
    [InlineData("partitioner")]
    [InlineData("party")]
    [InlineData("paths")]
    [InlineData("queue")]
    [InlineData("retry")]
    [InlineData("sasl")]
    [InlineData("security")]
    [InlineData("threading_handler")]
    [InlineData("utils")]
    [InlineData("watchers")]
    public async Task Module_passes(string module)
    {
        var startInfo = new ProcessStartInfo(
            Python,
            [
                "-m", "pytest", "-p", "coordination_adapter", "-p", "no:cacheprovider", "-c", "/dev/null",
                "--color=no", "-v", "-o", "faulthandler_timeout=60", "--pyargs", $"kazoo.tests.test_{module}",
            ])
        {
            WorkingDirectory = s_folder,
        };
        Configure(startInfo);
        await Rounds.OneGoesWellAsync(
            async _ => output.WriteLine(await ClientProgram.RunAsync(startInfo, Packages, s_longest)), most: 3);
    }

    [Fact(Timeout = 180_000)]
    public async Task No_module_is_forgotten()
    {
        const string List =
            "import pkgutil, kazoo.tests as tests; "
            + "names = [module.name for module in pkgutil.iter_modules(tests.__path__)]; "
            + "print(' '.join(sorted(name[5:] for name in names if name.startswith('test_'))))";
        string modules = await ClientProgram.RunAsync(new ProcessStartInfo(Python, ["-c", List]), Packages, s_longest);
        var method = typeof(KazooSuiteTests).GetMethod(nameof(Module_passes))!;
        var run = method.GetCustomAttributes<InlineDataAttribute>().Select(data => data.GetData(method).Single()[0]);
        Assert.Equal(modules.Trim(), string.Join(' ', run));
    }

    private void Configure(ProcessStartInfo startInfo)
    {
        startInfo.Environment["COORDINATION_SERVER"] = server.HostAndPort;
        startInfo.Environment["COORDINATION_CONTROL"] = server.ControlPort;
        startInfo.Environment["COORDINATION_LEFT_OUT"] = Path.Combine(s_folder, "left-out.txt");
        startInfo.Environment["PYTHONPATH"] = Path.Combine(s_folder, "adapter");
        startInfo.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        startInfo.Environment["PYTHONIOENCODING"] = "utf-8";
    }
}

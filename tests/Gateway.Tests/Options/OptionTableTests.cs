using System.Text.RegularExpressions;
using Coordination.Testing;

namespace Coordination.Gateway.Tests.Options;

/// <summary>docs/options.md says what the silo takes.</summary>
public sealed partial class OptionTableTests
{
    private static readonly List<Row> s_rows =
    [
        .. RowShape().Matches(File.ReadAllText(Path.Combine(RepositoryRoot.Path, "docs", "options.md"))).Select(static match =>
            new Row(match.Groups["name"].Value, match.Groups["default"].Value, match.Groups["bounds"].Value)),
    ];

    [SiloFact(Timeout = 180_000)]
    public async Task Table_names_the_options_that_there_are()
    {
        using var directory = new TemporaryDirectory();
        await using var command = SiloCommand.Start(["--help"], directory.Path);
        var (_, output, _) = await command.WaitAsync();
        Assert.Equal(
            output.Split("There are\n")[1].Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal),
            s_rows.Select(static row => row.Name).Order(StringComparer.Ordinal));
    }

    [SiloFact(Timeout = 180_000)]
    public async Task Table_tells_bounds_and_defaults()
    {
        using var directory = new TemporaryDirectory();
        var numbers = s_rows.Where(static row => row.Bounds.Length > 0).ToList();
        Assert.True(numbers.Count > 15);
        foreach (var row in numbers)
        {
            // Those of TLS are looked at where there is a port for it.
            string[] port = row.Name.StartsWith("--tls-", StringComparison.Ordinal) ? ["--secure-client-port", "2281"] : [];
            string line = await SiloCommand.ExpectRefusalAsync([row.Name, "no number", .. port], directory.Path);
            Assert.EndsWith($"must be a number from {row.Bounds}; unless set, it is {row.Default.Split(' ')[0]}", line);
        }
    }

    [SiloTheory(Timeout = 180_000)]
    [InlineData("needs --tls-certificate with --tls-key, or --tls-key-store", "--tls-client-auth", "none")]
    [InlineData("go together", "--tls-certificate", "a.pem", "--tls-client-auth", "none")]
    [InlineData("takes --tls-trust", "--tls-certificate", "a.pem", "--tls-key", "a.key")]
    [InlineData("must be none, want or need", "--tls-client-auth", "perhaps")]
    [InlineData("is the same as", "--client-port", "2281", "--tls-key-store", "a.p12", "--tls-client-auth", "none")]
    public async Task Options_of_TLS_must_make_sense_together(string expected, params string[] arguments)
    {
        using var directory = new TemporaryDirectory();
        await File.WriteAllTextAsync(directory.Combine("a.p12"), "");
        string line = await SiloCommand.ExpectRefusalAsync(["--secure-client-port", "2281", .. arguments], directory.Path);
        Assert.Contains(expected, line);
    }

    [SiloTheory(Timeout = 180_000)]
    [InlineData("missing.p12", "missing.p12 is named for TLS, but there is no such file")]
    [InlineData("there.p12", "the certificates of the secure client port cannot be used: ")]
    public async Task Certificates_that_cannot_be_read_are_one_line_and_no_silo(string file, string expected)
    {
        using var directory = new TemporaryDirectory();
        await File.WriteAllTextAsync(directory.Combine("there.p12"), "no key store");
        string line = await SiloCommand.ExpectRefusalAsync(
            [
                "--client-port", $"{FreePort.Take()}", "--http-port", "0", "--secure-client-port", $"{FreePort.Take()}",
                "--tls-key-store", file, "--tls-client-auth", "none",
            ],
            directory.Path);
        Assert.Contains(expected, line);
    }

    [GeneratedRegex(@"^\| `(?<name>--[a-z0-9-]+)` \| ?(?<default>[^|]*?) ?\| ?(?<bounds>[^|]*?) ?\|", RegexOptions.Multiline)]
    private static partial Regex RowShape();

    private sealed record Row(string Name, string Default, string Bounds);
}

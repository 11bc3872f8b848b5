using System.Diagnostics;
using System.Net;

namespace Coordination.Testing;

/// <summary>A network namespace for each silo, with a wire to the database, another to the clients, and a third to the other
/// silos, each of which can be cut: then nothing gets through, and nobody is told.</summary>
public sealed class SiloNetworks : IAsyncDisposable
{
    // Of the range for carriers' own use, of which a machine's own networks hardly are.
    private const int FirstByte = 100;

    private static readonly Lazy<string?> s_whyNot = new(FindOutWhyNot);

    private readonly string _name = $"co{Environment.ProcessId % 100_000}";
    private readonly int _secondByte = 64 + Random.Shared.Next(64);
    private readonly int _silos;

    private SiloNetworks(int silos) => _silos = silos;

    // What joins the wires among the silos; it has no address at first, so that nobody else is reached through it.
    private string Bridge => $"{_name}b";

    /// <summary>Why there can be none here; null where there can.</summary>
    public static string? WhyNot => s_whyNot.Value;

    /// <summary>All addresses of the wires.</summary>
    public string Range => $"{FirstByte}.{_secondByte}.0.0/16";

    /// <summary>Makes them.</summary>
    /// <exception cref="InvalidOperationException">They cannot be made here.</exception>
    public static async Task<SiloNetworks> MakeAsync(int silos)
    {
        var networks = new SiloNetworks(silos);
        try
        {
            Run("link", "add", networks.Bridge, "type", "bridge");
            Run("link", "set", "dev", networks.Bridge, "up");
            for (int silo = 0; silo < silos; silo++)
                networks.Make(silo);
            return networks;
        }
        catch
        {
            await networks.DisposeAsync();
            throw;
        }
    }

    /// <summary>Joins the test's process to the silos, as one that calls their grains has to be.</summary>
    public void JoinTestToSilos() => Run("address", "add", $"{AddressAmongSilos(_silos)}/24", "dev", Bridge);

    public string NamespaceOf(int silo) => $"{_name}n{silo}";

    /// <summary>Where a silo's clients reach it.</summary>
    public IPAddress ClientAddressOf(int silo) => IPAddress.Parse(Address(silo, 'c', 2));

    /// <summary>Where a silo reaches the database.</summary>
    public string DatabaseAddressOf(int silo) => Address(silo, 'd', 1);

    /// <summary>Where the other silos reach a silo.</summary>
    public IPAddress SiloAddressOf(int silo) => IPAddress.Parse(AddressAmongSilos(silo));

    public void CutFromDatabase(int silo) => Run("link", "set", "dev", Wire(silo, 'd'), "down");

    public void JoinToDatabase(int silo) => Run("link", "set", "dev", Wire(silo, 'd'), "up");

    public void CutFromClients(int silo) => Run("link", "set", "dev", Wire(silo, 'c'), "down");

    public void JoinToClients(int silo) => Run("link", "set", "dev", Wire(silo, 'c'), "up");

    public void CutFromSilos(int silo) => Run("link", "set", "dev", Wire(silo, 's'), "down");

    public void JoinToSilos(int silo) => Run("link", "set", "dev", Wire(silo, 's'), "up");

    public ValueTask DisposeAsync()
    {
        for (int silo = 0; silo < _silos; silo++)
        {
            // Its ends of the wires go with it, and so do the others. One that was never made cannot be deleted.
            TryRun("netns", "delete", NamespaceOf(silo));
            TryRun("link", "delete", Wire(silo, 'c'));
            TryRun("link", "delete", Wire(silo, 'd'));
            TryRun("link", "delete", Wire(silo, 's'));
        }
        TryRun("link", "delete", Bridge);
        return ValueTask.CompletedTask;
    }

    private static string? FindOutWhyNot()
    {
        string name = $"co{Environment.ProcessId % 100_000}t";
        try
        {
            string? error = TryRun("netns", "add", name) ?? TryRun(
                "link", "add", name, "type", "veth", "peer", "name", "w", "netns", name);
            TryRun("netns", "delete", name);
            return error is null ? null : $"no network namespaces can be made here: {error.Trim()}";
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            return $"the program ip is missing: {e.Message}";
        }
    }

    private static void Run(params string[] arguments)
    {
        if (TryRun(arguments) is { } error)
            throw new InvalidOperationException($"ip {string.Join(' ', arguments)}: {error}");
    }

    // What it says where it fails.
    private static string? TryRun(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("ip", arguments) { RedirectStandardError = true })!;
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? null : error;
    }

    private void Make(int silo)
    {
        string name = NamespaceOf(silo);
        Run("netns", "add", name);
        Run("-n", name, "link", "set", "dev", "lo", "up");
        foreach (char end in "cds")
        {
            Run("link", "add", Wire(silo, end), "type", "veth", "peer", "name", $"wire{end}", "netns", name);
            if (end == 's')
                Run("link", "set", "dev", Wire(silo, end), "master", Bridge);
            else
                Run("address", "add", $"{Address(silo, end, 1)}/24", "dev", Wire(silo, end));
            string address = end == 's' ? AddressAmongSilos(silo) : Address(silo, end, 2);
            Run("-n", name, "address", "add", $"{address}/24", "dev", $"wire{end}");
            Run("-n", name, "link", "set", "dev", $"wire{end}", "up");
            Run("link", "set", "dev", Wire(silo, end), "up");
        }
    }

    private string AddressAmongSilos(int silo) => $"{FirstByte}.{_secondByte}.0.{1 + silo}";

    private string Wire(int silo, char end) => $"{_name}{end}{silo}";

    private string Address(int silo, char end, int last) => $"{FirstByte}.{_secondByte}.{(end == 'c' ? 1 : 129) + silo}.{last}";
}

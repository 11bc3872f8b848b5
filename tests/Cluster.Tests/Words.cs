using System.Net;
using System.Text.RegularExpressions;
using Coordination.Testing.RawProtocol;

namespace Coordination.Cluster.Tests;

/// <summary>What silos say of themselves on their client ports.</summary>
internal static class Words
{
    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(60);

    internal static Task<string> AskAsync(IPEndPoint silo, string word) => FourLetterWord.AskAsync(silo, word, s_soon);

    /// <summary>What <c>srvr</c> tells after <c>Mode:</c>; what it says instead where it tells none.</summary>
    internal static async Task<string> ModeAsync(IPEndPoint silo)
    {
        string answer = await AskAsync(silo, "srvr");
        var mode = Regex.Match(answer, "^Mode: (.*)$", RegexOptions.Multiline);
        return mode.Success ? mode.Groups[1].Value : answer;
    }

    /// <summary>The figures of <c>mntr</c>, by their names.</summary>
    internal static async Task<IReadOnlyDictionary<string, string>> MonitorAsync(IPEndPoint silo) =>
        (await AskAsync(silo, "mntr")).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split('\t')).ToDictionary(parts => parts[0], parts => parts[1]);
}

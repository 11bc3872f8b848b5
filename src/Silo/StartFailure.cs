using Coordination.Grains.Cluster;
using Coordination.Silo.Options;
using Coordination.Storage;
using Orleans.Runtime;

namespace Coordination.Silo;

/// <summary>Says in one line why the silo does not run, or not any more.</summary>
internal static class StartFailure
{
    /// <summary>The line, for the operator.</summary>
    public static string Line(Exception failure) => string.Join(' ', TextOf(failure).Split(
        ['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));

    private static string TextOf(Exception failure) => failure switch
    {
        LogCorruptException => $"{failure.Message}; nothing of it was changed: restore the data from a copy",
        OptionException or DataFolderException or DatabaseException or LogUnavailableException or LogHistoryChangedException
            or SiloStrandedException or IOException or InvalidDataException or OrleansException or OrleansConfigurationException => failure.Message,
        // Its kind is all that whoever looks for the cause may have to go by.
        _ => $"what was not expected at the start: {failure.Message} ({failure.GetType().Name})",
    };
}

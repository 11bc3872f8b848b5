using Coordination.Engine.Checkpoint;
using Coordination.Silo;
using Coordination.Silo.Options;
using Coordination.Storage;
using Coordination.Storage.Postgres;
using Orleans.Runtime;

// What arrives on a socket is handled on the thread that polls it: a read is answered without a hop between threads.
// The runtime has no other way to say so than this variable, which it reads when the first socket is made.
const string InlineCompletions = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";
if (Environment.GetEnvironmentVariable(InlineCompletions) is null)
    Environment.SetEnvironmentVariable(InlineCompletions, "1");

try
{
    var configuration = SiloOptionsReader.Configure(args);
    var options = SiloOptionsReader.Read(configuration);
    var genesis = Genesis.State with { FormatLevel = options.FormatLevel };
    await using IDataStore store = options.Database is { } database
        ? await PostgresDatabase.OpenAsync(database, options.Cluster, genesis, Genesis.Znodes(options.FormatLevel), CancellationToken.None)
        : DataFolder.Open(options.DataDir, genesis, Genesis.Znodes(options.FormatLevel));
    return await SiloHost.RunAsync(options, configuration, store);
}
catch (Exception e) when (e is OptionException or DataFolderException or DatabaseException or LogCorruptException or LogUnavailableException
    or LogHistoryChangedException or IOException or InvalidDataException or OrleansException)
{
    Console.Error.WriteLine($"coordination: {e.Message}");
    return 1;
}

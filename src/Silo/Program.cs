using Coordination.Engine.Checkpoint;
using Coordination.Silo;
using Coordination.Silo.Flavours;
using Coordination.Silo.Options;
using Coordination.Storage;
using Coordination.Storage.Postgres;

// What arrives on a socket is handled on the thread that polls it: a read is answered without a hop between threads.
// The runtime has no other way to say so than this variable, which it reads when the first socket is made.
const string InlineCompletions = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";
if (Environment.GetEnvironmentVariable(InlineCompletions) is null)
    Environment.SetEnvironmentVariable(InlineCompletions, "1");

if (Usage.Answer(args) is { } answer)
{
    Console.WriteLine(answer);
    return 0;
}

using var stop = new StopSignals();
try
{
    var configuration = OptionSources.Read(args);
    var options = SiloOptionsReader.Read(configuration);
    // Before the data is looked at: a start that must fail touches nothing.
    new ListenPlaces(options).ExpectFree();
    GrainHosting.CheckFiles(options);
    var genesis = Genesis.State with { FormatLevel = options.FormatLevel };
    // The driver may overhear that it is to stop while it connects.
    await using IDataStore store = options.Database is { } database
        ? await PostgresDatabase.OpenAsync(database, options.Cluster, genesis, Genesis.Znodes(options.FormatLevel), stop.Token)
            .WaitAsync(stop.Token)
        : DataFolder.Open(options.DataDir, genesis, Genesis.Znodes(options.FormatLevel));
    return await SiloHost.RunAsync(options, configuration, store, stop.Token);
}
catch (OperationCanceledException) when (stop.Token.IsCancellationRequested)
{
    return 0;
}
catch (Exception e)
{
    Console.Error.WriteLine($"coordination: {StartFailure.Line(e)}");
    return 1;
}

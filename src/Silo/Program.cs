using Coordination.Engine.Checkpoint;
using Coordination.Silo;
using Coordination.Silo.Options;
using Coordination.Storage;

try
{
    var configuration = SiloOptionsReader.Configure(args);
    var options = SiloOptionsReader.Read(configuration);
    await using var folder = DataFolder.Open(options.DataDir, Genesis.State, Genesis.Znodes());
    return await SiloHost.RunAsync(options, configuration, folder);
}
catch (Exception e) when (e is OptionException or DataFolderException or LogCorruptException or LogUnavailableException
    or IOException)
{
    Console.Error.WriteLine($"coordination: {e.Message}");
    return 1;
}

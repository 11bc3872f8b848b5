using System.Globalization;
using Coordination.Client.GrainServer;
using Coordination.Engine.Checkpoint;
using Coordination.Silo;
using Coordination.Silo.Options;
using Coordination.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans;

// A silo that takes a silo's arguments, and whose grains are called over a socket: so it can be killed, and those who call them
// live on. In the flavour without Orleans' own network there is no other way to grains of another process.
int port = int.Parse(Environment.GetEnvironmentVariable(GrainServer.PortVariable)!, CultureInfo.InvariantCulture);
var configuration = OptionSources.Read(args);
var options = SiloOptionsReader.Read(configuration);
await using var data = DataFolder.Open(options.DataDir, Genesis.State, Genesis.Znodes());
await using var silo = await SiloHost.BuildAsync(options, configuration, data, CancellationToken.None);
await silo.StartAsync();
var server = new GrainServer(port, silo.Services.GetRequiredService<IClusterClient>());
await Task.WhenAll(server.RunAsync(silo.Lifetime.ApplicationStopping), silo.WaitForShutdownAsync());

using System.Diagnostics;
using System.Globalization;
using Coordination.Client;
using Coordination.Client.Recipes;
using Coordination.Client.Tests.ThroughGrains;

// Usage: HOST:PORT|grains get|set|lock IN-FLIGHT SECONDS
// Keeps that many requests in flight on one connection, and writes operations per second and the CPU of each. Load.java
// does the same with ZooKeeper's client. With the word grains, a silo in this process is reached through its grains.
string operation = args[1];
int inFlight = int.Parse(args[2], CultureInfo.InvariantCulture);
var duration = TimeSpan.FromSeconds(int.Parse(args[3], CultureInfo.InvariantCulture));
await using var silo = args[0] == "grains" ? await SiloInProcess.StartAsync(clientPort: 24182) : null;
var options = new CoordinationClientOptions { ConnectionString = silo is null ? args[0] : "/" };
await using var client = await CoordinationClient.ConnectAsync(silo is null ? options : options.UseOrleans(silo.Grains));
const string path = "/bench-client";
await client.EnsurePathAsync(path);
byte[] data = new byte[100];
await client.SetDataAsync(path, data);

// What the runtime compiles while it runs is no part of it.
await LoadAsync(TimeSpan.FromSeconds(2));
using var process = Process.GetCurrentProcess();
var cpu = process.TotalProcessorTime;
long allocated = GC.GetTotalAllocatedBytes();
var clock = Stopwatch.StartNew();
long done = await LoadAsync(duration);
double seconds = clock.Elapsed.TotalSeconds;
process.Refresh();
cpu = process.TotalProcessorTime - cpu;
allocated = GC.GetTotalAllocatedBytes() - allocated;
Console.WriteLine(string.Create(
    CultureInfo.InvariantCulture,
    $".NET {operation} {inFlight} in flight{(silo is null ? "" : " through grains")}: {done / seconds:0} op/s, {cpu.TotalMicroseconds / done:0.00} us CPU/op, {allocated / done} B/op"));

async Task<long> LoadAsync(TimeSpan length)
{
    var over = Stopwatch.StartNew();
    var counts = await Task.WhenAll(Enumerable.Range(0, inFlight).Select(async i =>
    {
        long count = 0;
        var mutex = new DistributedLock(client, $"{path}/lock-{i}");
        for (; over.Elapsed < length; count++)
        {
            if (operation == "get")
                await client.GetDataAsync(path);
            else if (operation == "set")
                await client.SetDataAsync(path, data);
            else
                await (await mutex.AcquireAsync()).DisposeAsync();
        }
        return count;
    }));
    return counts.Sum();
}

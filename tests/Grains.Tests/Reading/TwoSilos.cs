using Coordination.Grains.Tests.Hosting;
using Coordination.Grains.Tests.Logs;

namespace Coordination.Grains.Tests.Reading;

/// <summary>Two silos on one log, the second of which follows it only where it has to: it is always behind.</summary>
internal sealed class TwoSilos : IAsyncDisposable
{
    private readonly TempFolder _firstFolder = new();
    private readonly TempFolder _secondFolder = new();

    private readonly MemoryLog _shared = new() { IsShared = true };

    public TwoSilos() => Log = new FaultyLog(_shared);

    /// <summary>The log, as the second silo has it.</summary>
    public FaultyLog Log { get; }

    public SiloInProcess First { get; private set; } = null!;

    public SiloInProcess Second { get; private set; } = null!;

    public async Task StartAsync()
    {
        First = await SiloInProcess.StartAsync(_firstFolder.Path, new SiloSettings { WrapLog = _ => _shared });
        Second = await SiloInProcess.StartAsync(_secondFolder.Path, new SiloSettings { WrapLog = _ => Log });
    }

    public async ValueTask DisposeAsync()
    {
        await Second.DisposeAsync();
        await First.DisposeAsync();
        _secondFolder.Dispose();
        _firstFolder.Dispose();
    }
}

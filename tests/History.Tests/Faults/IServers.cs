using System.Net;
using Coordination.History.Tests.Logs;
using Coordination.History.Tests.Recording;

namespace Coordination.History.Tests.Faults;

/// <summary>What a run is made on: servers that can be made to fail.</summary>
internal interface IServers : IAsyncDisposable
{
    IReadOnlyList<IPEndPoint> EndPoints { get; }

    /// <summary>How far an answer may be behind what others have seen.</summary>
    TimeSpan MostStaleness { get; }

    /// <summary>What was lost when they failed; null where that was nothing.</summary>
    Loss? Loss { get; }

    /// <summary>Fails in all ways that it can, by the random source, until it is told to stop; all is well again then.</summary>
    Task FailAsync(FaultDiary diary, Random random, CancellationToken stopping);

    /// <summary>Whether any of these sessions is still open.</summary>
    Task<bool> AnyIsOpenAsync(IReadOnlyCollection<long> sessions, CancellationToken cancellationToken);

    /// <summary>Reads the log, after which the servers are of no more use.</summary>
    Task<CommittedLog> ReadLogAsync(CancellationToken cancellationToken);
}

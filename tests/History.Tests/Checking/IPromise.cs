using Coordination.History.Tests.Recording;

namespace Coordination.History.Tests.Checking;

/// <summary>Something that clients are promised, and a run's history either keeps or breaks.</summary>
internal interface IPromise
{
    /// <summary>Finds where a history breaks it.</summary>
    IEnumerable<string> Breaches(RunHistory history);
}

using Coordination.Grains.Messages;
using Orleans;

namespace Coordination.Grains;

/// <summary>A replica that wants to hear of committed rows. A hint only: what it missed, it reads from the log.</summary>
public interface ICommittedRowObserver : IGrainObserver
{
    /// <summary>A row was committed.</summary>
    Task CommittedAsync(CommittedRow row);
}

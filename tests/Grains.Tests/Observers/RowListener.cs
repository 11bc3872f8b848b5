using Coordination.Grains.Messages;

namespace Coordination.Grains.Tests.Observers;

/// <summary>A replica of another silo.</summary>
internal sealed class RowListener : ICommittedRowObserver
{
    public Heard<CommittedRow> Rows { get; } = new();

    /// <summary>Runs when a row comes, before it counts as heard.</summary>
    public Func<CommittedRow, Task> OnRow { get; init; } = _ => Task.CompletedTask;

    public async Task CommittedAsync(CommittedRow row)
    {
        await OnRow(row);
        Rows.Add(row);
    }
}

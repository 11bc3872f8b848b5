namespace Coordination.Engine.Requests;

/// <summary>Forgets silos that have handed no batch over for long; the service's own.</summary>
/// <remarks>Whoever has seen less than a zxid when he made a batch has it refused from then on: so what is forgotten is not
/// taken again, however late it comes a second time. Refused itself where a silo has handed over another batch since, and
/// while the log has not got <see cref="Log.LogFormat.ForgettingLevel"/>.</remarks>
/// <param name="silos">The lives of the silos, each with the number of the last batch that was taken from it.</param>
/// <param name="seen">The zxid: at or above that of all these batches.</param>
public sealed class ForgetSilosOperation(IReadOnlyList<KeyValuePair<Guid, long>> silos, long seen) : WriteOperation
{
    /// <summary>The lives of the silos, each with the number of the last batch that was taken from it.</summary>
    public IReadOnlyList<KeyValuePair<Guid, long>> Silos { get; } = silos;

    /// <summary>The zxid that a silo must have seen for its batch to be taken.</summary>
    public long Seen { get; } = seen;
}

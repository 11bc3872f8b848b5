using Npgsql;

namespace Coordination.Storage.Postgres;

/// <summary>Hears what the server warns of while it commits.</summary>
/// <remarks>A commit whose waiting for a synchronous standby somebody cancels succeeds, with a warning that the standby may not
/// have it.</remarks>
internal sealed class CommitWarnings : IDisposable
{
    private readonly NpgsqlConnection _connection;
    private string? _warning;

    public CommitWarnings(NpgsqlConnection connection)
    {
        _connection = connection;
        _connection.Notice += Hear;
    }

    /// <summary>To be called after a commit.</summary>
    /// <exception cref="NpgsqlException">There was a warning: nothing may be acknowledged for this commit.</exception>
    public void ThrowIfAny()
    {
        if (_warning is not { } warning)
            return;
        _warning = null;
        throw new NpgsqlException($"the commit came with a warning: {warning}");
    }

    public void Dispose() => _connection.Notice -= Hear;

    private void Hear(object sender, NpgsqlNoticeEventArgs heard)
    {
        if (heard.Notice.InvariantSeverity == "WARNING")
            _warning = heard.Notice.MessageText;
    }
}

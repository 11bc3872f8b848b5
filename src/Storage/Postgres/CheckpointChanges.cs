using System.Text;
using Coordination.Engine.Checkpoint;
using Npgsql;
using NpgsqlTypes;

namespace Coordination.Storage.Postgres;

/// <summary>Carries changes out on the checkpoint's rows, within a transaction of the caller's: a statement for all
/// changes of a kind.</summary>
internal static class CheckpointChanges
{
    // So many znodes a statement, that its parameters stay within some megabytes.
    private const int MostRows = 1024;

    /// <summary>Puts, changes and deletes znodes.</summary>
    /// <exception cref="LogCorruptException">A znode that changes has no row.</exception>
    public static async Task WriteAsync(
        NpgsqlConnection connection, IReadOnlyCollection<ZnodeChange> changes, CancellationToken cancellationToken)
    {
        // In one order everywhere: two silos that both try wait for each other at the first row, not crosswise.
        foreach (var group in changes.GroupBy(ColumnsOf).OrderBy(group => group.Key))
        {
            foreach (var piece in group.OrderBy(change => change.Path, PathOrder.Instance).Chunk(MostRows))
                await WriteAsync(connection, group.Key, piece, cancellationToken);
        }
    }

    /// <summary>Writes sessions, their answers, counters and silos' batches.</summary>
    /// <exception cref="LogCorruptException">A session that changes has no row.</exception>
    public static async Task WriteOthersAsync(
        NpgsqlConnection connection, CheckpointDelta delta, CancellationToken cancellationToken)
    {
        if (delta.Sessions.Count + delta.Answers.Count + delta.Counters.Count + delta.SiloBatches.Count == 0)
            return;
        await using var batch = new NpgsqlBatch(connection);
        foreach (var (id, session) in delta.Sessions)
        {
            batch.BatchCommands.Add(CommandFor(id, session));
            if (session is null)
                batch.BatchCommands.Add(CommandFor(id, (byte[]?)null));
        }
        foreach (var (id, answers) in delta.Answers)
            batch.BatchCommands.Add(CommandFor(id, answers));
        foreach (var (name, next) in delta.Counters)
        {
            batch.BatchCommands.Add(Command(
                "INSERT INTO counter VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET next = excluded.next",
                new NpgsqlParameter<string> { TypedValue = name },
                PostgresValues.Number(next)));
        }
        foreach (var (identity, number) in delta.SiloBatches)
            batch.BatchCommands.Add(CommandFor(identity, number));
        await batch.ExecuteNonQueryAsync(cancellationToken);
        foreach (var command in batch.BatchCommands)
        {
            if (command.RecordsAffected == 0 && command.CommandText.StartsWith("UPDATE session", StringComparison.Ordinal))
                throw new LogCorruptException($"the session 0x{command.Parameters[0].Value:x} changes and has no row");
        }
    }

    private static Columns ColumnsOf(ZnodeChange change) => change.Kind switch
    {
        ZnodeChangeKind.Add or ZnodeChangeKind.Put => Columns.All,
        ZnodeChangeKind.Delete => Columns.None,
        _ => (change.DataSet ? Columns.Data : 0) | (change.AclSet ? Columns.Acl : 0)
            | (change.PzxidSet ? Columns.Pzxid : 0) | (change.CreatedChildrenSet ? Columns.CreatedChildren : 0)
            | Columns.Patch,
    };

    private static async Task WriteAsync(
        NpgsqlConnection connection, Columns columns, ZnodeChange[] changes, CancellationToken cancellationToken)
    {
        if (columns == Columns.Patch)
            return;
        var statement = new ZnodeStatement(changes);
        string text = columns switch
        {
            Columns.None => statement.Delete(),
            Columns.All => statement.Put(),
            _ => statement.Patch(columns),
        };
        await using var command = new NpgsqlCommand(text, connection);
        foreach (var parameter in statement.Parameters)
            command.Parameters.Add(parameter);
        int written = await command.ExecuteNonQueryAsync(cancellationToken);
        if (columns.HasFlag(Columns.Patch) && written != changes.Length)
            throw new LogCorruptException($"{changes.Length - written} znodes change and have no row");
    }

    private static NpgsqlBatchCommand CommandFor(long id, SessionRecord? session)
    {
        if (session is null)
            return Command("DELETE FROM session WHERE id = $1", PostgresValues.Number(id));
        NpgsqlParameter[] parameters =
        [
            PostgresValues.Number(id),
            new NpgsqlParameter<int> { TypedValue = session.TimeoutMilliseconds },
            PostgresValues.Number(session.AttachZxid),
            new NpgsqlParameter<Guid> { TypedValue = session.Silo },
        ];
        // A session that was only attached again comes without its password, which stays as it is.
        if (session.Password.IsEmpty)
        {
            return Command("UPDATE session SET timeout_ms = $2, attach_zxid = $3, silo = $4 WHERE id = $1", parameters);
        }
        return Command(
            """
            INSERT INTO session (id, timeout_ms, attach_zxid, silo, password) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (id) DO UPDATE SET timeout_ms = excluded.timeout_ms, attach_zxid = excluded.attach_zxid,
              silo = excluded.silo, password = excluded.password
            """,
            [.. parameters, new NpgsqlParameter { Value = session.Password.ToArray(), NpgsqlDbType = NpgsqlDbType.Bytea }]);
    }

    private static NpgsqlBatchCommand CommandFor(long session, byte[]? answers) => answers is null
        ? Command("DELETE FROM session_answers WHERE id = $1", PostgresValues.Number(session))
        : Command(
            "INSERT INTO session_answers VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET answers = excluded.answers",
            PostgresValues.Number(session),
            new NpgsqlParameter { Value = answers, NpgsqlDbType = NpgsqlDbType.Bytea });

    private static NpgsqlBatchCommand CommandFor(Guid identity, long? number)
    {
        var silo = new NpgsqlParameter<Guid> { TypedValue = identity };
        return number is null
            ? Command("DELETE FROM silo_batch WHERE identity = $1", silo)
            : Command(
                "INSERT INTO silo_batch VALUES ($1, $2) ON CONFLICT (identity) DO UPDATE SET batch_number = excluded.batch_number",
                silo,
                PostgresValues.Number(number.Value));
    }

    private static NpgsqlBatchCommand Command(string text, params NpgsqlParameter[] parameters)
    {
        var command = new NpgsqlBatchCommand(text);
        foreach (var parameter in parameters)
            command.Parameters.Add(parameter);
        return command;
    }

    /// <summary>Which columns of a row change; what changes the same ones is changed by one statement.</summary>
    [Flags]
    internal enum Columns
    {
        None = 0,
        Data = 1,
        Acl = 2,
        Pzxid = 4,
        CreatedChildren = 8,
        Patch = 16,
        All = 32,
    }

    private sealed class PathOrder : IComparer<ReadOnlyMemory<byte>>
    {
        public static PathOrder Instance { get; } = new();

        public int Compare(ReadOnlyMemory<byte> one, ReadOnlyMemory<byte> other) => one.Span.SequenceCompareTo(other.Span);
    }

    /// <summary>A statement over arrays, an array a column.</summary>
    private sealed class ZnodeStatement(ZnodeChange[] changes)
    {
        private readonly List<string> _names = [];
        private readonly List<string> _sources = [];

        public List<NpgsqlParameter> Parameters { get; } = [];

        public string Delete()
        {
            Add("path", "text", NpgsqlDbType.Text, change => Encoding.UTF8.GetString(change.Path.Span));
            return "DELETE FROM znode WHERE path = ANY($1)";
        }

        public string Put()
        {
            AddColumns(Columns.Data | Columns.Acl | Columns.Pzxid | Columns.CreatedChildren);
            Add("czxid", "bigint", NpgsqlDbType.Bigint, change => change.Czxid);
            Add("ctime", "bigint", NpgsqlDbType.Bigint, change => change.Ctime);
            Add("ephemeral_owner", "bigint", NpgsqlDbType.Bigint, change => change.EphemeralOwner);
            string names = string.Join(", ", _names);
            string updates = string.Join(", ", _names.Skip(1).Select(name => $"{name} = excluded.{name}"));
            return $"INSERT INTO znode ({names}) SELECT * FROM unnest({string.Join(", ", _sources)}) "
                + $"ON CONFLICT (path) DO UPDATE SET {updates}";
        }

        public string Patch(Columns columns)
        {
            AddColumns(columns);
            string updates = string.Join(", ", _names.Skip(1).Select(name => $"{name} = changed.{name}"));
            return $"UPDATE znode SET {updates} FROM unnest({string.Join(", ", _sources)}) "
                + $"AS changed ({string.Join(", ", _names)}) WHERE znode.path = changed.path";
        }

        private void AddColumns(Columns columns)
        {
            Add("path", "text", NpgsqlDbType.Text, change => Encoding.UTF8.GetString(change.Path.Span));
            if (columns.HasFlag(Columns.Data))
            {
                Add("data", "bytea", NpgsqlDbType.Bytea, change => change.Data?.ToArray());
                Add("version", "integer", NpgsqlDbType.Integer, change => change.Version);
                Add("mzxid", "bigint", NpgsqlDbType.Bigint, change => change.Mzxid);
                Add("mtime", "bigint", NpgsqlDbType.Bigint, change => change.Mtime);
            }
            if (columns.HasFlag(Columns.Acl))
            {
                Add("acl", "bytea", NpgsqlDbType.Bytea, change => change.Acl.ToArray());
                Add("aversion", "integer", NpgsqlDbType.Integer, change => change.Aversion);
            }
            if (columns.HasFlag(Columns.Pzxid))
                Add("pzxid", "bigint", NpgsqlDbType.Bigint, change => change.Pzxid);
            if (columns.HasFlag(Columns.CreatedChildren))
                Add("created_children", "integer", NpgsqlDbType.Integer, change => change.CreatedChildren);
        }

        private void Add<T>(string name, string type, NpgsqlDbType dbType, Func<ZnodeChange, T> value)
        {
            _names.Add(name);
            Parameters.Add(new NpgsqlParameter
            {
                Value = Array.ConvertAll(changes, change => value(change)),
                NpgsqlDbType = NpgsqlDbType.Array | dbType,
            });
            _sources.Add($"${Parameters.Count}::{type}[]");
        }
    }
}

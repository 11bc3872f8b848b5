using Microsoft.Data.Sqlite;
using Orleans.Runtime;

namespace Orleans.Reminders;

/// <summary>Keeps reminders in a SQLite file.</summary>
internal sealed class SqliteReminderTable : IReminderTable
{
    private const int ConfigNoCheckpointOnClose = 1006;

    private readonly string _path;
    private readonly SqliteConnection _connection;

    public SqliteReminderTable(string path)
    {
        ReminderDatabase.Check(path);
        _path = path;
        _connection = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        try
        {
            Open();
        }
        catch (Exception failure)
        {
            TouchNothingOnClose();
            _connection.Dispose();
            if (failure is SqliteException) throw ReminderDatabase.Unusable(path, failure);
            throw;
        }
    }

    public IReadOnlyList<ReminderEntry> Load()
    {
        try
        {
            return ReadAll();
        }
        catch (SqliteException failure)
        {
            TouchNothingOnClose();
            throw ReminderDatabase.Unusable(_path, failure);
        }
    }

    public void Save(ReminderEntry entry)
    {
        using SqliteCommand command = Command(
            "insert or replace into reminder (type, key, name, start_at, period) "
            + "values ($type, $key, $name, $start_at, $period)",
            ("$type", entry.Grain.Type),
            ("$key", entry.Grain.Key),
            ("$name", entry.ReminderName),
            ("$start_at", entry.StartAt.Ticks),
            ("$period", entry.Period.Ticks));
        command.ExecuteNonQuery();
    }

    public void Remove(GrainId grain, string name)
    {
        using SqliteCommand command = Command(
            "delete from reminder where type = $type and key = $key and name = $name",
            ("$type", grain.Type),
            ("$key", grain.Key),
            ("$name", name));
        command.ExecuteNonQuery();
    }

    public void Dispose() => _connection.Dispose();

    private List<ReminderEntry> ReadAll()
    {
        using SqliteCommand command = Command("select type, key, name, start_at, period from reminder");
        using SqliteDataReader reader = command.ExecuteReader();
        List<ReminderEntry> entries = [];
        while (reader.Read())
        {
            entries.Add(new ReminderEntry(
                new GrainId(reader.GetString(0), reader.GetString(1)),
                reader.GetString(2),
                new DateTime(reader.GetInt64(3), DateTimeKind.Utc),
                TimeSpan.FromTicks(reader.GetInt64(4))));
        }

        return entries;
    }

    private void Open()
    {
        _connection.Open();

        // Before anything is written: what a later version has in the write-ahead log counts, too.
        using SqliteCommand version = Command("pragma user_version");
        ReminderDatabase.CheckFormat(_path, (long)version.ExecuteScalar()!);

        // Reminders are a backstop, so a commit is spared the wait for the disk: it survives this process all the same.
        Execute("pragma journal_mode = wal; pragma synchronous = normal;");
        Execute(
            "create table if not exists reminder (type text not null, key text not null, name text not null, "
            + "start_at integer not null, period integer not null, primary key (type, key, name)) without rowid; "
            + $"pragma user_version = {ReminderDatabase.FormatVersion};");
    }

    // Else SQLite copies the write-ahead log into the file, and deletes it.
    private void TouchNothingOnClose()
    {
        if (_connection.Handle is { } handle)
            SQLitePCL.raw.sqlite3_db_config(handle, ConfigNoCheckpointOnClose, 1, out _);
    }

    private void Execute(string sql)
    {
        using SqliteCommand command = Command(sql);
        command.ExecuteNonQuery();
    }

    private SqliteCommand Command(string sql, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        SqliteCommand command = _connection.CreateCommand();
        command.CommandText = sql;
        foreach ((string name, object value) in parameters) command.Parameters.AddWithValue(name, value);
        return command;
    }
}

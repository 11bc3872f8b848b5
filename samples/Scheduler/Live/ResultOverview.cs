using System.Globalization;
using Coordination.Scheduler.Results;
using Microsoft.Data.Sqlite;

namespace Coordination.Scheduler.Live;

/// <summary>Reads from the result database what the view shows.</summary>
internal sealed class ResultOverview
{
    private readonly string _path;

    public ResultOverview(string path)
    {
        _path = path;
        ResultDatabase.Create(path);
    }

    /// <summary>The jobs that have run.</summary>
    public IReadOnlyList<JobOverview> Jobs() => Read(
        """
        select job, sum(state = 'completed'), sum(state = 'failed'),
            (select count(*) from refusal where refusal.job = run.job), max(tick)
        from run group by job order by job
        """,
        static row => new JobOverview(row.GetString(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), Time(row.GetInt64(4))));

    /// <summary>What happened last, the newest first.</summary>
    public IReadOnlyList<string> Events() => Read(
        """
        select at, text from (
            select began_at as at, node || ' leads, with token ' || printf('0x%x', token) as text from term
            union all
            select ended_at, job || ' of ' || time(tick / 1000, 'unixepoch') || ' ' || outcome || ' by ' || node || ' under '
                || printf('0x%x', token) from attempt where ended_at is not null
            union all
            select at, 'REFUSED: ' || node || ' wanted to write "' || what || '" to ' || job || ' under ' || printf('0x%x', token)
                || ', and ' || printf('0x%x', newest_token) || ' had been there' from refusal)
        order by at desc limit 12
        """,
        static row => $"{Time(row.GetInt64(0))} {row.GetString(1)}");

    private static string Time(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
        .ToString("HH:mm:ss", CultureInfo.InvariantCulture);

    private List<T> Read<T>(string query, Func<SqliteDataReader, T> read)
    {
        var rows = new List<T>();
        using var connection = ResultDatabase.Open(_path);
        using var command = connection.CreateCommand();
        command.CommandText = query;
        using var reader = command.ExecuteReader();
        while (reader.Read())
            rows.Add(read(reader));
        return rows;
    }
}

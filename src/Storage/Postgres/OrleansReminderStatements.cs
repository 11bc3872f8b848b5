namespace Coordination.Storage.Postgres;

/// <summary>What Microsoft.Orleans.Reminders.AdoNet asks for: reminders by grain, and by ranges of the hash that deals them
/// out to silos.</summary>
internal static class OrleansReminderStatements
{
    /// <summary>The version of a row is what a later change or removal must know.</summary>
    public static IReadOnlyList<SchemaPart> Tables { get; } =
    [
        new("orleans_reminder", null,
            """
            CREATE TABLE orleans_reminder (
              service text NOT NULL,
              grain text NOT NULL,
              name text NOT NULL,
              hash integer NOT NULL,
              starts timestamptz NOT NULL,
              period_ms bigint NOT NULL,
              version integer NOT NULL,
              PRIMARY KEY (service, grain, name)
            )
            """),
        new("orleans_reminder", "orleans_reminder_hash",
            "CREATE INDEX orleans_reminder_hash ON orleans_reminder (service, hash)"),
    ];

    private const string Read =
        """
        SELECT grain AS "GrainId", name AS "ReminderName", starts AS "StartTime", period_ms AS "Period", version AS "Version"
        FROM orleans_reminder WHERE service = @ServiceId
        """;

    /// <summary>The statements by their keys.</summary>
    public static (string Key, string Text)[] All { get; } =
    [
        ("ReadReminderRowsKey", $"{Read} AND grain = @GrainId"),
        ("ReadReminderRowKey", $"{Read} AND grain = @GrainId AND name = @ReminderName"),
        // A range of the ring is open at its beginning; the second kind goes on past the greatest hash from the least.
        ("ReadRangeRows1Key", $"{Read} AND hash > @BeginHash AND hash <= @EndHash"),
        ("ReadRangeRows2Key", $"{Read} AND (hash > @BeginHash OR hash <= @EndHash)"),
        ("UpsertReminderRowKey",
            """
            INSERT INTO orleans_reminder
            VALUES (@ServiceId, @GrainId, @ReminderName, @GrainHash, @StartTime, @Period, 0)
            ON CONFLICT (service, grain, name) DO UPDATE SET
              hash = excluded.hash, starts = excluded.starts, period_ms = excluded.period_ms,
              version = orleans_reminder.version + 1
            RETURNING version AS "Version"
            """),
        ("DeleteReminderRowKey",
            """
            WITH gone AS (
              DELETE FROM orleans_reminder
              WHERE service = @ServiceId AND grain = @GrainId AND name = @ReminderName AND version = @Version
              RETURNING version
            )
            SELECT EXISTS (SELECT FROM gone)
            """),
        ("DeleteReminderRowsKey", "DELETE FROM orleans_reminder WHERE service = @ServiceId"),
    ];
}

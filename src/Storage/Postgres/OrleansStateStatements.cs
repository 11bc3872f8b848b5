namespace Coordination.Storage.Postgres;

/// <summary>What Microsoft.Orleans.Persistence.AdoNet asks for: a grain's state, changed only by one who knows its
/// version.</summary>
internal static class OrleansStateStatements
{
    /// <summary>A grain's key is two numbers, a text, or both; the empty text stands for none.</summary>
    public static IReadOnlyList<SchemaPart> Tables { get; } =
    [
        new("orleans_state", null,
            """
            CREATE TABLE orleans_state (
              service text NOT NULL,
              grain_type text NOT NULL,
              key_first bigint NOT NULL,
              key_second bigint NOT NULL,
              key_text text NOT NULL,
              version integer NOT NULL,
              payload bytea,
              PRIMARY KEY (service, grain_type, key_first, key_second, key_text)
            )
            """),
    ];

    private const string IsThatGrain =
        """
        service = @ServiceId AND grain_type = @GrainTypeString AND key_first = @GrainIdN0 AND key_second = @GrainIdN1
          AND key_text = coalesce(@GrainIdExtensionString::text, '')
        """;

    /// <summary>The statements by their keys.</summary>
    public static (string Key, string Text)[] All { get; } =
    [
        ("ReadFromStorageKey",
            $"""
            SELECT payload AS "PayloadBinary", version AS "Version" FROM orleans_state WHERE {IsThatGrain}
            """),
        // Returns the version that was known, where it is not the one that stands.
        ("WriteToStorageKey",
            $"""
            WITH changed AS (
              UPDATE orleans_state SET payload = @PayloadBinary, version = version + 1
              WHERE {IsThatGrain} AND version = @GrainStateVersion::integer
              RETURNING version
            ), made AS (
              INSERT INTO orleans_state
              SELECT @ServiceId, @GrainTypeString, @GrainIdN0, @GrainIdN1, coalesce(@GrainIdExtensionString::text, ''), 1,
                @PayloadBinary
              WHERE @GrainStateVersion::integer IS NULL
              ON CONFLICT DO NOTHING
              RETURNING version
            )
            SELECT coalesce(
              (SELECT version FROM changed), (SELECT version FROM made), @GrainStateVersion::integer
            ) AS "NewGrainStateVersion"
            """),
        ("ClearStorageKey",
            $"""
            UPDATE orleans_state SET payload = NULL, version = version + 1
            WHERE {IsThatGrain} AND version = @GrainStateVersion::integer
            RETURNING version AS "NewGrainStateVersion"
            """),
        ("DeleteStorageKey",
            $"""
            DELETE FROM orleans_state WHERE {IsThatGrain} AND version = @GrainStateVersion::integer
            RETURNING version + 1 AS "NewGrainStateVersion"
            """),
    ];
}

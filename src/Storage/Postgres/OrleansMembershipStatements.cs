namespace Coordination.Storage.Postgres;

/// <summary>What Microsoft.Orleans.Clustering.AdoNet asks for: the table of silos, changed only by one who knows its
/// version.</summary>
internal static class OrleansMembershipStatements
{
    /// <summary>One row of <c>orleans_membership</c> counts the changes to the silos of a deployment.</summary>
    public static IReadOnlyList<SchemaPart> Tables { get; } =
    [
        new("orleans_membership", null,
            """
            CREATE TABLE orleans_membership (
              deployment text PRIMARY KEY,
              version integer NOT NULL
            )
            """),
        new("orleans_silo", null,
            """
            CREATE TABLE orleans_silo (
              deployment text NOT NULL REFERENCES orleans_membership,
              address text NOT NULL,
              port integer NOT NULL,
              generation integer NOT NULL,
              name text NOT NULL,
              host text NOT NULL,
              status integer NOT NULL,
              gateway_port integer NOT NULL,
              suspicions text,
              started timestamptz NOT NULL,
              alive timestamptz NOT NULL,
              PRIMARY KEY (deployment, address, port, generation)
            )
            """),
        new("orleans_silo", "noted_silent", "ALTER TABLE orleans_silo ADD COLUMN noted_silent timestamptz"),
        // When it last said so, by the database's clock: alive is by its own. Null for a silo with statements from before.
        new("orleans_silo", "heard", "ALTER TABLE orleans_silo ADD COLUMN heard timestamptz"),
    ];

    private const int Active = 3; // Orleans.Runtime.SiloStatus.Active

    private const string IsThatSilo =
        "deployment = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation";

    // Nulls in the place of the silo where there is none: the version is wanted all the same.
    private const string Read =
        """
        SELECT m.version AS "Version", s.address AS "Address", s.port AS "Port", s.generation AS "Generation",
          s.name AS "SiloName", s.host AS "HostName", s.status AS "Status", s.gateway_port AS "ProxyPort",
          s.suspicions AS "SuspectTimes", s.started AS "StartTime", s.alive AS "IAmAliveTime"
        FROM orleans_membership m LEFT JOIN orleans_silo s ON s.deployment = m.deployment
        """;

    /// <summary>The statements by their keys.</summary>
    public static (string Key, string Text)[] All { get; } =
    [
        // A silo that starts looks anew at whom it might take for dead when the version changes, and only then. So where one
        // has said for twenty seconds in vain that it is alive, the version counts that as a change, every five seconds.
        ("MembershipReadAllKey",
            $"""
            WITH silent AS (
              UPDATE orleans_silo SET noted_silent = now()
              WHERE deployment = @DeploymentId AND status = {Active}
                AND coalesce(heard, alive) < now() - interval '20 s'
                AND coalesce(noted_silent < now() - interval '5 s', true)
              RETURNING deployment
            ), noted AS (
              UPDATE orleans_membership SET version = version + 1 WHERE deployment IN (SELECT deployment FROM silent)
            )
            {Read} WHERE m.deployment = @DeploymentId
            """),
        ("MembershipReadRowKey",
            $"""
            {Read} AND s.address = @Address AND s.port = @Port AND s.generation = @Generation
            WHERE m.deployment = @DeploymentId
            """),
        ("GatewaysQueryKey",
            """
            SELECT address AS "Address", gateway_port AS "ProxyPort", generation AS "Generation" FROM orleans_silo
            WHERE deployment = @DeploymentId AND status = @Status AND gateway_port > 0
            """),
        ("InsertMembershipVersionKey",
            """
            WITH made AS (
              INSERT INTO orleans_membership VALUES (@DeploymentId, 0) ON CONFLICT DO NOTHING RETURNING version
            )
            SELECT EXISTS (SELECT FROM made)
            """),
        // The row of the version makes those who would change the table take turns.
        ("InsertMembershipKey",
            $"""
            WITH turn AS (
              UPDATE orleans_membership SET version = version + 1
              WHERE deployment = @DeploymentId AND version = @Version
                AND NOT EXISTS (SELECT FROM orleans_silo WHERE {IsThatSilo})
              RETURNING deployment
            ), entered AS (
              INSERT INTO orleans_silo (
                deployment, address, port, generation, name, host, status, gateway_port, started, alive, heard)
              SELECT deployment, @Address, @Port, @Generation, @SiloName, @HostName, @Status, @ProxyPort, @StartTime,
                @IAmAliveTime, now()
              FROM turn
              RETURNING port
            )
            SELECT EXISTS (SELECT FROM entered)
            """),
        // Others say what they think of a silo, too, and repeat what they have read of when it was alive.
        ("UpdateMembershipKey",
            $"""
            WITH turn AS (
              UPDATE orleans_membership SET version = version + 1
              WHERE deployment = @DeploymentId AND version = @Version
                AND EXISTS (SELECT FROM orleans_silo WHERE {IsThatSilo})
              RETURNING version
            ), changed AS (
              UPDATE orleans_silo SET status = @Status, suspicions = @SuspectTimes::text, alive = @IAmAliveTime,
                heard = CASE WHEN alive = @IAmAliveTime THEN heard ELSE now() END
              WHERE {IsThatSilo} AND EXISTS (SELECT FROM turn)
              RETURNING port
            )
            SELECT EXISTS (SELECT FROM changed)
            """),
        ("UpdateIAmAlivetimeKey", $"UPDATE orleans_silo SET alive = @IAmAliveTime, heard = now() WHERE {IsThatSilo}"),
        ("CleanupDefunctSiloEntriesKey",
            $"""
            DELETE FROM orleans_silo
            WHERE deployment = @DeploymentId AND alive < @IAmAliveTime AND status <> {Active}
            """),
        ("DeleteMembershipTableEntriesKey",
            """
            WITH silos AS (DELETE FROM orleans_silo WHERE deployment = @DeploymentId)
            DELETE FROM orleans_membership WHERE deployment = @DeploymentId
            """),
    ];
}

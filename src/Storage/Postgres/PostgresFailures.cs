using Npgsql;

namespace Coordination.Storage.Postgres;

/// <summary>What PostgreSQL's errors mean for a log.</summary>
internal static class PostgresFailures
{
    private const string IdleInTransactionSessionTimeout = "25P03";

    /// <summary>What a failure is, in one line: Npgsql's messages may have several, with what only a programmer needs.</summary>
    public static string TextOf(Exception failure) => failure is PostgresException { MessageText: var text, SqlState: var state }
        ? $"{text} ({state})"
        : failure.Message.ReplaceLineEndings(" ");

    /// <summary>Whether the server said that a statement was not carried out, rather than fell silent.</summary>
    /// <remarks>A server that shuts down may have committed before it says so, and whoever stands before it, as a pooler
    /// does, may say that it is gone: only what leaves the connection as it was is an answer to the statement.</remarks>
    public static bool IsKnownNotDone(Exception failure) =>
        failure is PostgresException { InvariantSeverity: "ERROR", SqlState: var state }
        && !state.StartsWith("57P", StringComparison.Ordinal) && !state.StartsWith("08", StringComparison.Ordinal);

    /// <summary>Whether the connection turned out to be broken, or was ended by the server: another may be as good as
    /// new.</summary>
    public static bool IsBroken(Exception failure) => failure switch
    {
        PostgresException { SqlState: var state } => state.StartsWith("57P", StringComparison.Ordinal)
            || state == IdleInTransactionSessionTimeout,
        NpgsqlException { InnerException: IOException or System.Net.Sockets.SocketException } => true,
        _ => failure is IOException or System.Net.Sockets.SocketException || IsStumble(failure),
    };

    /// <summary>Whether an operation failed because the database cannot be reached or cannot do it now.</summary>
    public static bool IsUnavailable(Exception failure) =>
        (failure is NpgsqlException or TimeoutException or IOException or System.Net.Sockets.SocketException || IsStumble(failure))
        && failure is not PostgresException { SqlState: PostgresErrorCodes.DataCorrupted or PostgresErrorCodes.IndexCorrupted };

    /// <summary>What to throw where an operation other than an append failed.</summary>
    public static Exception Of(Exception failure, string what) => failure switch
    {
        PostgresException { SqlState: PostgresErrorCodes.DataCorrupted or PostgresErrorCodes.IndexCorrupted } =>
            new LogCorruptException($"{what}: {TextOf(failure)}", failure),
        _ => new LogUnavailableException($"{what}: {TextOf(failure)}", failure),
    };

    // Where a connection ends in the middle of a message, Npgsql may trip over what is left of it.
    private static bool IsStumble(Exception failure) =>
        failure is NullReferenceException or ObjectDisposedException && failure.Source == nameof(Npgsql);
}

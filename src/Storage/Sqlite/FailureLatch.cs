using System.Diagnostics.CodeAnalysis;

namespace Coordination.Storage.Sqlite;

/// <summary>Remembers the failure after which a file is not to be trusted, or touched, any more.</summary>
/// <remarks>After a flush that failed, the kernel calls the pages that it could not write clean: the next flush succeeds,
/// and what it should have written is nowhere. So no later success on this file means anything.</remarks>
internal sealed class FailureLatch
{
    private volatile string? _reason;

    public bool IsSet => _reason is not null;

    /// <summary>Throws when a failure was remembered.</summary>
    public void ThrowIfSet()
    {
        if (_reason is { } reason)
            throw new LogCorruptException($"stopped by an earlier failure: {reason}");
    }

    /// <summary>Remembers a failure and throws it.</summary>
    [DoesNotReturn]
    public void Fail(Exception failure)
    {
        Set(failure);
        throw new LogCorruptException(_reason!, failure);
    }

    /// <summary>Remembers a failure; the first one stays.</summary>
    public void Set(Exception failure) => Interlocked.CompareExchange(ref _reason, failure.Message, null);
}

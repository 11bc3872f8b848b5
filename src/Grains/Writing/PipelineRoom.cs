namespace Coordination.Grains.Writing;

/// <summary>How much was taken by a <see cref="WritePipeline"/> and is not completed, and whether there is room for more.</summary>
/// <remarks>The pipeline's gate guards what changes it; whoever only looks needs no lock. It is closed where there is too much,
/// and opens when half of that is left, lest those who wait come and go with each request.</remarks>
internal sealed class PipelineRoom
{
    private const long MostBytes = 64 << 20;

    private int _requests;
    private long _bytes;
    private TaskCompletionSource? _closed;

    /// <inheritdoc cref="WritePipeline.MostRequests"/>
    public int MostRequests { get; set; } = 16 * 1024;

    /// <summary>How many requests were taken and are not completed.</summary>
    public int Requests => Volatile.Read(ref _requests);

    /// <summary>Whether there is room for more.</summary>
    public bool IsOpen => Volatile.Read(ref _closed) is null;

    /// <summary>Waits until there is room for more.</summary>
    public Task WaitAsync(CancellationToken cancellationToken) =>
        Volatile.Read(ref _closed)?.Task.WaitAsync(cancellationToken) ?? Task.CompletedTask;

    /// <summary>Takes a request.</summary>
    /// <param name="bytes">How many bytes of log it makes.</param>
    /// <returns>Whether what was taken so far leaves room for more, even where it was closed for another reason.</returns>
    public bool Take(int bytes)
    {
        _requests++;
        _bytes += bytes;
        if (_requests < MostRequests && _bytes < MostBytes)
            return true;
        Close();
        return false;
    }

    /// <summary>Lets go of requests that are completed.</summary>
    public void GiveBack(int requests, int bytes)
    {
        _requests -= requests;
        _bytes -= bytes;
        OpenAgain();
    }

    /// <summary>Lets go of all requests.</summary>
    public void Clear()
    {
        _requests = 0;
        _bytes = 0;
        Open();
    }

    /// <summary>Lets nobody in. Also for as long as one request takes long: who comes meanwhile shall rather wait for room, on
    /// no thread, than at the gate, on one that others are read by.</summary>
    public void Close() => _closed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Lets those in who wait, where half of what may be taken is free.</summary>
    public void OpenAgain()
    {
        if (_requests <= MostRequests / 2 && _bytes < MostBytes / 2)
            Open();
    }

    /// <summary>Lets those in who wait.</summary>
    public void Open()
    {
        if (_closed is not { } closed)
            return;
        Volatile.Write(ref _closed, null);
        closed.SetResult();
    }
}

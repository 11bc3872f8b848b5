namespace Coordination.Grains;

/// <summary>What an observer is still to hear: sent in order, the next once it has taken the one before.</summary>
/// <remarks>Used in turns of its grain only. Observers do not wait for each other.</remarks>
/// <param name="send">Tells the observer.</param>
/// <param name="mostWaiting">How far the observer may fall behind.</param>
internal sealed class ObserverFeed<TMessage>(Func<TMessage, Task> send, int mostWaiting)
{
    private readonly Queue<TMessage> _waiting = new();
    private bool _isSending;
    private Exception? _failure;

    /// <summary>Whether the observer failed, or fell too far behind: it hears no more.</summary>
    public bool HasFailed => _failure is not null;

    /// <summary>Sends a message once those before it were taken.</summary>
    /// <exception cref="InvalidOperationException">The observer failed, or fell too far behind.</exception>
    public void Send(TMessage message)
    {
        if (_waiting.Count >= mostWaiting)
            Fail(new InvalidOperationException($"{mostWaiting} messages wait to be taken"));
        if (_failure is not null)
            throw new InvalidOperationException("the observer hears no more", _failure);
        _waiting.Enqueue(message);
        if (!_isSending)
            _ = SendAllAsync();
    }

    private async Task SendAllAsync()
    {
        _isSending = true;
        try
        {
            while (_waiting.TryDequeue(out var message))
                await send(message);
        }
        catch (Exception e)
        {
            Fail(e);
        }
        _isSending = false;
    }

    private void Fail(Exception failure)
    {
        _failure ??= failure;
        _waiting.Clear();
    }
}

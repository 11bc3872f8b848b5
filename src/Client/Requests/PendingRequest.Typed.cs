using System.Diagnostics;
using System.Threading.Tasks.Sources;
using Coordination.Client.Diagnostics;
using Coordination.Client.Errors;
using Coordination.Protocol;

namespace Coordination.Client.Requests;

/// <summary>A request with a result that somebody waits for.</summary>
/// <remarks>Requests are kept and used again, so that asking allocates nothing but what is handed out: one goes back only
/// when it was answered, and whoever waited has taken the answer.</remarks>
internal abstract class PendingRequest<TResult> : PendingRequest, IValueTaskSource<TResult>, IValueTaskSource
{
    // Whoever waits goes on on a thread of the pool: nothing that they do may keep the connection from being read.
    private ManualResetValueTaskSourceCore<TResult> _source = new() { RunContinuationsAsynchronously = true };
    private CancellationTokenRegistration _cancellation;
    private CancellationToken _cancellationToken;
    private Activity? _activity;
    private int _isClaimed;
    private bool _isAnswered;

    internal sealed override bool IsOver => Volatile.Read(ref _isClaimed) != 0;

    protected virtual int? ExpectedVersion => null;

    /// <summary>Begins to wait: the request is on its way already.</summary>
    internal ValueTask<TResult> AsValueTask(CancellationToken cancellationToken)
    {
        RegisterCancellation(cancellationToken);
        return new ValueTask<TResult>(this, _source.Version);
    }

    /// <summary>Begins to wait for what has no result.</summary>
    internal ValueTask AsPlainValueTask(CancellationToken cancellationToken)
    {
        RegisterCancellation(cancellationToken);
        return new ValueTask(this, _source.Version);
    }

    /// <summary>Begins the activity, if anybody wants to know of it.</summary>
    internal void StartActivity()
    {
        if (ClientDiagnostics.Source.HasListeners())
            _activity = ClientDiagnostics.Start(this);
    }

    internal sealed override void Answer(ErrorCode error, ref JuteReader body)
    {
        bool isRepeat = MayBeDone;
        CloseNumber();
        if (!TryClaim())
        {
            OnLeft();
            return;
        }
        if (!IsResult(error))
        {
            OnLeft();
            End(isRepeat
                ? ServerError.ToExceptionOfRepeat(error, Name, ClientPath, ExpectedVersion)
                : ServerError.ToException(error, Name, ClientPath, ExpectedVersion));
            return;
        }
        TResult result;
        try
        {
            result = Read(error, ref body);
        }
        catch (Exception exception)
        {
            OnLeft();
            End(exception);
            if (exception is MalformedRecordException)
                throw;
            return;
        }
        OnAnswered(error);
        OnLeft();
        ClientDiagnostics.Stop(_activity, null);
        // From here on it may be in use for another already.
        _isAnswered = true;
        _source.SetResult(result);
    }

    internal sealed override void Fail(Exception exception)
    {
        CloseNumber();
        OnLeft();
        if (TryClaim())
            End(exception);
    }

    TResult IValueTaskSource<TResult>.GetResult(short token) => TakeResult(token);

    void IValueTaskSource.GetResult(short token) => TakeResult(token);

    public ValueTaskSourceStatus GetStatus(short token) => _source.GetStatus(token);

    public void OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    /// <summary>Whether a code is a result; Ok always is.</summary>
    protected virtual bool IsResult(ErrorCode error) => error == ErrorCode.Ok;

    /// <summary>Takes the result out of an answer.</summary>
    protected abstract TResult Read(ErrorCode error, ref JuteReader body);

    /// <summary>Somebody is about to be given the result: called before anything that comes after it is read.</summary>
    protected virtual void OnAnswered(ErrorCode error)
    {
    }

    /// <summary>It is no longer on its way, answered or not.</summary>
    protected virtual void OnLeft()
    {
    }

    /// <summary>Forgets what it was about, and may be used for another.</summary>
    protected virtual void Recycle()
    {
    }

    private TResult TakeResult(short token)
    {
        bool isOver = _source.GetStatus(token) != ValueTaskSourceStatus.Pending;
        _cancellation.Dispose();
        try
        {
            return _source.GetResult(token);
        }
        finally
        {
            if (isOver && _isAnswered)
                Reset();
        }
    }

    private void Reset()
    {
        _source.Reset();
        _cancellation = default;
        _cancellationToken = default;
        _activity = null;
        _isAnswered = false;
        Session = null;
        Volatile.Write(ref _isClaimed, 0);
        Recycle();
    }

    private void RegisterCancellation(CancellationToken cancellationToken)
    {
        if (!cancellationToken.CanBeCanceled)
            return;
        _cancellationToken = cancellationToken;
        _cancellation = cancellationToken.UnsafeRegister(static request => ((PendingRequest<TResult>)request!).Cancel(), this);
    }

    // It stays where it is: what was sent is answered, and nobody is told.
    private void Cancel()
    {
        if (TryClaim())
            End(new OperationCanceledException(_cancellationToken));
    }

    private bool TryClaim() => Interlocked.Exchange(ref _isClaimed, 1) == 0;

    private void End(Exception exception)
    {
        ClientDiagnostics.Stop(_activity, exception);
        _source.SetException(exception);
    }
}

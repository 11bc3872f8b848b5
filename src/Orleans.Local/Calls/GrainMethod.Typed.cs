using System.Reflection;
using Orleans.Copying;
using Orleans.Hosting;
using Orleans.Runtime;

namespace Orleans.Calls;

/// <summary>A method whose result, once awaited, is of a given type.</summary>
internal sealed class GrainMethod<TResult> : GrainMethod
{
    private readonly Type _returnType;
    private readonly ValueCopier _resultCopier;

    public GrainMethod(MethodInfo method, LocalSilo silo)
        : base(method, silo)
    {
        _returnType = method.ReturnType;
        _resultCopier = typeof(TResult) == typeof(NoResult)
            || method.ReturnParameter.IsDefined(typeof(ImmutableAttribute), false)
                ? ShallowCopier.Instance
                : Copiers.ForDeclared(typeof(TResult));
        TimeSpan timeout =
            method.GetCustomAttribute<ResponseTimeoutAttribute>()?.Timeout ?? silo.Options.ResponseTimeout;
        LocalOrleansOptions.RequireWait(timeout, $"The response time-out of {Name}");
        Timeouts = silo.TimeoutsFor(timeout);
    }

    public ResponseTimeouts Timeouts { get; }

    public override object? Call(GrainReference target, object?[] arguments)
    {
        CancellationToken token = TokenIndex < 0 ? default : (CancellationToken)arguments[TokenIndex]!;
        token.ThrowIfCancellationRequested();
        CopyArguments(arguments);
        if ((Traits & RequestTraits.OneWay) != 0)
        {
            target.Send(new OneWayCall(this, target, arguments, Silo.Log));
            return Returned(Task.FromResult<TResult>(default!));
        }

        var call = new GrainCall<TResult>(this, target, arguments);
        call.Await(token);
        target.Send(call);
        return Returned(call.Outcome);
    }

    public TResult CopyResult(TResult result) =>
        _resultCopier.IsShallow ? result : (TResult)_resultCopier.Copy(result, new CopyContext())!;

    public override Task? AsTask(object returned) => returned switch
    {
        ValueTask task => task.AsTask(),
        ValueTask<TResult> task => task.AsTask(),
        _ => null,
    };

    private object? Returned(Task<TResult> outcome)
    {
        if (_returnType == typeof(void)) return null;
        if (_returnType == typeof(ValueTask)) return new ValueTask(outcome);
        return _returnType == typeof(ValueTask<TResult>) ? new ValueTask<TResult>(outcome) : outcome;
    }
}

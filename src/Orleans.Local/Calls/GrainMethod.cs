using System.Reflection;
using Orleans.Concurrency;
using Orleans.Copying;
using Orleans.Runtime;

namespace Orleans.Calls;

/// <summary>A method of a grain or observer interface: how to call it, and how its calls are treated.</summary>
internal abstract class GrainMethod
{
    private readonly MethodInvoker _invoker;
    private readonly ValueCopier[] _argumentCopiers;
    private readonly bool _copiesArguments;

    protected GrainMethod(MethodInfo method, LocalSilo silo)
    {
        ParameterInfo[] parameters = method.GetParameters();
        _invoker = MethodInvoker.Create(method);
        _argumentCopiers = Array.ConvertAll(parameters, CopierOf);
        _copiesArguments = Array.Exists(_argumentCopiers, static copier => !copier.IsShallow);
        TokenIndex = Array.FindIndex(
            parameters, static parameter => parameter.ParameterType == typeof(CancellationToken));
        Silo = silo;
        Name = $"{method.DeclaringType!.Name}.{method.Name}";
        Traits = TraitsOf(method);
    }

    public string Name { get; }

    public RequestTraits Traits { get; }

    protected LocalSilo Silo { get; }

    /// <summary>Gets which argument is the token that cancels the call, or -1.</summary>
    protected int TokenIndex { get; }

    public static GrainMethod Create(MethodInfo method, LocalSilo silo)
    {
        if (method.IsGenericMethod || method.GetParameters().Any(static parameter => parameter.ParameterType.IsByRef))
        {
            throw new OrleansConfigurationException(
                $"{method.DeclaringType}.{method.Name} is generic or has a reference parameter, which a grain method "
                + "must not.");
        }

        Type returned = method.ReturnType;
        Type? result = returned switch
        {
            _ when returned == typeof(void) || returned == typeof(Task) || returned == typeof(ValueTask) =>
                typeof(NoResult),
            { IsGenericType: true } when returned.GetGenericTypeDefinition() is { } definition
                && (definition == typeof(Task<>) || definition == typeof(ValueTask<>)) =>
                returned.GetGenericArguments()[0],
            _ => throw new OrleansConfigurationException(
                $"{method.DeclaringType}.{method.Name} returns {returned}; a grain method returns a Task, a ValueTask "
                + "or nothing."),
        };
        return (GrainMethod)Activator.CreateInstance(
            typeof(GrainMethod<>).MakeGenericType(result),
            BindingFlags.Instance | BindingFlags.Public | BindingFlags.DoNotWrapExceptions,
            null,
            [method, silo],
            null)!;
    }

    /// <summary>Makes a call.</summary>
    /// <returns>What the method of the interface returns to the caller.</returns>
    public abstract object? Call(GrainReference target, object?[] arguments);

    public object? Invoke(object grain, object?[] arguments) => _invoker.Invoke(grain, arguments.AsSpan());

    /// <summary>
    /// Gets the task in a <see cref="ValueTask"/> of the method's result type, or null if it is none.
    /// </summary>
    public abstract Task? AsTask(object returned);

    protected void CopyArguments(object?[] arguments)
    {
        if (!_copiesArguments) return;
        var copies = new CopyContext();
        for (int i = 0; i < arguments.Length; i++)
            arguments[i] = _argumentCopiers[i].Copy(arguments[i], copies);
    }

    private static ValueCopier CopierOf(ParameterInfo parameter) =>
        parameter.IsDefined(typeof(ImmutableAttribute), false)
            ? ShallowCopier.Instance
            : Copiers.ForDeclared(parameter.ParameterType);

    private static RequestTraits TraitsOf(MethodInfo method)
    {
        RequestTraits traits = RequestTraits.None;
        if (method.IsDefined(typeof(AlwaysInterleaveAttribute))) traits |= RequestTraits.AlwaysInterleave;
        if (method.IsDefined(typeof(ReadOnlyAttribute))) traits |= RequestTraits.ReadOnly;
        if (method.IsDefined(typeof(OneWayAttribute)) || method.ReturnType == typeof(void))
            traits |= RequestTraits.OneWay;
        return traits;
    }
}

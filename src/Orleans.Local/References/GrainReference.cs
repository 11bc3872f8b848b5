using System.ComponentModel;
using System.Reflection;
using Orleans.Calls;
using Orleans.References;

namespace Orleans.Runtime;

/// <summary>
/// A reference to a grain or an observer. It has the interface it was asked for, and each call through that is sent to
/// whatever it refers to. Two references are equal if they refer to the same.
/// </summary>
public class GrainReference : DispatchProxy, IAddressable, IEquatable<GrainReference>
{
    private GrainInterface _interface = null!;
    private ObserverEndpoint? _observer;

    /// <summary>
    /// Creates a reference to nothing, for the generator of proxies. References come from the runtime.
    /// </summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public GrainReference()
    {
    }

    /// <summary>Gets the identity of what it refers to.</summary>
    public GrainId GrainId { get; private set; }

    internal ObserverEndpoint? Observer => _observer;

    /// <inheritdoc/>
    public bool Equals(GrainReference? other) => other is not null && GrainId == other.GrainId;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as GrainReference);

    /// <inheritdoc/>
    public override int GetHashCode() => GrainId.GetHashCode();

    /// <inheritdoc/>
    public sealed override string ToString() => $"GrainReference:{GrainId}:{_interface.Type.Name}";

    /// <summary>Gets a reference of a given interface to a grain, or to what a reference refers to.</summary>
    internal static GrainReference To(IAddressable addressable, Type type) => addressable switch
    {
        GrainReference reference when type.IsInstanceOfType(reference) => reference,
        GrainReference reference =>
            reference._interface.Silo.InterfaceOf(type).Refer(reference.GrainId, reference._observer),
        Grain { GrainContext: not null } grain => grain.Activation.Silo.InterfaceOf(type).Refer(grain.Activation.Id),
        null => throw new ArgumentNullException(nameof(addressable)),
        _ => throw new ArgumentException(
            $"{addressable.GetType()} is neither a grain that the runtime created nor a reference.",
            nameof(addressable)),
    };

    /// <summary>Makes a reference like this one to something else.</summary>
    internal GrainReference Refer(GrainInterface type, GrainId id, ObserverEndpoint? observer)
    {
        // A proxy made anew goes through reflection; its clone does not.
        var reference = (GrainReference)MemberwiseClone();
        reference._interface = type;
        reference._observer = observer;
        reference.GrainId = id;
        return reference;
    }

    internal void Send(Request request)
    {
        if (_observer is null) _interface.Silo.Send(GrainId, request);
        else _observer.Send(request);
    }

    /// <inheritdoc/>
    protected sealed override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
        _interface.Method(targetMethod!).Call(this, args ?? []);
}

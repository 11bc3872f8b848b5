using System.Globalization;
using Orleans.Runtime;

namespace Orleans;

/// <summary>Asks grains and references to them for their identity.</summary>
public static class GrainExtensions
{
    /// <summary>Gets a reference of a given interface to a grain.</summary>
    /// <typeparam name="TGrainInterface">The interface.</typeparam>
    /// <param name="grain">A grain, such as <c>this</c>, or a reference to one.</param>
    /// <returns>The reference.</returns>
    /// <exception cref="ArgumentException">It is neither.</exception>
    public static TGrainInterface AsReference<TGrainInterface>(this IAddressable grain) =>
        (TGrainInterface)(object)GrainReference.To(grain, typeof(TGrainInterface));

    /// <summary>Gets the identity of a grain.</summary>
    /// <param name="grain">The grain, or a reference to it.</param>
    /// <returns>The identity.</returns>
    /// <exception cref="ArgumentException">It is neither.</exception>
    public static GrainId GetGrainId(this IAddressable grain) => grain switch
    {
        GrainReference reference => reference.GrainId,
        Grain { GrainContext: not null } instance => instance.Activation.Id,
        null => throw new ArgumentNullException(nameof(grain)),
        _ => throw new ArgumentException(
            $"{grain.GetType()} is neither a grain that the runtime created nor a reference to one.", nameof(grain)),
    };

    /// <summary>Gets the key of a grain whose key is an integer.</summary>
    /// <param name="grain">The grain, or a reference to it.</param>
    /// <returns>The key.</returns>
    /// <exception cref="InvalidOperationException">The key is not an integer.</exception>
    public static long GetPrimaryKeyLong(this IAddressable grain)
    {
        GrainId id = grain.GetGrainId();
        return long.TryParse(id.Key, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out long key)
            ? key
            : throw new InvalidOperationException($"Unable to extract integer key from grain id {id}");
    }

    /// <summary>Gets the key of a grain whose key is a <see cref="Guid"/>.</summary>
    /// <param name="grain">The grain, or a reference to it.</param>
    /// <returns>The key.</returns>
    /// <exception cref="InvalidOperationException">The key is not a <see cref="Guid"/>.</exception>
    public static Guid GetPrimaryKey(this IAddressable grain)
    {
        GrainId id = grain.GetGrainId();
        return Guid.TryParseExact(id.Key, "N", out Guid key)
            ? key
            : throw new InvalidOperationException($"Unable to extract GUID key from grain id {id}");
    }

    /// <summary>Gets the key of a grain whose key is a string.</summary>
    /// <param name="grain">The grain, or a reference to it.</param>
    /// <returns>The key.</returns>
    public static string GetPrimaryKeyString(this IAddressable grain) => grain.GetGrainId().Key;
}

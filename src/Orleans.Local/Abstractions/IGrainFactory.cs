namespace Orleans;

/// <summary>Gives out references: to grains, which exist whether or not they are active, and to observers.</summary>
public interface IGrainFactory
{
    /// <summary>Gets a reference to a grain. Nothing is activated until the first call through it.</summary>
    /// <typeparam name="TGrainInterface">The interface of the grain.</typeparam>
    /// <param name="primaryKey">The key of the grain.</param>
    /// <param name="grainClassNamePrefix">How the full name of the class starts, if several have the interface.</param>
    /// <returns>The reference.</returns>
    /// <exception cref="ArgumentException">Not exactly one grain class implements the interface.</exception>
    TGrainInterface GetGrain<TGrainInterface>(Guid primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithGuidKey;

    /// <inheritdoc cref="GetGrain{TGrainInterface}(Guid, string?)"/>
    TGrainInterface GetGrain<TGrainInterface>(long primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithIntegerKey;

    /// <summary>Gets a reference to a grain. Nothing is activated until the first call through it.</summary>
    /// <typeparam name="TGrainInterface">The interface of the grain.</typeparam>
    /// <param name="primaryKey">The key of the grain.</param>
    /// <param name="grainClassNamePrefix">How the full name of the class starts, if several have the interface.</param>
    /// <returns>The reference.</returns>
    /// <exception cref="ArgumentException">
    /// The key is null, empty or blank, or not exactly one grain class implements the interface.
    /// </exception>
    TGrainInterface GetGrain<TGrainInterface>(string primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithStringKey;

    /// <summary>
    /// Creates a reference through which grains can call an object. The object is held weakly: whoever creates the
    /// reference keeps the object alive. Calls run on the thread pool, one after the other, in the order they were
    /// made.
    /// </summary>
    /// <typeparam name="TGrainObserverInterface">The interface of the object.</typeparam>
    /// <param name="obj">The object, which is neither a grain nor itself a reference.</param>
    /// <returns>The reference.</returns>
    /// <exception cref="ArgumentException">The object has not the interface, or is a reference or a grain.</exception>
    /// <exception cref="InvalidOperationException">It is called from within a grain.</exception>
    TGrainObserverInterface CreateObjectReference<TGrainObserverInterface>(IGrainObserver obj)
        where TGrainObserverInterface : IGrainObserver;

    /// <summary>Ends a reference to an object; later calls through it are lost.</summary>
    /// <typeparam name="TGrainObserverInterface">The interface of the object.</typeparam>
    /// <param name="obj">The reference.</param>
    /// <exception cref="ArgumentException">It is not a reference to an object, or was deleted before.</exception>
    /// <exception cref="InvalidOperationException">It is called from within a grain.</exception>
    void DeleteObjectReference<TGrainObserverInterface>(IGrainObserver obj)
        where TGrainObserverInterface : IGrainObserver;
}

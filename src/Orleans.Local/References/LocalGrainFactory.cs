using System.Globalization;
using Orleans.Activations;
using Orleans.Runtime;

namespace Orleans.References;

/// <summary>Gives out references to the grains of one silo.</summary>
internal sealed class LocalGrainFactory(LocalSilo silo, IServiceProvider services) : IClusterClient
{
    private const string ObserverType = "sys.client";
    private long _observers;

    public IServiceProvider ServiceProvider => services;

    public TGrainInterface GetGrain<TGrainInterface>(Guid primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithGuidKey =>
        Refer<TGrainInterface>(primaryKey.ToString("N"), grainClassNamePrefix);

    public TGrainInterface GetGrain<TGrainInterface>(long primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithIntegerKey =>
        Refer<TGrainInterface>(primaryKey.ToString("X", CultureInfo.InvariantCulture), grainClassNamePrefix);

    public TGrainInterface GetGrain<TGrainInterface>(string primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithStringKey
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(primaryKey);
        return Refer<TGrainInterface>(primaryKey, grainClassNamePrefix);
    }

    public TGrainObserverInterface CreateObjectReference<TGrainObserverInterface>(IGrainObserver obj)
        where TGrainObserverInterface : IGrainObserver
    {
        RefuseInsideGrain();
        ArgumentNullException.ThrowIfNull(obj);
        if (obj is not TGrainObserverInterface)
        {
            throw new ArgumentException(
                $"The provided object must implement '{typeof(TGrainObserverInterface).FullName}'.", nameof(obj));
        }

        if (obj is GrainReference or Grain)
            throw new ArgumentException("The object is a grain, or already a reference.", nameof(obj));
        string key = Interlocked.Increment(ref _observers).ToString("X", CultureInfo.InvariantCulture);
        GrainReference reference = silo.InterfaceOf(typeof(TGrainObserverInterface))
            .Refer(new GrainId(ObserverType, key), new ObserverEndpoint(obj, silo));
        return (TGrainObserverInterface)(object)reference;
    }

    public void DeleteObjectReference<TGrainObserverInterface>(IGrainObserver obj)
        where TGrainObserverInterface : IGrainObserver
    {
        RefuseInsideGrain();
        if (obj is not GrainReference { Observer: { } endpoint })
            throw new ArgumentException("Argument is not a reference to an observer.", nameof(obj));
        if (!endpoint.Delete()) throw new ArgumentException("The reference was deleted before.", nameof(obj));
    }

    private static void RefuseInsideGrain()
    {
        if (TurnScheduler.Current is not null)
            throw new InvalidOperationException("Cannot create or delete an object reference from a grain.");
    }

    private TGrainInterface Refer<TGrainInterface>(string key, string? classNamePrefix)
    {
        GrainClass type = silo.Classes.Implementing(typeof(TGrainInterface), classNamePrefix);
        GrainReference reference = silo.InterfaceOf(typeof(TGrainInterface)).Refer(new GrainId(type.Name, key));
        return (TGrainInterface)(object)reference;
    }
}

namespace Orleans.Conformance.Hosting;

/// <summary>A service of which each activation that asks for one has its own.</summary>
public sealed class ScopedService : IDisposable
{
    public bool IsDisposed { get; private set; }

    public void Dispose() => IsDisposed = true;
}

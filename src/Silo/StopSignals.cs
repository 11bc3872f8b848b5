using System.Runtime.InteropServices;

namespace Coordination.Silo;

/// <summary>Hears the signals that tell the process to stop, from its first moment on: while the host is not there yet, too,
/// which has ears of its own.</summary>
internal sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly PosixSignalRegistration[] _registrations;

    public StopSignals() =>
        _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop),
            PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop),
            PosixSignalRegistration.Create(PosixSignal.SIGQUIT, Stop),
        ];

    /// <summary>Is cancelled by the first of them.</summary>
    public CancellationToken Token => _stop.Token;

    /// <summary>Leaves the signals to whoever comes next.</summary>
    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
        _stop.Dispose();
    }

    private void Stop(PosixSignalContext context)
    {
        // Or the runtime would end the process.
        context.Cancel = true;
        _stop.Cancel();
    }
}

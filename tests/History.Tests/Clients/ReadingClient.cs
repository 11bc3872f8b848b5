using System.Net;
using Coordination.History.Tests.Recording;
using Coordination.History.Tests.Requests;
using Coordination.Testing.RawProtocol;
using ProtocolViolationException = Coordination.Testing.RawProtocol.ProtocolViolationException;

namespace Coordination.History.Tests.Clients;

/// <summary>A client that stays with one silo, whatever becomes of it, and reads there without a pause, answered or not:
/// whoever serves on what it has, and should not any more, shows it to this one.</summary>
/// <remarks>It writes nothing, since an answer to a read that comes behind a write waits for that. It has the longest
/// timeout that a session can have: one that gave its silo up soon would not hear what it says after a long pause.</remarks>
internal sealed class ReadingClient(IPEndPoint server, int seed, RunHistory run, TimeSpan sessionTimeout)
{
    private const int MostInFlight = 400;

    private static readonly TimeSpan s_betweenReads = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan s_beforeNextTry = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_longestConnecting = TimeSpan.FromSeconds(3);

    private readonly Random _random = new(seed);
    private readonly ConnectParameters _fresh = new() { SessionTimeout = sessionTimeout, ConnectTimeout = s_longestConnecting };
    private SessionHistory? _session;

    /// <summary>Reads until it is told to stop, and closes its session, where it can.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        var parameters = _fresh;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await using var connection = await RecordedConnection.OpenAsync(server, parameters, run, _session);
                _session = connection.History.Session;
                await ReadAsync(connection, stopping);
                if (stopping.IsCancellationRequested && (await connection.SendAsync(new CloseRequest())).Answer is not null)
                {
                    _session = null;
                    return;
                }
                connection.Cut();
                parameters = parameters with
                {
                    SessionId = _session.Id,
                    Password = connection.Password,
                    LastZxidSeen = Math.Max(parameters.LastZxidSeen, connection.LastZxidSeen),
                    LastXid = connection.LastXid,
                };
            }
            catch (SessionExpiredException)
            {
                _session!.ToldExpiredAt = run.Now;
                _session = null;
                parameters = _fresh;
            }
            catch (Exception e) when (e is ConnectionLostException or TimeoutException)
            {
                await Task.Delay(s_beforeNextTry, CancellationToken.None);
            }
            catch (ProtocolViolationException violation)
            {
                run.AddViolation($"while connecting to {server}: {violation.Message}");
                await Task.Delay(s_beforeNextTry, CancellationToken.None);
            }
        }
        if (_session is not null)
            _session.IsAbandoned = true;
    }

    private async Task ReadAsync(RecordedConnection connection, CancellationToken stopping)
    {
        var inFlight = new Queue<Task<Operation>>();
        while (!connection.HasEnded && !stopping.IsCancellationRequested)
        {
            // What is there from the beginning to the end of the run: what is not there, a silo asks others for first.
            inFlight.Enqueue(connection.SendAsync(new ReadRequest(ReadKind.Data, RequestSource.AnyRegister(_random))));
            while (inFlight.TryPeek(out var oldest) && (oldest.IsCompleted || inFlight.Count > MostInFlight))
                await inFlight.Dequeue();
            await Task.Delay(s_betweenReads, CancellationToken.None);
        }
    }
}

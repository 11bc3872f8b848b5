namespace Coordination.Engine.Tests.Servers;

/// <summary>What cases are put to.</summary>
internal interface IServer : IDisposable
{
    IConnection Open();

    /// <summary>Attaches a session anew; null where the server takes it for expired.</summary>
    IConnection? Attach(IConnection last, bool hasPassword);
}

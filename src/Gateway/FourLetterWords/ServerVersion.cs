using System.Reflection;

namespace Coordination.Gateway.FourLetterWords;

/// <summary>The version that clients and scripts are told.</summary>
/// <remarks>They compare it with ZooKeeper's, so it starts with the version whose semantics are kept.</remarks>
public sealed class ServerVersion
{
    private const string ZooKeeper = "3.9.5";

    private readonly string _text = $"{ZooKeeper}-coordination-{Own()}, built on {Built():yyyy-MM-dd HH:mm} UTC";

    /// <inheritdoc/>
    public override string ToString() => _text;

    private static string Own() => typeof(ServerVersion).Assembly.GetName().Version?.ToString(3) ?? "0";

    private static DateTime Built() => File.GetLastWriteTimeUtc(
        Path.Combine(AppContext.BaseDirectory, Assembly.GetExecutingAssembly().GetName().Name + ".dll"));
}

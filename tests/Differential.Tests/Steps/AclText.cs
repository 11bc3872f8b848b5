using Coordination.Testing.RawProtocol;

namespace Coordination.Differential.Tests.Steps;

internal static class AclText
{
    public static string Of(IReadOnlyList<AclEntry>? acl) => acl is null
        ? "open"
        : $"[{string.Join(' ', acl.Select(entry => $"{entry.Scheme}:{entry.Id ?? "null"}:{(int)entry.Permissions}"))}]";

    public static bool DeniesReading(IReadOnlyList<AclEntry>? acl) => acl is not null && !acl.Any(entry =>
        entry.Scheme == "world" && entry.Permissions.HasFlag(Permissions.Read));
}

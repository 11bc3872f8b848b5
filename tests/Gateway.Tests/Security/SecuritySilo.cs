using Coordination.Testing;

namespace Coordination.Gateway.Tests.Security;

/// <summary>A silo with a super digest (super:test, as kazoo's own tests have it) and users of SASL.</summary>
public sealed class SecuritySilo() : RunningSilo(new SiloOptions
{
    Arguments =
    [
        "--super-digest", "super:D/InIHSb7yEEbrWz8b9l71RjZJU=", "--sasl-users-file", UsersFile, "--super-user", "root",
    ],
})
{
    private static string UsersFile { get; } = WriteUsers();

    private static string WriteUsers()
    {
        string path = Path.Combine(AppContext.BaseDirectory, "sasl-users");
        File.WriteAllText(path, "# who may log in\nanna:secret\nbert:with:colon\nroot:toor\nchris:secret\n\n");
        return path;
    }
}

using System.Security.Cryptography;
using System.Text;
using Coordination.Testing.RawProtocol;

namespace Coordination.Differential.Tests.Generating;

/// <summary>ACLs and identities, sound and unsound.</summary>
internal sealed class AclSource(Random random)
{
    // Under which an id must not be null.
    private static readonly string[] s_schemes = ["world", "ip", "digest", "nobody"];
    private static readonly string[] s_credentials = ["u:p", "v:q"];

    private static readonly (string Scheme, string Id)[] s_sound =
    [
        ("world", "anyone"), ("world", "anyone"), ("world", "anyone"), ("auth", ""), ("auth", "ignored"),
        ("ip", "127.0.0.1"), ("ip", "10.0.0.1"), ("ip", "127.0.0.0/8"), ("ip", "127.0.0.1/32"), ("ip", "10.0.0.0/0"),
        ("digest", Digest("u:p")), ("digest", Digest("v:q")), ("digest", "u:nonsense"),
    ];

    private static readonly (string Scheme, string Id)[] s_unsound =
    [
        ("world", "nobody"), ("world", ""), ("ip", ""), ("ip", "nonsense"), ("ip", "127.0.0.1/33"), ("ip", "127.0.0.1/"),
        ("ip", "127.0.0.1/-1"), ("ip", "127.0.0"), ("ip", "256.0.0.1"), ("ip", "127.0.0.1/8/8"), ("digest", ""),
        ("digest", "u"), ("digest", "u:"), ("digest", ":p"), ("digest", "a:b:c"), ("nobody", "a"), ("", ""),
        ("World", "anyone"),
    ];

    private readonly bool _mayDenyReading = Draw.OneIn(random, 2);

    // Whoever changes such a znode is let, and whoever watches it is told of nothing.
    private readonly bool _oftenDeniesReadingAlone = Draw.OneIn(random, 4);

    /// <summary>The ACL of a create: mostly the open one, which is null here.</summary>
    public IReadOnlyList<AclEntry>? NextOrOpen() =>
        Draw.OneIn(random, _mayDenyReading && _oftenDeniesReadingAlone ? 2 : 4) ? Next() : null;

    public IReadOnlyList<AclEntry> Next()
    {
        if (Draw.OneIn(random, 12))
            return [];
        if (Draw.OneIn(random, 40))
            return [new AclEntry(NextPermissions(), Draw.From(random, s_schemes), null!), .. Draw.Some(random, 1, NextEntry)];
        if (_mayDenyReading && _oftenDeniesReadingAlone && random.Next(3) > 0)
            return [new AclEntry(Permissions.All & ~Permissions.Read, "world", "anyone"), .. Draw.Some(random, 1, NextReader)];
        List<AclEntry> acl = [NextEntry(), .. Draw.Some(random, 3, NextEntry)];
        if (Draw.OneIn(random, 6))
            acl.Add(acl[0]);
        if (!_mayDenyReading)
            acl.Insert(random.Next(acl.Count + 1), new AclEntry(Permissions.Read | NextPermissions(), "world", "anyone"));
        return acl;
    }

    public (string Scheme, string Credentials) NextAcceptedIdentity() => ("digest", Draw.From(random, s_credentials));

    public (string Scheme, string? Credentials) NextIdentity() => random.Next(20) switch
    {
        0 => ("nobody", Draw.OneIn(random, 2) ? "a" : null),
        1 => ("ip", "10.0.0.1"),
        2 => ("digest", Draw.OneIn(random, 2) ? "" : null),
        3 => ("digest", "u"),
        4 => ("digest", "a:b:c"),
        5 => ("world", "anyone"),
        6 => ("digest", "super:test"),
        _ => NextAcceptedIdentity(),
    };

    private static string Digest(string credentials) =>
        $"{credentials.Split(':')[0]}:{Convert.ToBase64String(SHA1.HashData(Encoding.UTF8.GetBytes(credentials)))}";

    private AclEntry NextReader() => new(Permissions.Read, "digest", Digest(Draw.From(random, s_credentials)));

    private AclEntry NextEntry()
    {
        var (scheme, id) = Draw.OneIn(random, 12) ? Draw.From(random, s_unsound) : Draw.From(random, s_sound);
        return new AclEntry(NextPermissions(), scheme, id);
    }

    private Permissions NextPermissions() => random.Next(8) switch
    {
        0 or 1 or 2 => Permissions.All,
        3 => (Permissions)random.Next(-2, 66),
        _ => (Permissions)random.Next(32),
    };
}

using Coordination.Protocol;

namespace Coordination.Engine.Tests.CaseFiles;

/// <summary>An ACL as ZooKeeper's shell writes it: <c>scheme:id:permissions</c>, with commas between.</summary>
internal static class AclText
{
    private const string Letters = "rwcda";

    public static Acl[] Parse(string text) => text switch
    {
        "empty" => [],
        "open" => [Acl.Open],
        _ => [.. text.Split(',').Select(ParseOne)],
    };

    public static string Of(IEnumerable<Acl> acls) => string.Join(',', acls.Select(Of));

    private static string Of(Acl acl)
    {
        var letters = Letters.Where((_, bit) => ((int)acl.Permissions & (1 << bit)) != 0);
        return $"{acl.Identity.Scheme}:{acl.Identity.Id}:{string.Concat(letters)}";
    }

    private static Acl ParseOne(string text)
    {
        int first = text.IndexOf(':'), last = text.LastIndexOf(':');
        int permissions = text[(last + 1)..].Sum(letter => 1 << Letters.IndexOf(letter));
        return new Acl((Permissions)permissions, new Identity(text[..first], text[(first + 1)..last]));
    }
}

using System.Globalization;
using System.Text;
using Coordination.Engine;
using Coordination.Engine.Requests;
using Coordination.Engine.Security;
using Coordination.Protocol;

namespace Coordination.Gateway.Auditing;

/// <summary>Writes what became of a write as a line of ZooKeeper's audit log: fields <c>name=value</c>, tabs between.</summary>
/// <remarks>Control characters, which a refused path or a user's name may have, are written as <c>\uXXXX</c>: a line
/// stays a line. ACL entries have commas between, where ZooKeeper puts nothing.</remarks>
internal static class AuditLine
{
    /// <summary>The line for a multi that was refused.</summary>
    public static string OfRefusedMulti(Caller caller) => new Builder(caller).Add("operation", "multiOperation").End(isDone: false);

    /// <summary>The line for a znode that has gone with its session.</summary>
    public static string OfEphemeral(long session, ReadOnlySpan<byte> path) => new Builder(session, Environment.UserName)
        .Add("operation", "ephemeralZNodeDeletionOnSessionCloseOrExpire").Add("znode", path).End(isDone: true);

    /// <summary>The line for a write, or for one of a multi; null for what changes nothing.</summary>
    /// <param name="caller">On whose behalf.</param>
    /// <param name="operation">What was asked for.</param>
    /// <param name="result">What it has done; null where it was refused.</param>
    public static string? Of(Caller caller, WriteOperation operation, in ChangeResult? result) => operation switch
    {
        CreateOperation create => new Builder(caller).Add("operation", "create")
            .Add("znode", result is { } done ? done.Path.Span : create.Path)
            .Add("znode_type", TypeOf(create.Flags)).End(result is not null),
        DeleteOperation delete => new Builder(caller).Add("operation", "delete")
            .Add("znode", delete.Path).End(result is not null),
        DeleteTreeOperation delete => new Builder(caller).Add("operation", "delete")
            .Add("znode", delete.Path).End(result is not null),
        SetDataOperation set => new Builder(caller).Add("operation", "setData")
            .Add("znode", set.Path).End(result is not null),
        SetAclOperation set => new Builder(caller).Add("operation", "setAcl")
            .Add("znode", set.Path).Add("acl", TextOf(set.Acls)).End(result is not null),
        _ => null,
    };

    private static string? TypeOf(int flags) => flags switch
    {
        0 => "persistent",
        1 => "ephemeral",
        2 => "persistent_sequential",
        3 => "ephemeral_sequential",
        4 => "container",
        5 => "persistent_with_ttl",
        6 => "persistent_sequential_with_ttl",
        _ => null,
    };

    private static string TextOf(Acl[] acls) =>
        string.Join(',', acls.Select(static acl => $"{acl.Identity}:{LettersOf(acl.Permissions)}"));

    private static string LettersOf(Permissions permissions) => string.Concat(
        (permissions & Permissions.Create) != 0 ? "c" : "", (permissions & Permissions.Delete) != 0 ? "d" : "",
        (permissions & Permissions.Read) != 0 ? "r" : "", (permissions & Permissions.Write) != 0 ? "w" : "",
        (permissions & Permissions.Admin) != 0 ? "a" : "");

    // What a log names somebody by: never a digest's hash.
    private static string NameOf(Identity identity) =>
        identity.Scheme == AuthenticationScheme.Digest ? identity.Id[..identity.Id.IndexOf(':')] : identity.Id;

    private static string UsersOf(Caller caller) => string.Join(',', caller.Identities
        .Where(static identity => identity.Scheme != AuthenticationScheme.Super).Select(NameOf));

    private readonly struct Builder
    {
        private readonly StringBuilder _text = new();

        public Builder(long session, string user)
        {
            _text.Append(CultureInfo.InvariantCulture, $"session=0x{session:x}");
            Add("user", user);
        }

        public Builder(Caller caller)
            : this(caller.SessionId, UsersOf(caller))
        {
            Add("ip", caller.Identities.FirstOrDefault(static identity => identity.Scheme == AuthenticationScheme.Ip).Id);
        }

        public Builder Add(string name, ReadOnlySpan<byte> value) => Add(name, Encoding.UTF8.GetString(value));

        public Builder Add(string name, string? value)
        {
            if (value is null)
                return this;
            _text.Append('\t').Append(name).Append('=');
            foreach (char character in value)
            {
                if (char.IsControl(character))
                    _text.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}");
                else
                    _text.Append(character);
            }
            return this;
        }

        public string End(bool isDone) => _text.Append(isDone ? "\tresult=success" : "\tresult=failure").ToString();
    }
}

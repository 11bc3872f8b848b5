using System.Text;
using Coordination.Engine.Requests;
using Coordination.Engine.Tests.CaseFiles;
using Coordination.Protocol;

namespace Coordination.Engine.Tests.Properties;

/// <summary>Writes operations out, to be read and to be compared.</summary>
internal static class OperationText
{
    public static string Of(WriteOperation operation) => operation switch
    {
        CreateOperation create =>
            $"create {Path(create.Path)} {Data(create.Data)} {Of(create.Acls)} {create.Flags} {create.ReturnsStat} "
            + $"{create.IsContainer} {create.TimeToLive}",
        DeleteOperation delete => $"delete {Path(delete.Path)} {delete.Version}",
        DeleteTreeOperation delete => $"deletetree {Path(delete.Path)} {delete.Version}",
        CheckOperation check => $"check {Path(check.Path)} {check.Version}",
        SetDataOperation set => $"set {Path(set.Path)} {Data(set.Data)} {set.Version}",
        SetAclOperation set => $"setacl {Path(set.Path)} {Of(set.Acls)} {set.Version}",
        MultiOperation multi => $"multi [{string.Join("; ", multi.Operations.Select(Of))}]",
        OpenSessionOperation open =>
            $"open {open.SessionId} {Data(open.Password)} {open.TimeoutMilliseconds} {open.Silo}",
        AttachSessionOperation attach =>
            $"attach {attach.SessionId} {Data(attach.Password)} {attach.TimeoutMilliseconds} {attach.Silo}",
        CloseSessionOperation close => $"close {close.SessionId} {close.AttachZxid?.ToString() ?? "whichever"}",
        TakeNumbersOperation take => $"take {take.Counter} {take.Count}",
        _ => throw new ArgumentException(operation.GetType().Name, nameof(operation)),
    };

    private static string Path(byte[] path) => Token.Quote(path);

    private static string Data(byte[]? data) => data is null ? "null" : Convert.ToHexString(data) + ";";

    private static string Of(Acl[] acls)
    {
        var text = new StringBuilder("<");
        foreach (var acl in acls)
            text.Append($"{(int)acl.Permissions}:{acl.Identity} ");
        return text.Append('>').ToString();
    }
}

using Coordination.Differential.Tests.Comparing;
using Coordination.Differential.Tests.Playing;
using Coordination.Testing.RawProtocol;

namespace Coordination.Differential.Tests.Steps;

/// <summary>create, create2, createContainer and createTTL.</summary>
internal sealed record CreateRequest(
    int Session,
    OperationCode Operation,
    string Path,
    byte[]? Data,
    CreateMode Mode,
    IReadOnlyList<AclEntry>? Acl,
    long Ttl) : Request(Session), IHasAcl, IMultiPart
{
    public bool DeniesReading => AclText.DeniesReading(Acl);

    public override Task<Answer> AskAsync(RawZooKeeperClient client, Side side)
    {
        string path = side.Full(Path);
        return Operation switch
        {
            OperationCode.Create => ReadAsync(
                client.CreateAsync(path, Data, Mode, Acl), side, (content, created) => content.Add(side.Short(created))),
            OperationCode.Create2 => ReadAsync(client.Create2Async(path, Data, Mode, Acl), side, Describe),
            OperationCode.CreateContainer => ReadAsync(client.CreateContainerAsync(path, Data, Acl), side, Describe),
            _ => ReadAsync(client.CreateTtlAsync(path, Data, Mode, Ttl, Acl), side, Describe),
        };

        void Describe(Content content, CreatedZnode created) =>
            content.Add(side.Short(created.Path)).AddStat(created.Stat, side.NameOfSession);
    }

    public MultiOperation ToMultiOperation(Side side)
    {
        string path = side.Full(Path);
        return Operation switch
        {
            OperationCode.Create => MultiOperation.Create(path, Data, Mode, Acl),
            OperationCode.Create2 => MultiOperation.Create2(path, Data, Mode, Acl),
            OperationCode.CreateContainer => MultiOperation.CreateContainer(path, Data, Acl),
            _ => MultiOperation.CreateTtl(path, Data, Mode, Ttl, Acl),
        };
    }

    public override IEnumerable<Step> Simpler()
    {
        if (Acl is not null)
            yield return this with { Acl = null };
        if (Mode != CreateMode.Persistent)
            yield return this with { Mode = CreateMode.Persistent, Ttl = Math.Max(1, Ttl) };
        if (Data is not { Length: 0 })
            yield return this with { Data = [] };
    }

    public override string ToString() =>
        $"{Operation} {Path} {Content.Describe(Data)} {Mode} {AclText.Of(Acl)}"
        + (Operation == OperationCode.CreateTtl ? $" ttl={Ttl}" : "");
}

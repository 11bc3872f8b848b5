using Coordination.Differential.Tests.Comparing;
using Coordination.Differential.Tests.Playing;
using Coordination.Testing.RawProtocol;

namespace Coordination.Differential.Tests.Steps;

/// <summary>A step that is one request and its reply.</summary>
internal abstract record Request(int Session) : Step(Session)
{
    /// <summary>Whether the zxid in the header of a reply without an error is that of the request's own change.</summary>
    protected virtual bool IsWrite => true;

    public override bool MayTellOthers => IsWrite;

    /// <summary>Sends it at once, and reads the reply when it has come.</summary>
    public abstract Task<Answer> AskAsync(RawZooKeeperClient client, Side side);

    public override async Task PlayAsync(Side side)
    {
        if (await side.AttachedAsync(Session) is { } client)
            await side.TakeAsync(Session, client, ToString(), AskAsync(client, side));
    }

    protected async Task<Answer> ReadAsync<T>(Task<Reply<T>> pending, Side side, Action<Content, T> describe)
    {
        var reply = await pending;
        var content = new Content();
        if (reply.IsOk)
        {
            if (IsWrite)
                content.AddZxid("zxid", reply.Zxid);

            describe(content, reply.Value);
            if (reply.Zxid < content.Zxids.DefaultIfEmpty().Max())
                content.Add($"in a reply of the earlier zxid 0x{reply.Zxid:x}");
        }

        return new Answer(reply.Arrival, reply.Error, content)
        {
            WriteZxid = reply.IsOk && IsWrite ? reply.Zxid : null,
        };
    }
}

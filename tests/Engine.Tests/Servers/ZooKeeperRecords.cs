using Coordination.Engine.Requests;
using Coordination.Protocol;

namespace Coordination.Engine.Tests.Servers;

/// <summary>Encodes calls and decodes replies as a ZooKeeper client does.</summary>
internal static class ZooKeeperRecords
{
    public static void Write(JuteBuffer request, Call call)
    {
        if (call.Operation is OperationCode.SetWatches or OperationCode.SetWatches2)
        {
            request.WriteLong(call.RelativeZxid);
            foreach (var (_, paths) in call.Watches)
            {
                request.WriteInt(paths.Length);
                foreach (byte[] path in paths)
                    request.WriteBuffer(path);
            }
        }
        else if (call.Write is { } write)
        {
            Write(request, write);
        }
        else if (call.Operation is OperationCode.AddWatch or OperationCode.CheckWatches or OperationCode.RemoveWatches)
        {
            request.WriteBuffer(call.Path);
            request.WriteInt(call.WatchNumber);
        }
        else if (call.Operation != OperationCode.CloseSession)
        {
            request.WriteBuffer(call.Path);
            if (call.Operation != OperationCode.GetAcl)
                request.WriteBool(call.Watch);
        }
    }

    public static Reply Read(Call call, byte[] frame)
    {
        var reader = new JuteReader(frame);
        var header = ReplyHeader.Read(ref reader);
        var reply = new Reply(header.Error, header.Zxid);
        if (reply.Error != ErrorCode.Ok)
            return reply;
        switch (call.Operation)
        {
            case OperationCode.GetData:
                return reply with { HasData = true, Data = reader.ReadBufferAsArray(), Stat = Stat.Read(ref reader) };
            case OperationCode.GetAcl:
                return reply with { Acls = AclVector.Read(ref reader), Stat = Stat.Read(ref reader) };
            case OperationCode.GetChildren or OperationCode.GetChildren2:
                string[] names = new string[reader.ReadInt()];
                foreach (ref string name in names.AsSpan())
                    name = reader.ReadString();
                Array.Sort(names, StringComparer.Ordinal);
                return reply with
                {
                    Children = names,
                    Stat = call.Operation == OperationCode.GetChildren2 ? Stat.Read(ref reader) : null,
                };
            case OperationCode.Multi:
                return reply with { Results = ReadResults(ref reader) };
            default:
                return ReadResult(call.Operation, reply, ref reader);
        }
    }

    private static void Write(JuteBuffer request, WriteOperation write)
    {
        switch (write)
        {
            case CreateOperation create:
                request.WriteBuffer(create.Path);
                request.WriteBuffer(create.Data);
                AclVector.Write(request, create.Acls);
                request.WriteInt(create.Flags);
                if (create.TimeToLive is { } timeToLive)
                    request.WriteLong(timeToLive);
                break;
            case DeleteOperation delete:
                request.WriteBuffer(delete.Path);
                request.WriteInt(delete.Version);
                break;
            case CheckOperation check:
                request.WriteBuffer(check.Path);
                request.WriteInt(check.Version);
                break;
            case SetDataOperation set:
                request.WriteBuffer(set.Path);
                request.WriteBuffer(set.Data);
                request.WriteInt(set.Version);
                break;
            case SetAclOperation set:
                request.WriteBuffer(set.Path);
                AclVector.Write(request, set.Acls);
                request.WriteInt(set.Version);
                break;
            case MultiOperation multi:
                foreach (var operation in multi.Operations)
                {
                    WriteMultiHeader(request, CodeOf(operation), done: false);
                    Write(request, operation);
                }
                WriteMultiHeader(request, OperationCode.Error, done: true);
                break;
            default:
                throw new NotSupportedException($"{write.GetType().Name} is not in ZooKeeper's protocol");
        }
    }

    private static void WriteMultiHeader(JuteBuffer request, OperationCode operation, bool done)
    {
        request.WriteInt((int)operation);
        request.WriteBool(done);
        request.WriteInt(-1);
    }

    private static Reply[] ReadResults(ref JuteReader reader)
    {
        var results = new List<Reply>();
        while (true)
        {
            var operation = (OperationCode)reader.ReadInt();
            bool done = reader.ReadBool();
            reader.ReadInt();
            if (done)
                return [.. results];
            results.Add(operation == OperationCode.Error
                ? new Reply((ErrorCode)reader.ReadInt(), 0)
                : ReadResult(operation, new Reply(ErrorCode.Ok, 0), ref reader));
        }
    }

    private static Reply ReadResult(OperationCode operation, Reply reply, ref JuteReader reader) => operation switch
    {
        OperationCode.Create => reply with { Path = reader.ReadString() },
        OperationCode.Create2 or OperationCode.CreateContainer or OperationCode.CreateTtl =>
            reply with { Path = reader.ReadString(), Stat = Stat.Read(ref reader) },
        OperationCode.SetData or OperationCode.SetAcl or OperationCode.Exists =>
            reply with { Stat = Stat.Read(ref reader) },
        _ => reply,
    };

    private static OperationCode CodeOf(WriteOperation operation) => operation switch
    {
        CreateOperation { IsContainer: true } => OperationCode.CreateContainer,
        CreateOperation { TimeToLive: not null } => OperationCode.CreateTtl,
        CreateOperation { ReturnsStat: true } => OperationCode.Create2,
        CreateOperation => OperationCode.Create,
        DeleteOperation => OperationCode.Delete,
        SetDataOperation => OperationCode.SetData,
        _ => OperationCode.Check,
    };
}

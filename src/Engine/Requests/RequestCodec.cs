using Coordination.Protocol;

namespace Coordination.Engine.Requests;

/// <summary>The binary form in which one silo hands its write requests to another.</summary>
public static class RequestCodec
{
    private const int MostDepth = 1;

    private enum Kind : byte
    {
        Create = 1,
        Delete,
        SetData,
        SetAcl,
        Check,
        Multi,
        OpenSession,
        AttachSession,
        CloseSession,
        TakeNumbers,
        DeleteTree,
        CheckHeld,
    }

    /// <summary>Encodes on whose behalf a request is made.</summary>
    public static void WriteCaller(JuteBuffer buffer, Caller caller)
    {
        buffer.WriteLong(caller.SessionId);
        buffer.WriteLong(caller.AttachZxid);
        buffer.WriteInt(caller.Identities.Length);
        foreach (var identity in caller.Identities)
        {
            buffer.WriteString(identity.Scheme);
            buffer.WriteString(identity.Id);
        }
    }

    /// <summary>Decodes what <see cref="WriteCaller"/> encoded.</summary>
    /// <exception cref="MalformedRecordException">The bytes are no caller.</exception>
    public static Caller ReadCaller(ref JuteReader reader)
    {
        long sessionId = reader.ReadLong();
        long attachZxid = reader.ReadLong();
        var identities = new Identity[reader.ReadCount(8)];
        foreach (ref var identity in identities.AsSpan())
            identity = new Identity(reader.ReadString(), reader.ReadString());
        return new Caller(sessionId, attachZxid, identities);
    }

    /// <summary>Encodes an operation.</summary>
    /// <exception cref="ArgumentException">The operation is one that a silo never hands over.</exception>
    public static void WriteOperation(JuteBuffer buffer, WriteOperation operation)
    {
        switch (operation)
        {
            case CreateOperation create:
                buffer.WriteByte((byte)Kind.Create);
                buffer.WriteBuffer(create.Path);
                buffer.WriteBuffer(create.Data);
                AclVector.Write(buffer, create.Acls);
                buffer.WriteInt(create.Flags);
                buffer.WriteBool(create.ReturnsStat);
                buffer.WriteBool(create.IsContainer);
                buffer.WriteBool(create.TimeToLive is not null);
                buffer.WriteLong(create.TimeToLive ?? 0);
                break;
            case DeleteOperation delete:
                WritePathAndVersion(buffer, Kind.Delete, delete.Path, delete.Version);
                break;
            case DeleteTreeOperation delete:
                WritePathAndVersion(buffer, Kind.DeleteTree, delete.Path, delete.Version);
                break;
            case CheckOperation { Czxid: { } czxid } check:
                WritePathAndVersion(buffer, Kind.CheckHeld, check.Path, check.Version);
                buffer.WriteLong(czxid);
                break;
            case CheckOperation check:
                WritePathAndVersion(buffer, Kind.Check, check.Path, check.Version);
                break;
            case SetDataOperation set:
                WritePathAndVersion(buffer, Kind.SetData, set.Path, set.Version);
                buffer.WriteBuffer(set.Data);
                break;
            case SetAclOperation set:
                WritePathAndVersion(buffer, Kind.SetAcl, set.Path, set.Version);
                AclVector.Write(buffer, set.Acls);
                break;
            case MultiOperation multi:
                buffer.WriteByte((byte)Kind.Multi);
                buffer.WriteInt(multi.Operations.Length);
                foreach (var item in multi.Operations)
                    WriteOperation(buffer, item);
                break;
            case OpenSessionOperation open:
                buffer.WriteByte((byte)Kind.OpenSession);
                WriteSession(buffer, open.SessionId, open.Password, open.TimeoutMilliseconds, open.Silo);
                break;
            case AttachSessionOperation attach:
                buffer.WriteByte((byte)Kind.AttachSession);
                WriteSession(buffer, attach.SessionId, attach.Password, attach.TimeoutMilliseconds, attach.Silo);
                break;
            case CloseSessionOperation close:
                buffer.WriteByte((byte)Kind.CloseSession);
                buffer.WriteLong(close.SessionId);
                buffer.WriteBool(close.AttachZxid is not null);
                buffer.WriteLong(close.AttachZxid ?? 0);
                break;
            case TakeNumbersOperation take:
                buffer.WriteByte((byte)Kind.TakeNumbers);
                buffer.WriteString(take.Counter);
                buffer.WriteInt(take.Count);
                break;
            default:
                throw new ArgumentException($"{operation.GetType().Name} is not handed from silo to silo", nameof(operation));
        }
    }

    /// <summary>Decodes what <see cref="WriteOperation"/> encoded.</summary>
    /// <exception cref="MalformedRecordException">The bytes are no operation.</exception>
    public static WriteOperation ReadOperation(ref JuteReader reader) => ReadOperation(ref reader, MostDepth);

    private static WriteOperation ReadOperation(ref JuteReader reader, int depth)
    {
        var kind = (Kind)reader.ReadByte();
        switch (kind)
        {
            case Kind.Create:
                return ReadCreate(ref reader);
            case Kind.Delete:
                return new DeleteOperation(reader.ReadUtf8().ToArray(), reader.ReadInt());
            case Kind.DeleteTree:
                return new DeleteTreeOperation(reader.ReadUtf8().ToArray(), reader.ReadInt());
            case Kind.Check:
                return new CheckOperation(reader.ReadUtf8().ToArray(), reader.ReadInt());
            case Kind.CheckHeld:
                return new CheckOperation(reader.ReadUtf8().ToArray(), reader.ReadInt()) { Czxid = reader.ReadLong() };
            case Kind.SetData:
                byte[] path = reader.ReadUtf8().ToArray();
                int version = reader.ReadInt();
                return new SetDataOperation(path, reader.ReadBufferAsArray(), version);
            case Kind.SetAcl:
                path = reader.ReadUtf8().ToArray();
                version = reader.ReadInt();
                return new SetAclOperation(path, AclVector.Read(ref reader), version);
            case Kind.Multi when depth > 0:
                var operations = new WriteOperation[reader.ReadCount(1)];
                foreach (ref var item in operations.AsSpan())
                    item = ReadOperation(ref reader, depth - 1);
                return new MultiOperation(operations);
            case Kind.OpenSession:
                return new OpenSessionOperation(
                    reader.ReadLong(), reader.ReadBufferAsArray() ?? [], reader.ReadInt(), new Guid(reader.Take(16)));
            case Kind.AttachSession:
                return new AttachSessionOperation(
                    reader.ReadLong(), reader.ReadBufferAsArray() ?? [], reader.ReadInt(), new Guid(reader.Take(16)));
            case Kind.CloseSession:
                long sessionId = reader.ReadLong();
                bool hasAttachZxid = reader.ReadBool();
                long attachZxid = reader.ReadLong();
                return new CloseSessionOperation(sessionId, hasAttachZxid ? attachZxid : null);
            case Kind.TakeNumbers:
                return new TakeNumbersOperation(reader.ReadString(), reader.ReadInt());
            default:
                throw new MalformedRecordException($"an operation of the unknown kind {(byte)kind}");
        }
    }

    private static CreateOperation ReadCreate(ref JuteReader reader)
    {
        byte[] path = reader.ReadUtf8().ToArray();
        byte[]? data = reader.ReadBufferAsArray();
        var acls = AclVector.Read(ref reader);
        int flags = reader.ReadInt();
        bool returnsStat = reader.ReadBool();
        bool isContainer = reader.ReadBool();
        bool hasTimeToLive = reader.ReadBool();
        long timeToLive = reader.ReadLong();
        return new CreateOperation(path, data, acls, flags, returnsStat)
        {
            IsContainer = isContainer,
            TimeToLive = hasTimeToLive ? timeToLive : null,
        };
    }

    private static void WritePathAndVersion(JuteBuffer buffer, Kind kind, byte[] path, int version)
    {
        buffer.WriteByte((byte)kind);
        buffer.WriteBuffer(path);
        buffer.WriteInt(version);
    }

    private static void WriteSession(JuteBuffer buffer, long id, byte[] password, int timeout, Guid silo)
    {
        buffer.WriteLong(id);
        buffer.WriteBuffer(password);
        buffer.WriteInt(timeout);
        silo.TryWriteBytes(buffer.Append(16));
    }
}

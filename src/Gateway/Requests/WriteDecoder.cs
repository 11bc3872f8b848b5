using Coordination.Engine.Log;
using Coordination.Engine.Requests;
using Coordination.Protocol;

namespace Coordination.Gateway.Requests;

/// <summary>Decodes the records of write requests.</summary>
internal static class WriteDecoder
{
    private const int LeastMultiHeaderLength = 9;

    public static bool IsWrite(OperationCode operation) => operation is OperationCode.Create or OperationCode.Create2
        or OperationCode.Delete or OperationCode.SetData or OperationCode.SetAcl or OperationCode.Multi
        or OperationCode.CreateContainer or OperationCode.CreateTtl or OperationCode.DeleteTree or OperationCode.Once;

    /// <summary>What a request asks for: of one that has a number, what stands behind that.</summary>
    /// <exception cref="MalformedRecordException">The bytes are too few, or what stands there cannot have a number.</exception>
    public static OperationCode OperationOf(RequestHeader header, JuteReader record)
    {
        if (header.Operation != OperationCode.Once)
            return header.Operation;
        ReadOnce(ref record, out var operation);
        return operation;
    }

    /// <summary>Decodes what stands before the record of a write that has a number.</summary>
    /// <param name="reader">Behind the header; afterwards, at the record.</param>
    /// <param name="operation">What the write is.</param>
    /// <exception cref="MalformedRecordException">The bytes are too few, no numbers of a write, or no write that can have one.
    /// </exception>
    public static OnceNumber ReadOnce(ref JuteReader reader, out OperationCode operation)
    {
        var once = new OnceNumber(reader.ReadLong(), reader.ReadLong());
        operation = (OperationCode)reader.ReadInt();
        if (!once.IsValid)
            throw new MalformedRecordException($"a write of the number {once.Number}, with {once.FirstOpen} open");
        return operation != OperationCode.Once && IsWrite(operation)
            ? once
            : throw new MalformedRecordException($"operation {(int)operation} with a number");
    }

    /// <summary>Decodes the record of a write.</summary>
    /// <exception cref="MalformedRecordException">The bytes are no such record.</exception>
    /// <exception cref="RefusedRecordException">A multi has a read, a multi or a null path in it.</exception>
    public static WriteOperation Read(OperationCode operation, ref JuteReader reader) => operation switch
    {
        OperationCode.Create => ReadCreate(ref reader, returnsStat: false),
        OperationCode.Create2 => ReadCreate(ref reader, returnsStat: true),
        OperationCode.CreateContainer => ReadCreate(ref reader, returnsStat: true, isContainer: true),
        OperationCode.CreateTtl => ReadCreateTtl(ref reader),
        OperationCode.Delete => new DeleteOperation(ReadPath(ref reader), reader.ReadInt()),
        OperationCode.SetData =>
            new SetDataOperation(ReadPath(ref reader), reader.ReadBufferAsArray(), reader.ReadInt()),
        OperationCode.SetAcl => new SetAclOperation(ReadPath(ref reader), AclVector.Read(ref reader), reader.ReadInt()),
        OperationCode.Check => new CheckOperation(ReadPath(ref reader), reader.ReadInt()),
        OperationCode.CheckHeld => new CheckOperation(ReadPath(ref reader), -1) { Czxid = reader.ReadLong() },
        OperationCode.Multi => ReadMulti(ref reader),
        OperationCode.DeleteTree => new DeleteTreeOperation(ReadPath(ref reader), reader.ReadInt()),
        _ => throw new MalformedRecordException($"operation {(int)operation} where a write is wanted"),
    };

    private static byte[] ReadPath(ref JuteReader reader)
    {
        var path = reader.ReadUtf8(out bool isNull);
        return isNull ? WriteOperation.NullPath : path.ToArray();
    }

    private static RefusedRecordException NotInMulti(OperationCode operation) =>
        new($"operation {(int)operation} cannot be in a multi");

    private static CreateOperation ReadCreate(ref JuteReader reader, bool returnsStat, bool isContainer = false) => new(
        ReadPath(ref reader), reader.ReadBufferAsArray(), AclVector.Read(ref reader), reader.ReadInt(), returnsStat)
    {
        IsContainer = isContainer,
    };

    private static CreateOperation ReadCreateTtl(ref JuteReader reader) => new(
        ReadPath(ref reader), reader.ReadBufferAsArray(), AclVector.Read(ref reader), reader.ReadInt(), returnsStat: true)
    {
        TimeToLive = reader.ReadLong(),
    };

    // As 3.9's MultiOperationRecord and Op.create take them together: whatever operation brings it, a container's mode makes
    // a container, and createTTL with any other mode than its own is a plain create.
    private static CreateOperation ReadCreateInMulti(OperationCode operation, ref JuteReader reader)
    {
        byte[] path = ReadPath(ref reader);
        byte[]? data = reader.ReadBufferAsArray();
        var acls = AclVector.Read(ref reader);
        int flags = reader.ReadInt();
        long? timeToLive = operation == OperationCode.CreateTtl ? reader.ReadLong() : null;
        bool hasTimeToLive = (CreateMode)flags
            is CreateMode.PersistentWithTimeToLive or CreateMode.PersistentSequentialWithTimeToLive;
        if (timeToLive is null && (hasTimeToLive || !Enum.IsDefined((CreateMode)flags)))
            throw NotInMulti(operation);
        bool isContainer = operation == OperationCode.CreateContainer || (CreateMode)flags == CreateMode.Container;
        return new CreateOperation(
            path, data, acls, flags,
            returnsStat: isContainer || hasTimeToLive || operation == OperationCode.Create2)
        {
            IsContainer = isContainer,
            TimeToLive = hasTimeToLive ? timeToLive : null,
        };
    }

    private static MultiOperation ReadMulti(ref JuteReader reader)
    {
        var operations = new List<WriteOperation>();
        while (true)
        {
            if (reader.Remaining < LeastMultiHeaderLength)
                throw new MalformedRecordException("a multi without an end");
            var operation = (OperationCode)reader.ReadInt();
            bool done = reader.ReadBool();
            reader.ReadInt(); // the header's error, which means something in answers only
            if (done)
                return new MultiOperation([.. operations]);
            var path = reader;
            operations.Add(operation switch
            {
                OperationCode.Create or OperationCode.Create2 or OperationCode.CreateContainer or OperationCode.CreateTtl =>
                    ReadCreateInMulti(operation, ref reader),
                OperationCode.Delete or OperationCode.SetData or OperationCode.Check or OperationCode.CheckHeld =>
                    Read(operation, ref reader),
                _ => throw NotInMulti(operation),
            });
            // ZooKeeper looks for the parents of them all before it does any.
            path.ReadUtf8(out bool isNull);
            if (isNull)
                throw new RefusedRecordException("a multi with a null path");
        }
    }
}

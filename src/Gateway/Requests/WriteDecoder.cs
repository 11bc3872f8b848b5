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
    /// <exception cref="NotInMultiException">A multi has a read, or a multi, in it.</exception>
    public static WriteOperation Read(OperationCode operation, ref JuteReader reader) => operation switch
    {
        OperationCode.Create => ReadCreate(ref reader, returnsStat: false),
        OperationCode.Create2 => ReadCreate(ref reader, returnsStat: true),
        OperationCode.CreateContainer => ReadCreate(ref reader, returnsStat: true, isContainer: true),
        OperationCode.CreateTtl => ReadCreateTtl(ref reader),
        OperationCode.Delete => new DeleteOperation(reader.ReadUtf8().ToArray(), reader.ReadInt()),
        OperationCode.SetData =>
            new SetDataOperation(reader.ReadUtf8().ToArray(), reader.ReadBufferAsArray(), reader.ReadInt()),
        OperationCode.SetAcl => new SetAclOperation(reader.ReadUtf8().ToArray(), AclVector.Read(ref reader), reader.ReadInt()),
        OperationCode.Check => new CheckOperation(reader.ReadUtf8().ToArray(), reader.ReadInt()),
        OperationCode.CheckHeld => new CheckOperation(reader.ReadUtf8().ToArray(), -1) { Czxid = reader.ReadLong() },
        OperationCode.Multi => ReadMulti(ref reader),
        OperationCode.DeleteTree => new DeleteTreeOperation(reader.ReadUtf8().ToArray(), reader.ReadInt()),
        _ => throw new MalformedRecordException($"operation {(int)operation} where a write is wanted"),
    };

    private static CreateOperation ReadCreate(ref JuteReader reader, bool returnsStat, bool isContainer = false) => new(
        reader.ReadUtf8().ToArray(), reader.ReadBufferAsArray(), AclVector.Read(ref reader), reader.ReadInt(), returnsStat)
    {
        IsContainer = isContainer,
    };

    private static CreateOperation ReadCreateTtl(ref JuteReader reader) => new(
        reader.ReadUtf8().ToArray(), reader.ReadBufferAsArray(), AclVector.Read(ref reader), reader.ReadInt(), returnsStat: true)
    {
        TimeToLive = reader.ReadLong(),
    };

    // As 3.9's MultiOperationRecord and Op.create take them together: whatever operation brings it, a container's mode makes
    // a container, and createTTL with any other mode than its own is a plain create.
    private static CreateOperation ReadCreateInMulti(OperationCode operation, ref JuteReader reader)
    {
        byte[] path = reader.ReadUtf8().ToArray();
        byte[]? data = reader.ReadBufferAsArray();
        var acls = AclVector.Read(ref reader);
        int flags = reader.ReadInt();
        long? timeToLive = operation == OperationCode.CreateTtl ? reader.ReadLong() : null;
        bool hasTimeToLive = (CreateMode)flags
            is CreateMode.PersistentWithTimeToLive or CreateMode.PersistentSequentialWithTimeToLive;
        if (timeToLive is null && (hasTimeToLive || !Enum.IsDefined((CreateMode)flags)))
            throw new NotInMultiException(operation);
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
            operations.Add(operation switch
            {
                OperationCode.Create or OperationCode.Create2 or OperationCode.CreateContainer or OperationCode.CreateTtl =>
                    ReadCreateInMulti(operation, ref reader),
                OperationCode.Delete or OperationCode.SetData or OperationCode.Check or OperationCode.CheckHeld =>
                    Read(operation, ref reader),
                _ => throw new NotInMultiException(operation),
            });
        }
    }
}

using Coordination.Protocol;

namespace Coordination.Engine.Log;

/// <summary>One change as the log holds it: the result of a request, not the request.</summary>
/// <remarks>Which members hold depends on the kind; memory points into the batch that the change was read from.</remarks>
public readonly struct Change
{
    private const int SiloLength = 16;

    /// <summary>What it does.</summary>
    public EntryKind Kind { get; private init; }

    /// <summary>Create, Delete, SetData, SetAcl: the znode's path.</summary>
    public ReadOnlyMemory<byte> Path { get; private init; }

    /// <summary>Create, SetData: the data. OpenSession: the password. Counter: the name. ForgetSilos: the silos' lives, 16
    /// bytes each.</summary>
    public ReadOnlyMemory<byte> Data { get; private init; }

    /// <summary>Create, SetData: false for null data.</summary>
    public bool HasData { get; private init; }

    /// <summary>Create, SetAcl: the ACL as <see cref="Tree.AclTable.Encode"/> makes it.</summary>
    public ReadOnlyMemory<byte> Acl { get; private init; }

    /// <summary>Create: the owner, which is a session, an <see cref="Tree.OwnerMark"/> or 0. OpenSession, AttachSession,
    /// CloseSession: the session.</summary>
    public long SessionId { get; private init; }

    /// <summary>Create: the parent's new count of creates. SetData: the new version. SetAcl: the new aversion.
    /// OpenSession, AttachSession: the timeout in milliseconds. Epoch and FormatLevel: the new one.</summary>
    public int Number { get; private init; }

    /// <summary>Counter: the next number that is not given out. SiloBatch: the number of the batch. ForgetSilos: the
    /// zxid that a silo must have seen for its batch to be taken.</summary>
    public long LongNumber { get; private init; }

    /// <summary>OpenSession, AttachSession, Epoch, SiloBatch: the life of the silo.</summary>
    public Guid Silo { get; private init; }

    /// <summary>CloseSession: the ephemerals that go. Multi: the changes.</summary>
    public ChangeList Items { get; private init; }

    /// <summary>ForgetSilos: the lives of the silos.</summary>
    public IEnumerable<Guid> Silos
    {
        get
        {
            for (int start = 0; start < Data.Length; start += SiloLength)
                yield return new Guid(Data.Span.Slice(start, SiloLength));
        }
    }

    internal static Change Read(ref LogReader reader)
    {
        var kind = (EntryKind)reader.ReadByte();
        switch (kind)
        {
            case EntryKind.Create:
                var path = reader.ReadBuffer(out _);
                var data = reader.ReadBuffer(out bool isNull);
                return new Change
                {
                    Kind = kind,
                    Path = path,
                    Data = data,
                    HasData = !isNull,
                    Acl = reader.ReadBuffer(out _),
                    SessionId = reader.ReadLong(),
                    Number = reader.ReadInt(),
                };
            case EntryKind.Delete:
                return new Change { Kind = kind, Path = reader.ReadBuffer(out _) };
            case EntryKind.SetData:
                path = reader.ReadBuffer(out _);
                data = reader.ReadBuffer(out isNull);
                return new Change { Kind = kind, Path = path, Data = data, HasData = !isNull, Number = reader.ReadInt() };
            case EntryKind.SetAcl:
                path = reader.ReadBuffer(out _);
                return new Change { Kind = kind, Path = path, Acl = reader.ReadBuffer(out _), Number = reader.ReadInt() };
            case EntryKind.Multi:
                return new Change { Kind = kind, Items = ChangeList.Read(ref reader) };
            case EntryKind.OpenSession:
                return new Change
                {
                    Kind = kind,
                    SessionId = reader.ReadLong(),
                    Data = reader.ReadBuffer(out _),
                    Number = reader.ReadInt(),
                    Silo = reader.ReadGuid(),
                };
            case EntryKind.AttachSession:
                return new Change
                {
                    Kind = kind,
                    SessionId = reader.ReadLong(),
                    Number = reader.ReadInt(),
                    Silo = reader.ReadGuid(),
                };
            case EntryKind.CloseSession:
                return new Change { Kind = kind, SessionId = reader.ReadLong(), Items = ChangeList.Read(ref reader) };
            case EntryKind.Counter:
                return new Change { Kind = kind, Data = reader.ReadBuffer(out _), LongNumber = reader.ReadLong() };
            case EntryKind.Epoch:
                return new Change { Kind = kind, Number = reader.ReadInt(), Silo = reader.ReadGuid() };
            case EntryKind.FormatLevel:
                return new Change { Kind = kind, Number = reader.ReadInt() };
            case EntryKind.SiloBatch:
                return new Change { Kind = kind, Silo = reader.ReadGuid(), LongNumber = reader.ReadLong() };
            case EntryKind.ForgetSilos:
                long seen = reader.ReadLong();
                data = reader.ReadBuffer(out _);
                return data.Length % SiloLength == 0
                    ? new Change { Kind = kind, LongNumber = seen, Data = data }
                    : throw new MalformedRecordException($"{data.Length} bytes of silos' lives");
            default:
                throw new MalformedRecordException($"a change of the unknown kind {(byte)kind}");
        }
    }
}

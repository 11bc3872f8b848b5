using Coordination.Engine.Log;
using Coordination.Engine.Requests;
using Coordination.Protocol;

namespace Coordination.Engine.Sessions;

/// <summary>The form in which the answer to a numbered write is kept: what each change did, and nothing of what it wrote.</summary>
internal static class AnswerCodec
{
    private const int RestOfCreate = 1 + 4 + 11 + Stat.EncodedLength;
    private const int Least = 1 + 4;

    /// <summary>Encodes what the changes of an entry did.</summary>
    public static void Write(JuteBuffer buffer, in Change change, List<ChangeResult> results)
    {
        if (change.Kind != EntryKind.Multi)
        {
            Write(buffer, change.Kind, results[0]);
            return;
        }
        int result = 0;
        int deletes = 0;
        foreach (var item in change.Items)
        {
            // Thousands of them are gone together, and have nothing to tell.
            if (item.Kind == EntryKind.Delete)
                deletes++;
            else
                EndDeletes(buffer, ref deletes);
            if (item.Kind != EntryKind.Delete)
                Write(buffer, item.Kind, results[result]);
            result++;
        }
        EndDeletes(buffer, ref deletes);
    }

    /// <summary>Decodes an answer, if it is one to such an operation.</summary>
    /// <param name="answer">What <see cref="Write(JuteBuffer, in Change, List{ChangeResult})"/> encoded.</param>
    /// <param name="operation">What the client asks for now.</param>
    /// <param name="results">Cleared, then filled; they point into the answer.</param>
    /// <returns>False where the changes of the operation are of other kinds than those that the answer is to.</returns>
    public static bool TryRead(ReadOnlyMemory<byte> answer, WriteOperation operation, List<ChangeResult> results)
    {
        results.Clear();
        var kinds = new List<EntryKind>();
        var reader = new JuteReader(answer.Span);
        while (reader.Remaining > 0)
        {
            var kind = (EntryKind)reader.ReadByte();
            int count = kind == EntryKind.Delete ? reader.ReadInt() : 1;
            var result = kind == EntryKind.Delete ? default : ReadResult(answer, ref reader, kind);
            for (; count > 0; count--)
            {
                kinds.Add(kind);
                results.Add(result);
            }
        }
        return operation is DeleteTreeOperation
            ? kinds.TrueForAll(static kind => kind == EntryKind.Delete)
            : kinds.SequenceEqual(KindsOf(operation));
    }

    /// <summary>How many bytes the answer to an operation takes at the most.</summary>
    public static int MostBytesOf(WriteOperation operation) => operation switch
    {
        CreateOperation create => create.Path.Length + RestOfCreate,
        SetDataOperation or SetAclOperation => 1 + Stat.EncodedLength,
        MultiOperation multi => multi.Operations.Sum(MostBytesOf),
        CheckOperation => 0,
        _ => Least,
    };

    private static IEnumerable<EntryKind> KindsOf(WriteOperation operation)
    {
        switch (operation)
        {
            case MultiOperation multi:
                foreach (var item in multi.Operations.Where(static item => item is not CheckOperation))
                    yield return KindOf(item);
                break;
            default:
                yield return KindOf(operation);
                break;
        }
    }

    private static EntryKind KindOf(WriteOperation operation) => operation switch
    {
        CreateOperation => EntryKind.Create,
        DeleteOperation => EntryKind.Delete,
        SetDataOperation => EntryKind.SetData,
        SetAclOperation => EntryKind.SetAcl,
        _ => default,
    };

    private static void Write(JuteBuffer buffer, EntryKind kind, in ChangeResult result)
    {
        buffer.WriteByte((byte)kind);
        if (kind == EntryKind.Delete)
        {
            buffer.WriteInt(1);
            return;
        }
        if (kind == EntryKind.Create)
            buffer.WriteBuffer(result.Path.Span);
        result.Stat.Write(buffer);
    }

    private static void EndDeletes(JuteBuffer buffer, ref int deletes)
    {
        if (deletes == 0)
            return;
        buffer.WriteByte((byte)EntryKind.Delete);
        buffer.WriteInt(deletes);
        deletes = 0;
    }

    private static ChangeResult ReadResult(ReadOnlyMemory<byte> answer, ref JuteReader reader, EntryKind kind)
    {
        var path = ReadOnlyMemory<byte>.Empty;
        if (kind == EntryKind.Create)
        {
            int length = reader.ReadInt();
            path = answer.Slice(reader.Position, length);
            reader.Take(length);
        }
        return new ChangeResult(path, Stat.Read(ref reader));
    }
}

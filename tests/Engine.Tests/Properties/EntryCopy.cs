using System.Text;
using Coordination.Engine.Log;

namespace Coordination.Engine.Tests.Properties;

/// <summary>Writes a batch anew from what was read of it.</summary>
internal static class EntryCopy
{
    public static byte[] Of(ReadOnlyMemory<byte> body, BatchWriter writer)
    {
        writer.Clear();
        var reader = new BatchReader(body);
        while (reader.TryRead(out var entry))
        {
            writer.BeginEntry(entry.Header);
            if (entry.Once.IsGiven)
                writer.WriteOnce(entry.Once);
            Write(writer, entry.Change);
            writer.EndEntry(entry.Header.Zxid);
        }
        return writer.Body.ToArray();
    }

    private static void Write(BatchWriter writer, in Change change)
    {
        byte[]? data = change.HasData ? change.Data.ToArray() : null;
        switch (change.Kind)
        {
            case EntryKind.Create:
                writer.WriteCreate(change.Path.Span, data, change.Acl.Span, change.SessionId, change.Number);
                break;
            case EntryKind.Delete:
                writer.WriteDelete(change.Path.Span);
                break;
            case EntryKind.SetData:
                writer.WriteSetData(change.Path.Span, data, change.Number);
                break;
            case EntryKind.SetAcl:
                writer.WriteSetAcl(change.Path.Span, change.Acl.Span, change.Number);
                break;
            case EntryKind.Multi:
                WriteItems(writer, writer.BeginMulti(), change);
                break;
            case EntryKind.OpenSession:
                writer.WriteOpenSession(change.SessionId, change.Data.Span, change.Number, change.Silo);
                break;
            case EntryKind.AttachSession:
                writer.WriteAttachSession(change.SessionId, change.Number, change.Silo);
                break;
            case EntryKind.CloseSession:
                WriteItems(writer, writer.BeginCloseSession(change.SessionId), change);
                break;
            case EntryKind.Counter:
                writer.WriteCounter(Encoding.UTF8.GetString(change.Data.Span), change.LongNumber);
                break;
            case EntryKind.Epoch:
                writer.WriteEpoch(change.Number, change.Silo);
                break;
            case EntryKind.FormatLevel:
                writer.WriteFormatLevel(change.Number);
                break;
            case EntryKind.ForgetSilos:
                writer.WriteForgetSilos(change.LongNumber, [.. change.Silos]);
                break;
            default:
                writer.WriteSiloBatch(change.Silo, change.LongNumber);
                break;
        }
    }

    private static void WriteItems(BatchWriter writer, BatchWriter.ListMark mark, in Change change)
    {
        int count = 0;
        foreach (var item in change.Items)
        {
            Write(writer, item);
            count++;
        }
        writer.EndList(mark, count);
    }
}

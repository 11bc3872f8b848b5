using System.Globalization;
using System.Text;

namespace Coordination.Crash.Tests.Load;

/// <summary>A write that was sent, and what is known of it.</summary>
internal sealed class Write
{
    internal required string Writer { get; init; }

    /// <summary>The writer's own numbering, in the order of sending.</summary>
    internal required int Number { get; init; }

    internal required WriteKind Kind { get; init; }

    /// <summary>The znode that is created or deleted; the prefix of a sequential one; the register of a set.</summary>
    internal required string Path { get; init; }

    /// <summary>The version that a set expects.</summary>
    internal int ExpectedVersion { get; init; }

    internal required long SessionId { get; init; }

    /// <summary>When it was sent, by the stopwatch.</summary>
    internal required long SentAt { get; init; }

    internal WriteOutcome Outcome { get; set; }

    /// <summary>The zxid that the write itself got, as a Stat tells it; 0 while that is not known.</summary>
    internal long Zxid { get; set; }

    /// <summary>The path that a sequential create got.</summary>
    internal string? CreatedPath { get; set; }

    /// <summary>The delete that was sent for the znode that this created.</summary>
    internal Write? DeletedBy { get; set; }

    /// <summary>Whether its znode was read and compared since the last restart that could have changed it.</summary>
    internal bool IsCompared { get; set; }

    internal string Name => Path[(Path.LastIndexOf('/') + 1)..];

    internal bool MustBeThere => Outcome is WriteOutcome.Acknowledged or WriteOutcome.FoundThere;

    /// <summary>Data that is this write's alone, of a size that now and then fills several pages of a disk.</summary>
    internal byte[] Data
    {
        get
        {
            string identity = string.Create(CultureInfo.InvariantCulture, $"{Writer} {Number} ");
            int padding = Number % 50 == 49 ? 40_000 : Number % 97;
            byte[] data = new byte[identity.Length + padding];
            Encoding.ASCII.GetBytes(identity, data);
            new Random(Number).NextBytes(data.AsSpan(identity.Length));
            return data;
        }
    }

    public override string ToString() => $"{Kind} {Number} of {Writer} ({Path}, {Outcome}, zxid 0x{Zxid:x})";
}

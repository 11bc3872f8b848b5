namespace Coordination.Engine.Tests.Fuzzing;

/// <summary>Damages bytes as disks, networks and enemies do.</summary>
internal static class Mutation
{
    private static readonly byte[][] s_numbers =
    [
        [0xff, 0xff, 0xff, 0xff], [0x7f, 0xff, 0xff, 0xff], [0x80, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 1], [0xff, 0xff, 0xff, 0xfe],
        [0x10, 0, 0, 0], [0, 0, 1, 0],
    ];

    public static byte[] Of(byte[] whole, Random random)
    {
        byte[] damaged = [.. whole];
        for (int times = 1 + (random.Next(4) * random.Next(2)); times > 0 && damaged.Length > 0; times--)
            damaged = Once(damaged, random);
        return damaged;
    }

    private static byte[] Once(byte[] bytes, Random random)
    {
        int at = random.Next(bytes.Length);
        int length = Math.Min(1 + random.Next(16), bytes.Length - at);
        switch (random.Next(7))
        {
            case 0:
                bytes[at] ^= (byte)(1 << random.Next(8));
                return bytes;
            case 1:
                bytes[at] = (byte)random.Next(256);
                return bytes;
            case 2:
                // The worst lengths and counts, where one may stand.
                byte[] number = s_numbers[random.Next(s_numbers.Length)];
                number.AsSpan(0, Math.Min(4, bytes.Length - at)).CopyTo(bytes.AsSpan(at));
                return bytes;
            case 3:
                return bytes[..at];
            case 4:
                return [.. bytes[..at], .. bytes[(at + length)..]];
            case 5:
                return [.. bytes[..at], .. bytes.AsSpan(at, length), .. bytes[at..]];
            default:
                byte[] noise = new byte[length];
                random.NextBytes(noise);
                return [.. bytes[..at], .. noise, .. bytes[at..]];
        }
    }
}

using System.Buffers.Binary;
using Coordination.Gateway.Tests.Extensions;
using Coordination.Gateway.Tests.Wire;
using Coordination.Testing.RawProtocol;

namespace Coordination.Gateway.Tests.Limits;

/// <summary>Makes frames that are nearly in order, from a seed.</summary>
internal sealed class FrameMutator(int seed)
{
    private static readonly int[] s_hostileNumbers =
        [int.MaxValue, int.MinValue, -1, -2, 0, 1, 255, 256, 0xffff, 0xfffff, 0x100000, 0x7fffff, 0x01000000];

    private static readonly string[] s_paths =
        [
            "/fuzz", "/fuzz/a", "/fuzz/b", "/fuzz/b/c", "/", "", "/zookeeper", "/zookeeper/quota", "/fuzz/ä€", "/fuzz/\0", "//",
            "/fuzz/n-",
        ];

    private readonly Random _random = new(seed);

    /// <summary>A connect frame, seldom one in order.</summary>
    public byte[] NextConnect() => _random.Next(4) == 0 ? Mutate(Frames.Connect(_random.NextInt64(3))) : Frames.Connect();

    /// <summary>A request, or what was one.</summary>
    public byte[] NextRequest()
    {
        byte[] frame = _random.Next(4) == 0 ? Numbered(Any()) : Any();
        for (int times = _random.Next(4); times > 0; times--)
            frame = Mutate(frame);
        // Mostly a frame again, so that its record is looked at.
        if (frame.Length >= sizeof(int) && _random.Next(12) != 0)
            BinaryPrimitives.WriteInt32BigEndian(frame, frame.Length - sizeof(int));
        return frame;
    }

    // Also what cannot have a number, and numbers that go back.
    private byte[] Numbered(byte[] frame)
    {
        long number = _random.Next(8) == 0 ? s_hostileNumbers[_random.Next(s_hostileNumbers.Length)] : _random.Next(1, 2000);
        byte[] numbered = ExtensionFrames.Once(number, number - _random.Next(30), frame);
        return _random.Next(16) == 0 ? ExtensionFrames.Once(number, number, numbered) : numbered;
    }

    private byte[] Any()
    {
        int xid = _random.Next(8) == 0 ? s_hostileNumbers[_random.Next(s_hostileNumbers.Length)] : _random.Next(1, 1000);
        string path = s_paths[_random.Next(s_paths.Length)];
        byte[] data = new byte[_random.Next(64)];
        _random.NextBytes(data);
        return _random.Next(16) switch
        {
            0 => Frames.Create(xid, path, data, (CreateMode)_random.Next(8)),
            1 => Frames.Create(xid, $"/fuzz/{_random.Next(50)}", data),
            2 => Frames.Delete(xid, path),
            3 => Frames.SetData(xid, path, data),
            4 => Frames.Exists(xid, path, watch: true),
            5 => Frames.GetData(xid, path, watch: true),
            6 => Frames.GetChildren(xid, path, watch: true),
            7 => Frames.Sync(xid, path),
            8 => Frames.Ping(),
            9 => Frames.Auth(_random.Next(4) == 0 ? "digest" : path, "a:b"),
            10 => Frames.SetWatches(_random.NextInt64(), [path], s_paths, [path, "/fuzz"]),
            11 => Multi(xid, path, data),
            12 => Frames.Request(xid, OperationCode.SetAcl, writer =>
            {
                writer.WriteString(path);
                writer.WriteInt(1);
                writer.WriteInt((int)Permissions.All);
                writer.WriteString(_random.Next(2) == 0 ? "world" : "ip");
                writer.WriteString(_random.Next(2) == 0 ? "anyone" : "127.0.0.1/8");
                writer.WriteInt(-1);
            }),
            13 => Frames.Request(xid, (OperationCode)_random.Next(-12, 120), writer =>
            {
                writer.WriteString(path);
                writer.WriteLong(0);
            }),
            14 => Frames.Connect(),
            _ => _random.Next(20) == 0 ? Frames.CloseSession(xid) : Frames.GetData(xid, path),
        };
    }

    private byte[] Multi(int xid, string path, byte[] data) => Frames.Request(xid, OperationCode.Multi, writer =>
    {
        for (int operations = _random.Next(4); operations > 0; operations--)
        {
            bool isCreate = _random.Next(2) == 0;
            Frames.WriteMultiHeader(writer, (int)(isCreate ? OperationCode.Create : OperationCode.SetData), done: false);
            if (isCreate)
            {
                Frames.WriteCreate(writer, path, data, (CreateMode)_random.Next(4));
            }
            else
            {
                writer.WriteString(path);
                writer.WriteBuffer(data);
                writer.WriteInt(-1);
            }
        }

        Frames.WriteMultiHeader(writer, -1, done: true);
    });

    private byte[] Mutate(byte[] frame)
    {
        byte[] mutated = [.. frame];
        int at = _random.Next(Math.Max(1, mutated.Length));
        switch (_random.Next(6))
        {
            case 0 when mutated.Length > 0:
                mutated[at] ^= (byte)(1 << _random.Next(8));
                return mutated;
            case 1 when mutated.Length > 0:
                mutated[at] = (byte)_random.Next(256);
                return mutated;
            case 2:
                return mutated[..at];
            case 3:
                byte[] more = new byte[_random.Next(1, 40)];
                _random.NextBytes(more);
                return [.. mutated[..at], .. more, .. mutated[at..]];
            case 4 when at + sizeof(int) <= mutated.Length:
                BinaryPrimitives.WriteInt32BigEndian(
                    mutated.AsSpan(at), s_hostileNumbers[_random.Next(s_hostileNumbers.Length)]);
                return mutated;
            default:
                return [.. mutated, .. mutated[at..]];
        }
    }
}

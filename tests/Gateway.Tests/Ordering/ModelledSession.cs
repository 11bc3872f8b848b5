using System.Globalization;
using Coordination.Testing.RawProtocol;

namespace Coordination.Gateway.Tests.Ordering;

/// <summary>A session that has a part of the tree to itself, so that what each of its requests has to be answered is
/// known when it is sent, however many are still under way.</summary>
internal sealed class ModelledSession(RawZooKeeperClient client, string root, int seed)
{
    private const int Names = 8;

    private readonly Random _random = new(seed);
    private readonly Dictionary<string, (byte[]? Data, int Version)> _znodes = [];
    private readonly List<Func<Task>> _checks = [];
    private int _creates;
    private long _changes;

    /// <summary>Sends any request that may come to mind, and keeps what its answer has to be.</summary>
    public void SendOne()
    {
        string name = _random.Next(Names).ToString(CultureInfo.InvariantCulture);
        switch (_random.Next(14))
        {
            case 0 or 1 or 2:
                Create(name);
                break;
            case 3:
                Delete(name);
                break;
            case 4 or 5:
                SetData(name);
                break;
            case 6 or 7 or 8:
                GetData(name);
                break;
            case 9:
                Exists(name);
                break;
            case 10:
                GetChildren();
                break;
            case 11:
                Multi(name);
                break;
            case 12:
                Check("sync", client.SyncAsync(root), reply => Assert.Equal(root, reply.Value));
                break;
            default:
                Check("ping", client.PingAsync(), static reply => Assert.True(reply.IsOk));
                break;
        }
    }

    /// <summary>Waits for all answers and looks at each.</summary>
    public async Task CheckAsync()
    {
        foreach (var check in _checks)
            await check();
        _checks.Clear();
    }

    private string PathOf(string name) => $"{root}/{name}";

    private byte[] NewData()
    {
        byte[] data = new byte[_random.Next(200)];
        _random.NextBytes(data);
        return data;
    }

    private void Create(string name)
    {
        byte[] data = NewData();
        bool isNew = _znodes.TryAdd(name, (data, 0));
        if (isNew)
            _creates++;
        Check(
            $"create {name}", client.CreateAsync(PathOf(name), data),
            reply => Assert.Equal(isNew ? ErrorCode.Ok : ErrorCode.NodeExists, reply.Error));
    }

    private void Delete(string name)
    {
        bool isThere = _znodes.TryGetValue(name, out var znode);
        bool isWrong = _random.Next(3) == 0;
        var expected = !isThere ? ErrorCode.NoNode : isWrong ? ErrorCode.BadVersion : ErrorCode.Ok;
        int version = isWrong ? znode.Version + 1 : _random.Next(2) == 0 ? znode.Version : -1;
        if (expected == ErrorCode.Ok)
            _znodes.Remove(name);
        Check(
            $"delete {name}", client.DeleteAsync(PathOf(name), version),
            reply => Assert.Equal(expected, reply.Error));
    }

    private void SetData(string name)
    {
        byte[] data = NewData();
        bool isThere = _znodes.TryGetValue(name, out var znode);
        bool isWrong = _random.Next(3) == 0;
        var expected = !isThere ? ErrorCode.NoNode : isWrong ? ErrorCode.BadVersion : ErrorCode.Ok;
        int version = isWrong ? znode.Version + 1 : _random.Next(2) == 0 ? znode.Version : -1;
        if (expected == ErrorCode.Ok)
            _znodes[name] = (data, znode.Version + 1);
        Check(
            $"setData {name}", client.SetDataAsync(PathOf(name), data, version),
            reply =>
            {
                Assert.Equal(expected, reply.Error);
                if (reply.IsOk)
                    Assert.Equal((znode.Version + 1, data.Length), (reply.Value.Version, reply.Value.DataLength));
            });
    }

    private void GetData(string name)
    {
        bool isThere = _znodes.TryGetValue(name, out var znode);
        Check(
            $"getData {name}", client.GetDataAsync(PathOf(name)),
            reply =>
            {
                Assert.Equal(isThere ? ErrorCode.Ok : ErrorCode.NoNode, reply.Error);
                if (!isThere)
                    return;
                Assert.Equal(znode.Data, reply.Value.Data);
                Assert.Equal(znode.Version, reply.Value.Stat.Version);
            });
    }

    private void Exists(string name)
    {
        bool isThere = _znodes.TryGetValue(name, out var znode);
        Check(
            $"exists {name}", client.ExistsAsync(PathOf(name)),
            reply =>
            {
                Assert.Equal(isThere ? ErrorCode.Ok : ErrorCode.NoNode, reply.Error);
                if (isThere)
                    Assert.Equal(znode.Version, reply.Value.Version);
            });
    }

    private void GetChildren()
    {
        string[] expected = [.. _znodes.Keys.Order(StringComparer.Ordinal)];
        int cversion = (2 * _creates) - _znodes.Count;
        Check(
            "getChildren2", client.GetChildren2Async(root),
            reply =>
            {
                Assert.Equal(expected, reply.Value.Names.Order(StringComparer.Ordinal));
                Assert.Equal(cversion, reply.Value.Stat.Cversion);
            });
    }

    // Changes two znodes or none.
    private void Multi(string name)
    {
        byte[] data = NewData();
        bool isThere = _znodes.TryGetValue(name, out var znode);
        string other = $"m{_changes++}";
        if (isThere)
        {
            _znodes[name] = (data, znode.Version + 1);
            _znodes[other] = (data, 0);
            _creates++;
        }

        ErrorCode[] expected = isThere
            ? [ErrorCode.Ok, ErrorCode.Ok, ErrorCode.Ok]
            : [ErrorCode.Ok, ErrorCode.NoNode, ErrorCode.RuntimeInconsistency];
        Check(
            $"multi {name}",
            client.MultiAsync(
                MultiOperation.Create(PathOf(other), data),
                MultiOperation.Check(PathOf(name), -1),
                MultiOperation.SetData(PathOf(name), data, znode.Version)),
            reply => Assert.Equal(expected, reply.Value.Select(static result => result.Error)));
        if (isThere && _random.Next(2) == 0)
        {
            _znodes.Remove(other);
            Check(
                $"delete {other}", client.DeleteAsync(PathOf(other)),
                static reply => Assert.Equal(ErrorCode.Ok, reply.Error));
        }
    }

    private void Check<T>(string what, Task<Reply<T>> reply, Action<Reply<T>> check)
    {
        int number = _checks.Count;
        _checks.Add(async () =>
        {
            try
            {
                check(await reply);
            }
            catch (Exception exception) when (exception is Xunit.Sdk.XunitException or ZooKeeperErrorException)
            {
                throw new InvalidOperationException($"request {number}, {what}, of seed {seed}: {exception.Message}", exception);
            }
        });
    }
}

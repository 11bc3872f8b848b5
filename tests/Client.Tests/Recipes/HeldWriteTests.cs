using Coordination.Client.Recipes;

namespace Coordination.Client.Tests.Recipes;

/// <summary>What is written under a lock is written only while the lock is held, which the server looks up.</summary>
public sealed class HeldWriteTests(Servers servers) : ClientTest(servers)
{
    [Theory]
    [InlineData(ServerKind.Silo)]
    [InlineData(ServerKind.ZooKeeper)]
    public async Task A_write_of_who_has_lost_the_lock_is_refused(ServerKind kind)
    {
        await using var client = await ConnectAsync(kind);
        await using var other = await ConnectAsync(kind);
        string data = NewPath();
        await client.CreateAsync(data);
        var mutex = new DistributedLock(client, data + "-lock");
        await using var held = await mutex.AcquireAsync();
        Assert.Equal(1, (await client.SetDataAsync(data, "mine"u8.ToArray(), held)).Version);
        await client.BeginTransaction().CheckHeld(held.Path, held.FencingToken).SetData(data, "his, too"u8.ToArray()).CommitAsync();
        await other.DeleteAsync(held.Path);
        var lost = await Assert.ThrowsAsync<LockLostException>(
            async () => await client.SetDataAsync(data, "too late"u8.ToArray(), held));
        Assert.Equal((held.Path, held.FencingToken), (lost.Path, lost.FencingToken));
        Assert.Equal(2, (await other.GetDataAsync(data)).Version);
    }

    [Fact]
    public async Task Another_znode_of_that_path_is_not_the_lock()
    {
        await using var client = await ConnectAsync(ServerKind.Silo);
        string path = NewPath();
        long token = (await client.CreateAsync(path)).Stat.Czxid;
        await client.BeginTransaction().CheckHeld(path, token).SetData(path, "x"u8.ToArray()).CommitAsync();
        await client.DeleteAsync(path);
        await client.CreateAsync(path);
        var failure = await Assert.ThrowsAsync<TransactionFailedException>(async () =>
            await client.BeginTransaction().CheckHeld(path, token).SetData(path, "x"u8.ToArray()).CommitAsync());
        Assert.Equal(0, failure.Index);
        Assert.IsType<LockLostException>(failure.Reason);
    }
}

using Coordination.Engine;
using Coordination.Grains.Memory;
using Coordination.Grains.Replication;
using Coordination.Grains.Writing;
using Coordination.Testing;

namespace Coordination.Grains.Tests.Memory;

public sealed class MemoryMonitorTests : IDisposable
{
    private const long Megabyte = 1 << 20;

    private readonly MemoryOfTest _memory = new();
    private readonly LinesOfTest<MemoryMonitor> _log = new();
    private readonly ManualTimeProvider _time = new();
    private readonly WritePipeline _pipeline;
    private readonly MemoryMonitor _monitor;
    private int _znodes = 1000;

    public MemoryMonitorTests()
    {
        var replica = new Replica(Guid.NewGuid(), CoordinationState.Genesis(), default);
        _pipeline = new WritePipeline(replica, _time);
        var limits = new MemoryLimits(Soft: 200 * Megabyte, Hard: 300 * Megabyte);
        _monitor = new MemoryMonitor(limits, _memory, replica, _pipeline, _time, _log);
    }

    public void Dispose() => _pipeline.Dispose();

    [Fact]
    public void GarbageAloneIsNeverRefused()
    {
        _memory.Tree = 100 * Megabyte;
        for (int second = 0; second < 600; second++)
        {
            _memory.Garbage += 150 * Megabyte;
            LookAfterASecond();
            Assert.True(_pipeline.HasRoomToGrow);
        }
        Assert.Empty(_log.Lines);
    }

    [Fact]
    public void WhatLivesIsRefusedOnceTheCollectionHasShownIt()
    {
        _memory.Tree = 301 * Megabyte;
        LookAfterASecond();
        LookAfterASecond();
        Assert.False(_pipeline.HasRoomToGrow);
        Assert.Equal(1, _memory.Requests);
        Assert.Equal(
            [
                "Error: 301 MB of memory are used, over the hard limit of 300 MB: creates and growing sets are refused",
                "Warning: 301 MB of memory are used, over the soft limit of 200 MB",
            ],
            _log.Lines);
    }

    [Fact]
    public void WhereTheRuntimeHasCollectedByItselfNobodyIsAskedTo()
    {
        _memory.Tree = 301 * Megabyte;
        _memory.Collect();
        LookAfterASecond();
        Assert.False(_pipeline.HasRoomToGrow);
        Assert.Equal(0, _memory.Requests);
    }

    [Fact]
    public void ReadsCloseToTheLimitChangeNothingAndCostNoCollections()
    {
        Fill(301);
        int requests = _memory.Requests;
        for (int second = 0; second < 600; second++)
        {
            // Connections come and go, and so it is a little more at one time and a little less at another.
            _memory.Tree = (264 + (second % 40)) * Megabyte;
            _memory.Garbage += 50 * Megabyte;
            if (second % 7 == 0)
                _memory.Collect();
            LookAfterASecond();
            Assert.False(_pipeline.HasRoomToGrow);
        }
        Assert.Equal(requests, _memory.Requests);
        Assert.Equal(2, _log.Lines.Count);
    }

    [Fact]
    public void DeletesMakeRoomAgain()
    {
        Fill(301);
        _memory.Tree = 262 * Megabyte;
        _znodes -= 10;
        Assert.True(SecondsUntil(() => _pipeline.HasRoomToGrow) <= 3);
        Assert.Equal("Warning: 262 MB of memory are used: creates and growing sets are taken again", _log.Lines[^1]);
        Fill(301);
        Assert.False(_pipeline.HasRoomToGrow);
    }

    [Fact]
    public void DeletesThatAreNotEnoughAreLookedAtEverMoreSeldom()
    {
        Fill(400);
        int before = _memory.Requests;
        for (int second = 0; second < 600; second++)
        {
            _znodes--;
            LookAfterASecond();
        }
        // 1, 2, 4, ... 32, and then every minute.
        Assert.InRange(_memory.Requests - before, 10, 16);
        _memory.Tree = 250 * Megabyte;
        _znodes--;
        Assert.True(SecondsUntil(() => _pipeline.HasRoomToGrow) <= 62);
    }

    [Fact]
    public void ATreeThatGrowsFastIsFoundOutBetweenTheRests()
    {
        for (int second = 0; second < 60; second++)
        {
            _memory.Tree = 280 * Megabyte;
            _memory.Garbage = 25 * Megabyte;
            LookAfterASecond();
        }
        _memory.Garbage = 0;
        _memory.Tree = 330 * Megabyte;
        Assert.True(SecondsUntil(() => !_pipeline.HasRoomToGrow) <= 2);
    }

    [Fact]
    public void TheSoftLimitIsWarnedOfOncePerCrossing()
    {
        for (int round = 1; round <= 3; round++)
        {
            _memory.Tree = 201 * Megabyte;
            for (int second = 0; second < 300; second++)
            {
                _memory.Tree = (177 + (second % 30)) * Megabyte;
                LookAfterASecond();
                _memory.Collect();
            }
            Assert.Equal(round, _log.Lines.Count);
            _memory.Tree = 150 * Megabyte;
            _memory.Collect();
            LookAfterASecond();
        }
        Assert.All(_log.Lines, line => Assert.Matches("^Warning: 20[0-6] MB of memory are used, over the soft limit of 200 MB$", line));
        Assert.True(_pipeline.HasRoomToGrow);
    }

    private void Fill(int megabytes)
    {
        _memory.Tree = megabytes * Megabyte;
        _znodes += 100;
        SecondsUntil(() => !_pipeline.HasRoomToGrow);
    }

    private int SecondsUntil(Func<bool> isSo)
    {
        int seconds = 0;
        while (!isSo())
        {
            Assert.True(++seconds < 1000, "it never comes to that");
            LookAfterASecond();
        }
        return seconds;
    }

    private void LookAfterASecond()
    {
        _time.Advance(TimeSpan.FromSeconds(1));
        _monitor.Look(new Holdings(_znodes, _znodes * 100, 1, 0));
    }
}

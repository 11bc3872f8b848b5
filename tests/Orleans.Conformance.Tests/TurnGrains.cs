using Orleans.Concurrency;
using Orleans.Conformance.Hosting;

namespace Orleans.Conformance;

internal interface IQueueGrain : IGrainWithStringKey
{
    /// <summary>Notes that it starts, waits at a gate, notes that it ends.</summary>
    Task Hold(string name);

    Task Note(string name);

    [ReadOnly]
    Task HoldReading(string name);

    [ReadOnly]
    Task NoteReading(string name);

    [AlwaysInterleave]
    Task HoldInterleaving(string name);

    /// <summary>Comes past all others, so that when it is done, what came before it has had its chance.</summary>
    [AlwaysInterleave]
    Task Pass();

    Task CallSelf();

    [ResponseTimeout("00:00:02")]
    Task Nothing();

    Task<int> Relay(int depth);
}

internal interface IReentrantGrain : IGrainWithStringKey
{
    Task Hold(string name);

    Task Note(string name);

    Task<int> CallSelf(int depth);

    Task Overlap();

    Task<int> Overlaps();
}

internal interface ISchedulerGrain : IGrainWithStringKey
{
    Task<string[]> WhereAwaitsResume();

    Task<bool> IsOnDefaultScheduler();

    Task<int> CountWithTasks(int tasks);

    Task<string?> Ambient();
}

internal sealed class QueueGrain(Probe probe) : Grain, IQueueGrain
{
    public Task Hold(string name) => HoldAsync(name);

    public Task Note(string name) => NoteNow(name);

    public Task HoldReading(string name) => HoldAsync(name);

    public Task NoteReading(string name) => NoteNow(name);

    public Task HoldInterleaving(string name) => HoldAsync(name);

    public Task Pass() => Task.CompletedTask;

    public Task CallSelf() => this.AsReference<IQueueGrain>().Nothing();

    public Task Nothing() => Task.CompletedTask;

    public async Task<int> Relay(int depth) => depth == 0
        ? 0
        : 1 + await GrainFactory.GetGrain<IQueueGrain>($"{this.GetPrimaryKeyString()}+").Relay(depth - 1);

    private Task NoteNow(string name)
    {
        probe.Note(this.GetPrimaryKeyString(), name);
        return Task.CompletedTask;
    }

    private async Task HoldAsync(string name)
    {
        string key = this.GetPrimaryKeyString();
        probe.Note(key, name + " starts");
        await probe.Gate($"{key}/{name}");
        probe.Note(key, name + " ends");
    }
}

[Reentrant]
internal sealed class ReentrantGrain(Probe probe) : Grain, IReentrantGrain
{
    private int _inside;
    private int _overlaps;

    public async Task Hold(string name)
    {
        string key = this.GetPrimaryKeyString();
        probe.Note(key, name + " starts");
        await probe.Gate($"{key}/{name}");
        probe.Note(key, name + " ends");
    }

    public Task Note(string name)
    {
        probe.Note(this.GetPrimaryKeyString(), name);
        return Task.CompletedTask;
    }

    public async Task<int> CallSelf(int depth) =>
        depth == 0 ? 0 : 1 + await this.AsReference<IReentrantGrain>().CallSelf(depth - 1);

    public async Task Overlap()
    {
        for (int turn = 0; turn < 5; turn++)
        {
            if (Interlocked.Increment(ref _inside) != 1) _overlaps++;
            Thread.SpinWait(500);
            Interlocked.Decrement(ref _inside);
            await Task.Yield();
        }
    }

    public Task<int> Overlaps() => Task.FromResult(_overlaps);
}

internal sealed class SchedulerGrain : Grain, ISchedulerGrain
{
    public static readonly AsyncLocal<string?> FlowsWithCode = new();

    public Task<string?> Ambient() => Task.FromResult(FlowsWithCode.Value);

    public async Task<string[]> WhereAwaitsResume()
    {
        TaskScheduler own = TaskScheduler.Current;
        List<string> elsewhere = [];
        void Look(string where)
        {
            if (!ReferenceEquals(TaskScheduler.Current, own)) elsewhere.Add(where);
        }

        await Task.Yield();
        Look("yield");
        await Task.Delay(1);
        Look("delay");
        await Task.Run(static () => Thread.SpinWait(100));
        Look("run");
        await GrainFactory.GetGrain<ISchedulerGrain>("other").IsOnDefaultScheduler();
        Look("call");
        await Task.Factory.StartNew(() => Look("start"), CancellationToken.None, TaskCreationOptions.None, own);
        return [.. elsewhere];
    }

    public Task<bool> IsOnDefaultScheduler() => Task.FromResult(TaskScheduler.Current == TaskScheduler.Default);

    public async Task<int> CountWithTasks(int tasks)
    {
        int count = 0;
        async Task CountAsync()
        {
            for (int i = 0; i < 20; i++)
            {
                int seen = count;
                Thread.SpinWait(50);
                count = seen + 1;
                await Task.Yield();
            }
        }

        await Task.WhenAll(Enumerable.Range(0, tasks).Select(_ => CountAsync()));
        return count;
    }
}

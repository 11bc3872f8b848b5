using System.Diagnostics;

namespace Coordination.Grains.Tests.Hosting;

/// <summary>Waits for what happens on other threads.</summary>
internal static class Patience
{
    private static readonly TimeSpan _most = TimeSpan.FromSeconds(60);

    /// <summary>How long a test waits to see that something does not happen.</summary>
    public static TimeSpan Short { get; } = TimeSpan.FromMilliseconds(50);

    public static async Task UntilAsync(Func<bool> isSo, string what)
    {
        for (var waited = Stopwatch.StartNew(); !isSo();)
        {
            Assert.True(waited.Elapsed < _most, $"waited in vain for this: {what}");
            await Task.Delay(1);
        }
    }

    public static Task WithinAsync(Task task) => task.WaitAsync(_most);

    public static Task<T> WithinAsync<T>(Task<T> task) => task.WaitAsync(_most);

    public static async Task NotCompletedAsync(params Task[] tasks)
    {
        await Task.Delay(Short);
        Assert.All(tasks, task => Assert.False(task.IsCompleted));
    }
}

using Coordination.Grains.Replication;

namespace Coordination.Grains.Tests.Replication;

public sealed class SharedQuestionTests
{
    [Fact]
    public async Task AllWhoComeWhileAQuestionIsUnderWayShareTheNext()
    {
        var question = new SharedQuestion<int>();
        var answers = new List<TaskCompletionSource<int>>();
        Task<int> Ask()
        {
            answers.Add(new TaskCompletionSource<int>());
            return answers[^1].Task;
        }

        var first = question.AskAsync(Ask);
        var second = question.AskAsync(Ask);
        var third = question.AskAsync(Ask);

        Assert.Single(answers);
        answers[0].SetResult(1);
        Assert.Equal(1, await first);
        Assert.Equal(2, answers.Count);
        answers[1].SetResult(2);
        int[] shared = await Task.WhenAll(second, third);
        Assert.Equal([2, 2], shared);
    }

    [Fact]
    public async Task AQuestionThatFailsDoesNotFailTheNext()
    {
        var question = new SharedQuestion<int>();
        var answer = new TaskCompletionSource<int>();
        var first = question.AskAsync(() => answer.Task);
        var second = question.AskAsync(() => Task.FromResult(2));

        answer.SetException(new TimeoutException());

        await Assert.ThrowsAsync<TimeoutException>(() => first);
        Assert.Equal(2, await second);
    }

    [Fact]
    public async Task NobodyGetsAnAnswerThatWasAskedForBeforeHeCame()
    {
        const int askers = 4;
        const int times = 200_000;
        var question = new SharedQuestion<int>();
        int written = 0;
        async Task<int> AskAsync()
        {
            int answer = Volatile.Read(ref written);
            // Ends at any time, on another thread: also right when somebody has found it under way.
            await Task.Run(() => Thread.SpinWait(Environment.TickCount & 31));
            return answer;
        }

        await Task.WhenAll(Enumerable.Range(0, askers).Select(_ => Task.Run(async () =>
        {
            for (int i = 0; i < times; i++)
            {
                int mine = Interlocked.Increment(ref written);
                int told = await question.AskAsync(AskAsync);
                Assert.True(told >= mine, $"{told} was told to who had written {mine}");
            }
        })));
    }
}

using Coordination.Protocol;

namespace Coordination.Grains.Tests;

/// <summary>What a grain says when it does not do what it is asked to.</summary>
internal static class Refusal
{
    public static async Task IsAsync(ErrorCode code, Func<Task> ask)
    {
        var refusal = await Assert.ThrowsAsync<ZnodeException>(ask);
        Assert.Equal(code, refusal.Code);
    }
}

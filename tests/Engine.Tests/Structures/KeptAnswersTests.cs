using Coordination.Engine.Log;
using Coordination.Engine.Sessions;
using Coordination.Protocol;

namespace Coordination.Engine.Tests.Structures;

public sealed class KeptAnswersTests
{
    [Fact]
    public void What_a_client_waits_for_no_more_is_not_new_where_nothing_is_kept()
    {
        var kept = new KeptAnswers();
        kept.Keep(new OnceNumber(1, 1), 10, [1]);
        kept.Keep(new OnceNumber(2, 1), 11, [2]);
        kept.Keep(new OnceNumber(3, 3), 12, [3]);

        // A checkpoint of before the last, which had the first two forgotten; a restore may lose the last.
        var loaded = new KeptAnswers(kept.Encode(through: 11));
        Assert.Equal(2, loaded.LastNumber);
        Assert.Equal(ErrorCode.HistoryLost, loaded.Find(2, out _));

        loaded.Keep(new OnceNumber(3, 3), 12, [3]);
        Assert.Equal(kept.Encode(through: 12), loaded.Encode(through: 12));
    }
}

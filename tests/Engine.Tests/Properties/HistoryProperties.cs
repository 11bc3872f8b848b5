using Coordination.Engine.Log;
using Coordination.Engine.Tests.Checks;
using Xunit.Abstractions;

namespace Coordination.Engine.Tests.Properties;

/// <summary>What has to hold for every history.</summary>
public sealed class HistoryProperties(ITestOutputHelper output)
{
    [Fact]
    public void The_tree_is_whole_after_every_entry() =>
        PropertyRun.ForAll(output, 150, 250, Histories.All, history =>
        {
            using var silo = new WritingSilo(groups: true, restarts: true);
            silo.Carry(history);
            var state = CheckpointRows.Genesis().Load();
            foreach (byte[] body in silo.Log)
            {
                FoldCheck.ApplyAll(state, [body]);
                TreeInvariants.Check(state);
            }
        });

    [Fact]
    public void A_log_gives_one_state_however_it_is_folded() =>
        PropertyRun.ForAll(output, 60, 250, Histories.All, history =>
        {
            using var silo = new WritingSilo(groups: true, restarts: true);
            silo.Carry(history);
            FoldCheck.Check(CheckpointRows.Genesis(), silo.Log, silo.State);
        });

    [Fact]
    public void Validating_many_at_once_gives_what_one_by_one_gives() =>
        PropertyRun.ForAll(output, 200, 300, Histories.All, history =>
        {
            // A loss takes what is in flight, which one by one never is anything.
            var lossless = history.Where(step => step.Kind != StepKind.Lose).ToList();
            using var many = new WritingSilo(groups: true, restarts: true);
            using var one = new WritingSilo(groups: false, restarts: true);
            many.Carry(lossless);
            one.Carry(lossless);
            Assert.Equal(string.Concat(one.Verdicts), string.Concat(many.Verdicts));
            Assert.Equal(EntriesOf(one.Log), EntriesOf(many.Log));
            Assert.Equal(StateText.Of(one.State, one.Log), StateText.Of(many.State, many.Log));
        });

    [Fact]
    public void A_validator_that_lost_what_was_in_flight_goes_on_as_a_new_one_would() =>
        PropertyRun.ForAll(output, 200, 300, Histories.All, history =>
        {
            using var restarting = new WritingSilo(groups: true, restarts: true);
            using var renewed = new WritingSilo(groups: true, restarts: false);
            restarting.Carry(history);
            renewed.Carry(history);
            Assert.Equal(string.Concat(renewed.Verdicts), string.Concat(restarting.Verdicts));
            Assert.Equal(EntriesOf(renewed.Log), EntriesOf(restarting.Log));
        });

    [Fact]
    public void What_is_read_from_the_log_is_what_was_written() =>
        PropertyRun.ForAll(output, 150, 250, Histories.All, history =>
        {
            using var silo = new WritingSilo(groups: true, restarts: true);
            using var writer = new BatchWriter();
            silo.Carry(history);
            foreach (byte[] body in silo.Log)
                Assert.Equal(body, EntryCopy.Of(body, writer));
        });

    private static string EntriesOf(IEnumerable<byte[]> log)
    {
        using var writer = new BatchWriter();
        var whole = log.SelectMany(body => EntryCopy.Of(body, writer)[LogHeaderLength..]);
        return Convert.ToHexString([.. whole]);
    }

    private const int LogHeaderLength = 5;
}

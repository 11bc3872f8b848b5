using Coordination.Differential.Tests.Playing;

namespace Coordination.Differential.Tests.Steps;

/// <summary>Requests that are sent one behind the other, without waiting for replies.</summary>
internal sealed record BatchStep(int Session, IReadOnlyList<Request> Requests) : Step(Session)
{
    public override IEnumerable<Step> Parts() => [this, .. Requests.SelectMany(request => request.Parts())];

    public override async Task PlayAsync(Side side)
    {
        if (await side.AttachedAsync(Session) is not { } client)
            return;
        var answers = Requests.Select(request => (Label: request.ToString(), Answer: request.AskAsync(client, side))).ToList();
        foreach (var (label, answer) in answers)
            await side.TakeAsync(Session, client, label, answer);
    }

    public override IEnumerable<Step> Simpler()
    {
        if (Requests.Count == 1)
            yield return Requests[0];
        for (int i = 0; i < Requests.Count; i++)
        {
            int left = i;
            yield return this with { Requests = [.. Requests.Where((_, other) => other != left)] };
        }

        for (int i = 0; i < Requests.Count; i++)
        {
            foreach (var simpler in Requests[i].Simpler())
            {
                Request[] requests = [.. Requests];
                requests[i] = (Request)simpler;
                yield return this with { Requests = requests };
            }
        }
    }

    public override string ToString() => $"at once: {string.Join(" | ", Requests)}";
}

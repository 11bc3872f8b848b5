using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Conformance.Hosting;
using Orleans.Utilities;

namespace Orleans.Conformance;

internal interface IListener : IGrainObserver
{
    void Heard(string text);

    Task<int> Asked(int number);
}

internal interface ISpeakerGrain : IGrainWithStringKey
{
    Task Subscribe(IListener listener);

    Task Unsubscribe(IListener listener);

    Task<int> Count();

    Task Say(string text);

    [ResponseTimeout("00:00:05")]
    Task<int> Ask(IListener listener, int number);

    Task Expire();

    Task<string> CreateReference();

    Task Hear(string speaker, string text);
}

internal sealed class SpeakerGrain(Probe probe) : Grain, ISpeakerGrain, IListener
{
    private readonly ObserverManager<IListener> _listeners =
        new(TimeSpan.FromMinutes(1), NullLogger.Instance);

    public Task Subscribe(IListener listener)
    {
        _listeners.Subscribe(listener, listener);
        return Task.CompletedTask;
    }

    public Task Unsubscribe(IListener listener)
    {
        _listeners.Unsubscribe(listener);
        return Task.CompletedTask;
    }

    public Task<int> Count() => Task.FromResult(_listeners.Count);

    public Task Say(string text)
    {
        _listeners.Notify(listener => listener.Heard(text));
        return Task.CompletedTask;
    }

    public Task<int> Ask(IListener listener, int number) => listener.Asked(number);

    public Task Expire()
    {
        _listeners.GetDateTime = static () => DateTime.UtcNow.AddMinutes(2);
        _listeners.ClearExpired();
        return Task.CompletedTask;
    }

    public Task<string> CreateReference()
    {
        try
        {
            GrainFactory.CreateObjectReference<IListener>(new Listener(probe, "inside"));
            return Task.FromResult("created");
        }
        catch (InvalidOperationException)
        {
            return Task.FromResult("refused");
        }
    }

    public async Task Hear(string speaker, string text)
    {
        ISpeakerGrain other = GrainFactory.GetGrain<ISpeakerGrain>(speaker);
        await other.Subscribe(this.AsReference<IListener>());
        await other.Say(text);
    }

    public void Heard(string text) => probe.Note(this.GetPrimaryKeyString(), text);

    public Task<int> Asked(int number) => Task.FromResult(-number);
}

internal sealed class Listener(Probe probe, string name) : IListener
{
    public void Heard(string text)
    {
        probe.Note(name, text);
        if (text == "wait")
        {
            probe.Gate(name).Wait();
            probe.Note(name, "has waited");
        }

        if (text == "fail") throw new InvalidDataException("a listener fails");
    }

    public async Task<int> Asked(int number)
    {
        await Task.Yield();
        return number >= 0 ? number + 1 : throw new InvalidDataException("less than zero");
    }
}

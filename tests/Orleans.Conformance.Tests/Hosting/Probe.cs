using System.Collections.Concurrent;

namespace Orleans.Conformance.Hosting;

/// <summary>
/// What tests and grains share: gates that hold a grain until the test opens them, and notes of what grains did. Names
/// are the tests' own, so that they do not meet.
/// </summary>
public sealed class Probe
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ConcurrentDictionary<string, TaskCompletionSource> _gates = new();
    private readonly Dictionary<string, List<string>> _notes = [];
    private readonly List<(string Name, int Count, TaskCompletionSource Reached)> _awaited = [];

    public Task Gate(string name) => GateOf(name).Task;

    public void Open(string name) => GateOf(name).TrySetResult();

    public void Note(string name, string text)
    {
        TaskCompletionSource[] reached;
        lock (_notes)
        {
            if (!_notes.TryGetValue(name, out List<string>? notes)) _notes.Add(name, notes = []);
            notes.Add(text);
            reached =
                [.. _awaited.Where(one => one.Name == name && one.Count <= notes.Count).Select(one => one.Reached)];
        }

        foreach (TaskCompletionSource one in reached) one.TrySetResult();
    }

    public string[] Notes(string name)
    {
        lock (_notes) return _notes.TryGetValue(name, out List<string>? notes) ? [.. notes] : [];
    }

    /// <summary>Waits until so many notes have been taken under a name; the test fails if they are not.</summary>
    public async Task<string[]> NotesAsync(string name, int count)
    {
        if (!await AreNotedAsync(name, count, Patience))
            Assert.Fail($"Waited for {count} notes under '{name}', found: {string.Join(", ", Notes(name))}");
        return Notes(name);
    }

    /// <summary>Waits for a while until so many notes have been taken under a name.</summary>
    public async Task<bool> AreNotedAsync(string name, int count, TimeSpan patience)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_notes)
        {
            if (_notes.TryGetValue(name, out List<string>? notes) && notes.Count >= count) return true;
            _awaited.Add((name, count, reached));
        }

        await Task.WhenAny(reached.Task, Task.Delay(patience));
        return reached.Task.IsCompleted;
    }

    private TaskCompletionSource GateOf(string name) => _gates.GetOrAdd(
        name, static _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
}

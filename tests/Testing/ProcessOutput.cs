using System.Diagnostics;
using System.Text;

namespace Coordination.Testing;

/// <summary>What a process writes, line by line.</summary>
public sealed class ProcessOutput
{
    private readonly StringBuilder _all = new();
    private readonly StringBuilder _standardError = new();

    public string All => Read(_all);

    public string StandardError => Read(_standardError);

    /// <summary>Listens to a process whose two streams are redirected, from before its start.</summary>
    public void Capture(Process process)
    {
        process.OutputDataReceived += (_, line) => Append(line.Data, _all);
        process.ErrorDataReceived += (_, line) => Append(line.Data, _all, _standardError);
    }

    public void Clear()
    {
        lock (_all)
        {
            _all.Clear();
            _standardError.Clear();
        }
    }

    private void Append(string? line, params ReadOnlySpan<StringBuilder> targets)
    {
        if (line is null)
            return;
        lock (_all)
        {
            foreach (var target in targets)
                target.Append(line).Append('\n');
        }
    }

    private string Read(StringBuilder source)
    {
        lock (_all)
            return source.ToString();
    }
}

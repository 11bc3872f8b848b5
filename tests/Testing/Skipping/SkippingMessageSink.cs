using Xunit.Abstractions;
using Xunit.Sdk;

namespace Coordination.Testing.Skipping;

/// <summary>Passes on what a run of tests tells, and says "skipped" of those that found a program missing.</summary>
internal sealed class SkippingMessageSink(IMessageSink inner) : LongLivedMarshalByRefObject, IMessageSink
{
    // By its name, as messages carry it.
    private const string Missing = "Coordination.Testing.MissingProgramException";

    public bool OnMessage(IMessageSinkMessage message) => inner.OnMessage(
        !RequiredPrograms.AreRequired && message is ITestFailed failed && Array.IndexOf(failed.ExceptionTypes, Missing) is >= 0 and var index
            ? new TestSkipped(failed.Test, failed.Messages[index]) : message);
}

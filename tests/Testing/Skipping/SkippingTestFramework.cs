using System.Reflection;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Coordination.Testing.Skipping;

/// <summary>xunit's own, but that a test is skipped, not failed, that finds the program missing that it is about.</summary>
/// <remarks>Compiled into each project of tests, which names it: a test may find that out anywhere, in a fixture as well.</remarks>
internal sealed class SkippingTestFramework(IMessageSink messageSink) : XunitTestFramework(messageSink)
{
    protected override ITestFrameworkExecutor CreateExecutor(AssemblyName assemblyName) =>
        new Executor(assemblyName, SourceInformationProvider, DiagnosticMessageSink);

    private sealed class Executor(
        AssemblyName assemblyName, ISourceInformationProvider sourceInformationProvider, IMessageSink diagnosticMessageSink)
        : XunitTestFrameworkExecutor(assemblyName, sourceInformationProvider, diagnosticMessageSink)
    {
        protected override void RunTestCases(
            IEnumerable<IXunitTestCase> testCases, IMessageSink executionMessageSink,
            ITestFrameworkExecutionOptions executionOptions) =>
            base.RunTestCases(testCases, new SkippingMessageSink(executionMessageSink), executionOptions);
    }
}

namespace Coordination.History.Tests.Requests;

internal enum ReadKind
{
    Exists,
    Data,
    Children,
}

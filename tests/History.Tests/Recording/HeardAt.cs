namespace Coordination.History.Tests.Recording;

/// <summary>A sign of life that the server is known to have heard: some time between the two, in milliseconds of the run.</summary>
internal readonly record struct HeardAt(double Sent, double Answered);

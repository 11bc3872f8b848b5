namespace Coordination.Testing.RawProtocol;

/// <summary>A client's number of a write, under which it may send the write again; an extension of Coordination's silos.</summary>
/// <param name="Number">From 1 and rising within the session.</param>
/// <param name="FirstOpen">The lowest number whose answer the client still waits for.</param>
public readonly record struct WriteNumber(long Number, long FirstOpen);

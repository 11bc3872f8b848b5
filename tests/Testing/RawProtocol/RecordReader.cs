namespace Coordination.Testing.RawProtocol;

/// <summary>Decodes one record.</summary>
public delegate T RecordReader<out T>(ref JuteReader reader);

namespace Coordination.Testing.RawProtocol;

/// <summary>The result of one operation of a multi; what its operation does not tell is null.</summary>
public sealed record MultiResult(OperationCode Code, ErrorCode Error)
{
    public string? Path { get; init; }

    public Stat? Stat { get; init; }

    public byte[]? Data { get; init; }

    public IReadOnlyList<string>? Children { get; init; }

    internal static IReadOnlyList<MultiResult> ReadAll(ref JuteReader reader)
    {
        var results = new List<MultiResult>();
        while (true)
        {
            int type = reader.ReadInt();
            bool done = reader.ReadBool();
            int error = reader.ReadInt();
            if (done)
            {
                if (type != -1 || error != -1)
                    throw new ProtocolViolationException($"a multi ends with the type {type} and the error {error}");
                return results;
            }

            results.Add(ReadOne((OperationCode)type, error, ref reader));
        }
    }

    private static MultiResult ReadOne(OperationCode code, int headerError, ref JuteReader reader)
    {
        if (code == OperationCode.Error)
        {
            int error = reader.ReadInt();
            if (error != headerError || !Enum.IsDefined((ErrorCode)error))
                throw new ProtocolViolationException($"a result of a multi has the errors {headerError} and {error}");
            return new MultiResult(code, (ErrorCode)error);
        }

        if (headerError != 0)
            throw new ProtocolViolationException($"a {code} in a multi has a result and the error {headerError}");
        var result = new MultiResult(code, ErrorCode.Ok);
        return code switch
        {
            OperationCode.Create => result with { Path = reader.ReadString() },
            OperationCode.Create2 => result with
            {
                Path = reader.ReadString(),
                Stat = RawProtocol.Stat.Read(ref reader),
            },
            OperationCode.SetData => result with { Stat = RawProtocol.Stat.Read(ref reader) },
            OperationCode.Delete or OperationCode.Check or OperationCode.CheckHeld => result,
            OperationCode.GetData => result with
            {
                Data = reader.ReadBuffer(),
                Stat = RawProtocol.Stat.Read(ref reader),
            },
            OperationCode.GetChildren => result with { Children = reader.ReadStrings() },
            _ => throw new ProtocolViolationException($"a multi has a result of the type {(int)code}"),
        };
    }
}

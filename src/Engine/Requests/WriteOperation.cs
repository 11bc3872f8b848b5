namespace Coordination.Engine.Requests;

/// <summary>What a write asks for.</summary>
public abstract class WriteOperation
{
    private protected WriteOperation()
    {
    }

    /// <summary>The path of a request that has the null string for one. It is known by its reference: an empty path is
    /// another.</summary>
    public static byte[] NullPath { get; } = new byte[0];
}

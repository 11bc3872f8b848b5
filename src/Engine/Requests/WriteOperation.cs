namespace Coordination.Engine.Requests;

/// <summary>What a write asks for.</summary>
public abstract class WriteOperation
{
    private protected WriteOperation()
    {
    }
}

namespace Coordination.Client;

/// <summary>What an operation of a transaction has done: a <see cref="CreateResult"/>, <see cref="SetDataResult"/>,
/// <see cref="DeleteResult"/> or <see cref="CheckResult"/>.</summary>
public abstract record TransactionResult
{
    private protected TransactionResult()
    {
    }
}

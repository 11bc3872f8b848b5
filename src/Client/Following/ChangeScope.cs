namespace Coordination.Client;

/// <summary>What is watched for changes.</summary>
public enum ChangeScope
{
    /// <summary>The znode alone.</summary>
    Znode,

    /// <summary>The znode and all below it.</summary>
    Tree,
}

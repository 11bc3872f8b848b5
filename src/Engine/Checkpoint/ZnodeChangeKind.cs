namespace Coordination.Engine.Checkpoint;

/// <summary>What happens to a znode's row.</summary>
public enum ZnodeChangeKind
{
    /// <summary>The row is written whole where none stands.</summary>
    Add,

    /// <summary>The row is written whole, whether or not one stood there.</summary>
    Put,

    /// <summary>Some columns of a row that stands there change.</summary>
    Patch,

    /// <summary>The row goes, if it stood there.</summary>
    Delete,
}

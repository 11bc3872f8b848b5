namespace Coordination.Engine.Log;

/// <summary>What a change in the log does. The numbers are in data files: they never change their meaning.</summary>
public enum EntryKind : byte
{
    /// <summary>Creates a znode.</summary>
    Create = 1,

    /// <summary>Deletes a znode.</summary>
    Delete = 2,

    /// <summary>Sets a znode's data.</summary>
    SetData = 3,

    /// <summary>Sets a znode's ACL.</summary>
    SetAcl = 4,

    /// <summary>Several changes under one zxid.</summary>
    Multi = 5,

    /// <summary>Opens a session.</summary>
    OpenSession = 6,

    /// <summary>Attaches a session to a silo, anew or from another connection.</summary>
    AttachSession = 7,

    /// <summary>Closes a session and deletes its ephemerals.</summary>
    CloseSession = 8,

    /// <summary>Moves a named counter on.</summary>
    Counter = 9,

    /// <summary>Begins an epoch.</summary>
    Epoch = 10,

    /// <summary>Raises the format level of the cluster.</summary>
    FormatLevel = 11,

    /// <summary>Records that a batch of another silo is in this row. Nobody writes it any more: each silo appends for itself.</summary>
    SiloBatch = 12,

    /// <summary>Forgets the batches of silos that have handed none over for long, and says of which age no batch is taken
    /// any more. Nobody writes it any more.</summary>
    ForgetSilos = 13,

    /// <summary>No change of its own: what stands before the change of a write that a client may send again.</summary>
    Once = 14,
}

namespace Coordination.Protocol;

/// <summary>ZooKeeper's operation codes, as they stand in a request's header.</summary>
public enum OperationCode
{
    /// <summary>Creates a znode.</summary>
    Create = 1,

    /// <summary>Deletes a znode.</summary>
    Delete = 2,

    /// <summary>Asks whether a znode exists, and for its Stat.</summary>
    Exists = 3,

    /// <summary>Reads data and Stat.</summary>
    GetData = 4,

    /// <summary>Writes data.</summary>
    SetData = 5,

    /// <summary>Reads the ACL.</summary>
    GetAcl = 6,

    /// <summary>Writes the ACL.</summary>
    SetAcl = 7,

    /// <summary>Reads the children's names.</summary>
    GetChildren = 8,

    /// <summary>Brings the server up to date with all writes that came before.</summary>
    Sync = 9,

    /// <summary>Keeps the session alive.</summary>
    Ping = 11,

    /// <summary>Reads the children's names and the Stat.</summary>
    GetChildren2 = 12,

    /// <summary>Checks a version; only inside a multi.</summary>
    Check = 13,

    /// <summary>Several writes, all or none.</summary>
    Multi = 14,

    /// <summary>Creates a znode and returns its Stat.</summary>
    Create2 = 15,

    /// <summary>Changes the members of the ensemble.</summary>
    Reconfig = 16,

    /// <summary>Asks whether a watch is set.</summary>
    CheckWatches = 17,

    /// <summary>Drops watches of the connection.</summary>
    RemoveWatches = 18,

    /// <summary>Creates a container and returns its Stat.</summary>
    CreateContainer = 19,

    /// <summary>Creates a znode with a time to live and returns its Stat.</summary>
    CreateTtl = 21,

    /// <summary>Several reads of one moment.</summary>
    MultiRead = 22,

    /// <summary>Opens a session; never sent by a client.</summary>
    CreateSession = -10,

    /// <summary>Closes the session.</summary>
    CloseSession = -11,

    /// <summary>Adds an identity to the connection.</summary>
    Auth = 100,

    /// <summary>Lists the session's own ephemerals below a prefix.</summary>
    GetEphemerals = 103,

    /// <summary>Counts all that is below a znode.</summary>
    GetAllChildrenNumber = 104,

    /// <summary>Asks whom the connection has authenticated as.</summary>
    WhoAmI = 107,

    /// <summary>Sets watches anew after a reconnect.</summary>
    SetWatches = 101,

    /// <summary>Sets watches anew after a reconnect, those of addWatch too.</summary>
    SetWatches2 = 105,

    /// <summary>Sets a watch that stays set when it has fired.</summary>
    AddWatch = 106,

    /// <summary>A token of a SASL login.</summary>
    Sasl = 102,

    /// <summary>In the results of a multi: an operation that failed.</summary>
    Error = -1,

    // What is ours: see Extension. No code of ZooKeeper's is near these.

    /// <summary>A write that is done once however often it is sent.</summary>
    Once = 7001,

    /// <summary>A watch that goes on from a zxid.</summary>
    WatchFrom = 7002,

    /// <summary>A part of a list of children.</summary>
    GetChildrenPage = 7003,

    /// <summary>The deletion of a znode with all that is below it.</summary>
    DeleteTree = 7004,

    /// <summary>Checks, inside a multi, that a znode is the one that a zxid has created.</summary>
    CheckHeld = 7005,
}

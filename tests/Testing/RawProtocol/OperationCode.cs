namespace Coordination.Testing.RawProtocol;

/// <summary>
/// The operations of ZooKeeper's protocol, and of what our silos have beyond it. Written down again here, not shared with
/// the server, because a mistake in a shared table would be made by both sides and seen by neither.
/// </summary>
public enum OperationCode
{
    CloseSession = -11,
    Error = -1,
    Create = 1,
    Delete = 2,
    Exists = 3,
    GetData = 4,
    SetData = 5,
    GetAcl = 6,
    SetAcl = 7,
    GetChildren = 8,
    Sync = 9,
    Ping = 11,
    GetChildren2 = 12,
    Check = 13,
    Multi = 14,
    Create2 = 15,
    Reconfigure = 16,
    CheckWatches = 17,
    RemoveWatches = 18,
    CreateContainer = 19,
    DeleteContainer = 20,
    CreateTtl = 21,
    MultiRead = 22,
    Auth = 100,
    SetWatches = 101,
    Sasl = 102,
    GetEphemerals = 103,
    GetAllChildrenNumber = 104,
    SetWatches2 = 105,
    AddWatch = 106,
    WhoAmI = 107,
    WatchFrom = 7002,
    ChildrenPage = 7003,
    DeleteTree = 7004,
    CheckHeld = 7005,
}

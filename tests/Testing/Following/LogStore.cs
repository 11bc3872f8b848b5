namespace Coordination.Testing.Following;

/// <summary>What a log is kept in.</summary>
public enum LogStore
{
    /// <summary>The folder of one silo.</summary>
    Folder,

    /// <summary>A database that several silos share.</summary>
    Database,
}

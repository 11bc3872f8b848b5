namespace Coordination.Storage;

/// <summary>A silo that is entered in the database.</summary>
/// <param name="Entry">What it entered with.</param>
/// <param name="Number">Its number, which no other silo that is entered has.</param>
/// <param name="Order">Above that of all silos that have entered before it.</param>
/// <param name="Heartbeat">Another at every beat; says nothing by its value.</param>
public sealed record SiloRecord(SiloEntry Entry, int Number, long Order, long Heartbeat)
{
    /// <summary>The life of the silo.</summary>
    public Guid Identity => Entry.Identity;
}

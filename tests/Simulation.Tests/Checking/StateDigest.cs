using System.Runtime.InteropServices;
using Coordination.Engine;
using Coordination.Engine.Tree;

namespace Coordination.Simulation.Tests.Checking;

/// <summary>One number for all that a state says.</summary>
internal struct StateDigest
{
    private ulong _value;

    /// <summary>Makes it.</summary>
    public static ulong Of(CoordinationState state)
    {
        var digest = new StateDigest();
        digest.Add(state.LastZxid);
        digest.Add(state.Epoch);
        digest.Add(state.FormatLevel);
        digest.Add(state.Tree.Count);
        digest.Add(state.EphemeralCount);
        digest.Add(state.Tree.Root);
        Span<byte> silo = stackalloc byte[16];
        foreach (var session in state.Sessions.Values.OrderBy(session => session.Id))
        {
            digest.Add(session.Id);
            digest.Add(session.AttachZxid);
            digest.Add(session.TimeoutMilliseconds);
            digest.Add(session.Ephemerals.Count);
            digest.Add(session.Password.Span);
            session.Silo.TryWriteBytes(silo);
            digest.Add(silo);
        }
        return digest._value;
    }

    /// <summary>Makes it of the answers to numbered writes, which a checkpoint may have forgotten before its zxid.</summary>
    public static ulong OfAnswers(CoordinationState state)
    {
        var digest = new StateDigest();
        foreach (long session in state.Sessions.Keys.Order())
        {
            digest.Add(session);
            digest.Add(state.EncodeAnswers(session, state.LastZxid) ?? []);
        }
        return digest._value;
    }

    private void Add(Znode node)
    {
        var stat = node.Stat;
        Add(node.Name);
        Add(node.Data);
        Add(node.HasData ? 1 : 0);
        Add(stat.Czxid);
        Add(stat.Mzxid);
        Add(stat.Pzxid);
        Add(stat.Ctime);
        Add(stat.Mtime);
        Add(((long)stat.Version << 32) | (uint)stat.Cversion);
        Add(node.Owner);
        Add(stat.Aversion);
        Add(node.ChildCount);
        foreach (var child in node.Children)
            Add(child);
    }

    private void Add(scoped ReadOnlySpan<byte> bytes)
    {
        Add(bytes.Length);
        foreach (ulong values in MemoryMarshal.Cast<byte, ulong>(bytes))
            _value = (_value ^ values) * 0x100000001b3;
        foreach (byte value in bytes[(bytes.Length & ~7)..])
            _value = (_value ^ value) * 0x100000001b3;
    }

    private void Add(long value)
    {
        _value = (_value ^ (ulong)value) * 0x9e3779b97f4a7c15;
        _value ^= _value >> 29;
    }
}

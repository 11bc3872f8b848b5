using Coordination.Differential.Tests.Playing;

namespace Coordination.Differential.Tests.Steps;

/// <summary>One step of a sequence. Paths begin with "~" where they are below the sequence's own root.</summary>
internal abstract record Step(int Session)
{
    /// <summary>Whether connections may be told something on account of it, or end, behind the reply.</summary>
    public virtual bool MayTellOthers => true;

    public abstract Task PlayAsync(Side side);

    /// <summary>The step, and the steps that it is made of.</summary>
    public virtual IEnumerable<Step> Parts() => [this];

    /// <summary>Steps that do a little less: what shrinking tries in its place.</summary>
    public virtual IEnumerable<Step> Simpler() => [];
}

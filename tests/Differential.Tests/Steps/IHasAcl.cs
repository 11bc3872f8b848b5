namespace Coordination.Differential.Tests.Steps;

/// <summary>A step that gives a znode an ACL.</summary>
internal interface IHasAcl
{
    string Path { get; }

    /// <summary>Whether there is somebody who may not read the znode then.</summary>
    bool DeniesReading { get; }
}

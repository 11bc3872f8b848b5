using System.Collections;
using System.Reflection;
using Coordination.Engine.Validation;

namespace Coordination.Engine.Tests.Checks;

/// <summary>Checks that a validator keeps nothing of what is applied, or was refused.</summary>
internal static class InFlightCheck
{
    public static void CheckNothingIsLeft(WriteValidator validator)
    {
        object pending = Field(validator, "_pending")!;
        string[] names = ["_znodes", "_sessions", "_closes", "_counters", "_answers", "_byZxid", "_undo"];
        foreach (string name in names)
            Assert.Empty((IEnumerable)Field(pending, name)!);
    }

    // What is left shows nowhere but in the memory that it takes.
    private static object? Field(object owner, string name) =>
        owner.GetType().GetField(name, BindingFlags.Instance | BindingFlags.NonPublic)!.GetValue(owner);
}

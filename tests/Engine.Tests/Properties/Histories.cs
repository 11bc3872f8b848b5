using FsCheck;
using FsCheck.Fluent;

namespace Coordination.Engine.Tests.Properties;

/// <summary>Makes random histories: what several sessions, silos and the clock do, one after another.</summary>
internal static class Histories
{
    public const int Sessions = 4;

    private static readonly Gen<int> s_session = Gen.Frequency(
        (15, Gen.Choose(1, Sessions - 1)), (1, Gen.Constant(Sessions)), (1, Gen.Constant(0)));

    private static readonly Gen<bool> s_isStale = Gen.Frequency((30, Gen.Constant(false)), (1, Gen.Constant(true)));

    public static Arbitrary<Step[]> All { get; } = PropertyRun.Arrays(Gen.Frequency(
        (110, Write()),
        (6, Of(StepKind.Open)),
        (3, Of(StepKind.Attach)),
        (1, Of(StepKind.AttachWrongly)),
        (1, Of(StepKind.Close)),
        (1, Of(StepKind.Expire)),
        (3, OperationGenerators.Service.Select(operation => new Step(StepKind.Service, Operation: operation))),
        (3, Gen.Constant(new Step(StepKind.Tick))),
        (15, Gen.Constant(new Step(StepKind.Commit))),
        (3, Gen.Constant(new Step(StepKind.Lose)))));

    private static Gen<Step> Write() =>
        from session in s_session
        from isStale in s_isStale
        from operation in OperationGenerators.Write
        from back in Gen.Frequency(
            (2, Gen.Constant((int?)null)), (2, Gen.Constant((int?)0)), (1, Gen.Choose(1, 6).Select(back => (int?)back)))
        from open in Gen.Choose(0, 5)
        select new Step(StepKind.Write, session, isStale, operation, back, open);

    private static Gen<Step> Of(StepKind kind) =>
        Gen.Choose(1, Sessions).SelectMany(_ => s_isStale, (session, isStale) => new Step(kind, session, isStale));
}

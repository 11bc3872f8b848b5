namespace Coordination.Differential.Tests.Generating;

/// <summary>Draws from a seeded source.</summary>
internal static class Draw
{
    public static T From<T>(Random random, IReadOnlyList<T> items) => items[random.Next(items.Count)];

    public static bool OneIn(Random random, int count) => random.Next(count) == 0;

    public static List<T> Some<T>(Random random, int most, Func<T> draw)
    {
        var drawn = new List<T>();
        int count = random.Next(most + 1);
        for (int i = 0; i < count; i++)
            drawn.Add(draw());
        return drawn;
    }
}

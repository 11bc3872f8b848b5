using System.Text;
using Coordination.Engine.Tests.Checks;
using Coordination.Engine.Tree;
using Xunit.Abstractions;

namespace Coordination.Engine.Tests.Structures;

/// <summary>The list of children against a sorted set.</summary>
public sealed class ZnodeChildrenTests(ITestOutputHelper output)
{
    private const int Many = 20_000;

    public static TheoryData<string> Orders => ["ascending", "descending", "shuffled", "outwards", "inwards", "stretches"];

    [Theory]
    [MemberData(nameof(Orders))]
    public void Names_come_and_go_in_any_order(string order)
    {
        var random = new Random(Effort.Seed(output));
        foreach (string removal in new[] { "ascending", "descending", "shuffled", "outwards" })
        {
            var model = new ChildrenModel();
            foreach (int number in Ordered(order, Many, random))
                model.Add(NameOf(number));
            model.Check();
            int left = Many;
            foreach (int number in Ordered(removal, Many, random))
            {
                model.Remove(NameOf(number));
                if (--left % 4999 == 0)
                    model.Check();
            }
            Assert.Equal(0, model.Children.Count);
            model.Add(NameOf(7));
            model.Check();
        }
    }

    [Fact]
    public void Adding_and_removing_in_turns_keeps_the_order()
    {
        var random = new Random(Effort.Seed(output));
        for (int run = 0; run < Effort.Times(6); run++)
        {
            var model = new ChildrenModel();
            var kept = new List<(ZnodeChildren.Snapshot Snapshot, Znode[] Expected)>();
            for (int wave = 0; wave < 12; wave++)
            {
                kept.Add((model.Children.TakeSnapshot(), model.ToArray()));
                // Waves of growth and of decline, over the whole range or in one corner of it.
                int most = wave % 3 == 0 ? 300 : 30_000, bias = wave % 2 == 0 ? 8 : 2;
                for (int i = 0; i < 4000; i++)
                {
                    byte[] name = NameOf(random.Next(most));
                    if (random.Next(10) < bias)
                        model.AddIfMissing(name);
                    else
                        model.RemoveIfThere(name);
                }
                model.Check();
            }
            foreach (var (snapshot, expected) in kept)
            {
                Assert.Equal(expected.Length, snapshot.Count);
                Assert.Equal(expected, snapshot.Children);
            }
        }
    }

    [Fact]
    public void A_snapshot_stays_what_it_was_whatever_follows()
    {
        foreach (int count in new[] { 0, 1, 3, 4, 5, 255, 256, 257, 2000 })
        {
            for (int at = 0; at <= count; at += Math.Max(1, count / 7))
            {
                var model = new ChildrenModel();
                for (int i = 0; i < count; i++)
                    model.Add(NameOf(i * 2));
                var expected = model.ToArray();
                var snapshot = model.Children.TakeSnapshot();
                model.Add(NameOf((at * 2) + 1));
                Assert.Equal(expected, snapshot.Children);
                if (at < count)
                    model.Remove(NameOf(at * 2));
                Assert.Equal(expected, snapshot.Children);
                model.Check();
            }
        }
    }

    [Fact]
    public void Names_are_compared_as_bytes_of_any_length()
    {
        var random = new Random(Effort.Seed(output));
        var model = new ChildrenModel();
        for (int i = 0; i < 5000; i++)
        {
            byte[] name = new byte[random.Next(1, 4)];
            random.NextBytes(name);
            if (random.Next(3) > 0)
                model.AddIfMissing(name);
            else
                model.RemoveIfThere(name);
        }
        model.Check();
    }

    [Fact]
    public void A_name_that_is_there_cannot_be_added_nor_one_that_is_not_be_removed()
    {
        var model = new ChildrenModel();
        for (int number = 0; number < 1000; number += 2)
            model.Add(NameOf(number));
        Assert.Throws<InvalidOperationException>(() => model.Children.Add(ChildrenModel.Named(NameOf(500))));
        Assert.Throws<InvalidOperationException>(() => model.Children.Remove(ChildrenModel.Named(NameOf(501))));
    }

    private static byte[] NameOf(int number) => Encoding.ASCII.GetBytes(number.ToString("D8"));

    private static IEnumerable<int> Ordered(string order, int count, Random random)
    {
        int[] numbers = [.. Enumerable.Range(0, count)];
        switch (order)
        {
            case "descending":
                Array.Reverse(numbers);
                break;
            case "shuffled":
                random.Shuffle(numbers);
                break;
            case "outwards":
                return numbers.OrderBy(number => Math.Abs(number - (count / 2)));
            case "inwards":
                return numbers.OrderByDescending(number => Math.Abs(number - (count / 2)));
            case "stretches":
                return numbers.OrderBy(number => number % 100);
        }
        return numbers;
    }
}

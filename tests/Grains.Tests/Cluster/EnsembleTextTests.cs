using System.Text;
using Coordination.Grains.Cluster;
using Coordination.Storage;

namespace Coordination.Grains.Tests.Cluster;

public sealed class EnsembleTextTests
{
    [Theory]
    [InlineData("10.0.0.7:2181", "server.3=10.0.0.7:2888:3888:participant;10.0.0.7:2181")]
    [InlineData("silo.example.org:2888", "server.3=silo.example.org:2889:3888:participant;silo.example.org:2888")]
    [InlineData("silo.example.org:3888", "server.3=silo.example.org:2888:3889:participant;silo.example.org:3888")]
    [InlineData("[2001:db8::7]:2181", "server.3=[2001:db8::7]:2888:3888:participant;[2001:db8::7]:2181")]
    public void ALineIsAsZooKeeperReadsIt(string address, string expected) =>
        Assert.Equal([expected], EnsembleText.Lines([At(address)]));

    [Fact]
    public void TheValueHasALineForEachAndTheVersionInHexadecimal()
    {
        SiloRecord[] silos = [SiloRecords.Participant(1, 5), SiloRecords.Observer(2, 3)];
        Assert.Equal(
            """
            server.1=silo1:2888:3888:participant;silo1:2181
            server.2=silo2:2888:3888:observer;silo2:2181
            version=10000002a
            """.ReplaceLineEndings("\n"),
            Encoding.UTF8.GetString(EnsembleText.Value(silos, 0x10000002a)));
        Assert.Empty(EnsembleText.Value([], 7));
    }

    [Theory]
    [InlineData("0.0.0.0:2181", false)]
    [InlineData("[::]:2181", false)]
    [InlineData("127.0.0.1:2181", true)]
    [InlineData("[::1]:2181", true)]
    [InlineData("silo.example.org:2181", true)]
    public void OneThatListensOnAllAddressesIsReachedAtNone(string address, bool isReachable) =>
        Assert.Equal(isReachable, EnsembleText.IsReachable(address));

    private static SiloRecord At(string address) =>
        new(new SiloEntry(Guid.NewGuid(), address, SiloRole.Participant, 1), 3, 1, 0);
}

namespace Coordination.Client.Tests.Operations;

/// <summary>What a connection string means.</summary>
public sealed class ConnectionTargetTests
{
    [Theory]
    [InlineData("a", "a:2181", "")]
    [InlineData("a:1,b:2/", "a:1 b:2", "")]
    [InlineData(" a:1 , b /x/y", "a:1 b:2181", "/x/y")]
    [InlineData("[::1]:5,::1,[::1]", "[::1]:5 [::1]:2181 [::1]:2181", "")]
    public void A_string_names_servers_and_a_chroot(string text, string servers, string chroot)
    {
        var target = ConnectionTarget.Parse(text);
        Assert.Equal(servers, string.Join(' ', target.Servers));
        Assert.Equal(chroot, target.Chroot);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/x")]
    [InlineData("a:b")]
    [InlineData("a:0")]
    [InlineData("a:65536")]
    [InlineData(":2181")]
    [InlineData("a/x/")]
    [InlineData("a/x//y")]
    public void What_is_none_is_refused(string text) =>
        Assert.Throws<FormatException>(() => ConnectionTarget.Parse(text));
}

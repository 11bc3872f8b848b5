using System.Globalization;
using System.Text;
using Coordination.Engine.Log;
using Coordination.Engine.Requests;
using Coordination.Engine.Tests.Servers;
using Coordination.Engine.Watches;
using Coordination.Protocol;

namespace Coordination.Engine.Tests.CaseFiles;

/// <summary>What a command asks of a server.</summary>
internal static class CallOf
{
    public static Call? Command(Command command) => WithoutNumber(command) is { } call ? call with { Once = OnceOf(command) } : null;

    private static OnceNumber OnceOf(Command command)
    {
        int number = command.Number("once", 0);
        return new OnceNumber(number, command.Number("open", number));
    }

    private static Call? WithoutNumber(Command command) => command.Verb switch
    {
        "get" => Read(OperationCode.GetData, command),
        "exists" => Read(OperationCode.Exists, command),
        "children" => Read(OperationCode.GetChildren, command),
        "children2" => Read(OperationCode.GetChildren2, command),
        "getacl" => Read(OperationCode.GetAcl, command),
        "addwatch" => Watch(OperationCode.AddWatch, command, ModeOf(command.Option("mode") ?? "persistent")),
        "checkwatches" => Watch(OperationCode.CheckWatches, command, TypeOf(command.Option("type") ?? "any")),
        "removewatches" => Watch(OperationCode.RemoveWatches, command, TypeOf(command.Option("type") ?? "any")),
        "close" => new Call(OperationCode.CloseSession),
        "multi" => new Call(OperationCode.Multi)
        {
            Write = new MultiOperation([.. command.Operations.Select(item => InMulti(item)
                ?? throw new FormatException($"\"{item.Line}\" is no operation of a multi"))]),
        },
        _ when Write(command) is { } write => new Call(CodeOf(write)) { Write = write },
        _ => null,
    };

    public static Call SetWatches(Command command, long relativeZxid)
    {
        var watches = new List<(RenewedWatch, byte[][])>
        {
            (RenewedWatch.Data, Paths(command, "data")),
            (RenewedWatch.Exists, Paths(command, "exist")),
            (RenewedWatch.Children, Paths(command, "child")),
        };
        if (command.Verb == "setwatches2")
        {
            watches.Add((RenewedWatch.Persistent, Paths(command, "persistent")));
            watches.Add((RenewedWatch.Recursive, Paths(command, "recursive")));
        }
        return new Call(command.Verb == "setwatches2" ? OperationCode.SetWatches2 : OperationCode.SetWatches)
        {
            RelativeZxid = relativeZxid,
            Watches = watches,
        };
    }

    private static byte[][] Paths(Command command, string option) =>
        [.. command.Paths(option).Select(Encoding.UTF8.GetBytes)];

    private static Call Watch(OperationCode operation, Command command, int number) =>
        new(operation) { Path = command.Argument(0).Bytes, WatchNumber = number };

    private static int ModeOf(string word) => word switch
    {
        "persistent" => (int)AddWatchMode.Persistent,
        "recursive" => (int)AddWatchMode.PersistentRecursive,
        _ => int.Parse(word, CultureInfo.InvariantCulture),
    };

    private static int TypeOf(string word) => word switch
    {
        "child" => (int)WatcherType.Children,
        "data" => (int)WatcherType.Data,
        "any" => (int)WatcherType.Any,
        "persistent" => (int)WatcherType.Persistent,
        "recursive" => (int)WatcherType.PersistentRecursive,
        _ => int.Parse(word, CultureInfo.InvariantCulture),
    };

    private static Call Read(OperationCode operation, Command command) =>
        new(operation) { Path = command.Argument(0).Bytes, Watch = operation != OperationCode.GetAcl && command.Has("watch") };

    private static WriteOperation? Write(Command command) => command.Verb switch
    {
        "create" or "create2" => new CreateOperation(
            command.Argument(0).Bytes, command.Data(1), AclText.Parse(command.Option("acl") ?? "open"),
            FlagsOf(command), command.Verb == "create2"),
        "createcontainer" => new CreateOperation(
            command.Argument(0).Bytes, command.Data(1), AclText.Parse(command.Option("acl") ?? "open"),
            command.Number("flags", (int)CreateMode.Container), returnsStat: true)
        {
            IsContainer = true,
        },
        "createttl" => new CreateOperation(
            command.Argument(0).Bytes, command.Data(1), AclText.Parse(command.Option("acl") ?? "open"),
            command.Number("flags", command.Has("sequential") ? 6 : 5), returnsStat: true)
        {
            TimeToLive = long.Parse(command.Option("ttl") ?? "1000", CultureInfo.InvariantCulture),
        },
        "delete" => new DeleteOperation(command.Argument(0).Bytes, command.Number("version", -1)),
        "deletetree" => new DeleteTreeOperation(command.Argument(0).Bytes, command.Number("version", -1)),
        "set" => new SetDataOperation(command.Argument(0).Bytes, command.Data(1), command.Number("version", -1)),
        "setacl" => new SetAclOperation(
            command.Argument(0).Bytes, AclText.Parse(command.Argument(1).Text), command.Number("version", -1)),
        "check" => new CheckOperation(command.Argument(0).Bytes, command.Number("version", -1))
        {
            Czxid = command.Option("czxid") is { } czxid ? ZxidText.Parse(czxid) : null,
        },
        "take" => new TakeNumbersOperation(command.Argument(0).Text, command.Number("count", 1)),
        _ => null,
    };

    // As the gateway decodes it: a container's mode makes a container whatever the operation, and createTTL with a mode
    // that has no time to live is a plain create.
    private static WriteOperation? InMulti(Command command)
    {
        if (Write(command) is not CreateOperation create)
            return Write(command);
        bool isContainer = create.IsContainer || create.Flags == (int)CreateMode.Container;
        bool hasTimeToLive = create.Flags is (int)CreateMode.PersistentWithTimeToLive
            or (int)CreateMode.PersistentSequentialWithTimeToLive;
        bool returnsStat = isContainer || hasTimeToLive || (create.ReturnsStat && create.TimeToLive is null);
        return new CreateOperation(create.Path, create.Data, create.Acls, create.Flags, returnsStat)
        {
            IsContainer = isContainer,
            TimeToLive = hasTimeToLive ? create.TimeToLive : null,
        };
    }

    private static int FlagsOf(Command command) => command.Number(
        "flags", (command.Has("ephemeral") ? 1 : 0) + (command.Has("sequential") ? 2 : 0));

    private static OperationCode CodeOf(WriteOperation write) => write switch
    {
        CreateOperation { IsContainer: true } => OperationCode.CreateContainer,
        CreateOperation { TimeToLive: not null } => OperationCode.CreateTtl,
        CreateOperation { ReturnsStat: true } => OperationCode.Create2,
        CreateOperation => OperationCode.Create,
        DeleteOperation => OperationCode.Delete,
        SetDataOperation => OperationCode.SetData,
        SetAclOperation => OperationCode.SetAcl,
        CheckOperation => OperationCode.Check,
        _ => default,
    };
}

using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Coordination.Protocol;

namespace Coordination.Engine.Tests.Servers;

/// <summary>A connection to an Apache ZooKeeper: one request at a time.</summary>
internal sealed class ZooKeeperConnection : IConnection
{
    private const int TimeoutMilliseconds = 30_000;

    private readonly TcpClient _client = new() { NoDelay = true, ReceiveTimeout = TimeoutMilliseconds };
    private readonly List<ReceivedEvent> _events = [];
    private int _lastXid;
    private bool _ended;

    private ZooKeeperConnection(IPEndPoint address) => _client.Connect(address);

    public long SessionId { get; private set; }

    public byte[] Password { get; private set; } = [];

    /// <summary>Opens a session, or attaches to one; null where the server says that it has expired.</summary>
    public static ZooKeeperConnection? Connect(IPEndPoint address, long sessionId, byte[] password)
    {
        var connection = new ZooKeeperConnection(address);
        using var request = new JuteBuffer();
        request.WriteInt(0);
        request.WriteLong(0);
        request.WriteInt(TimeoutMilliseconds);
        request.WriteLong(sessionId);
        request.WriteBuffer(password);
        request.WriteBool(false);
        connection.Send(request);
        var reader = new JuteReader(connection.ReadFrame());
        reader.ReadInt();
        int timeout = reader.ReadInt();
        connection.SessionId = reader.ReadLong();
        connection.Password = reader.ReadBufferAsArray()!;
        if (timeout > 0)
            return connection;
        connection.Drop();
        return null;
    }

    public Reply Execute(Call call)
    {
        using var request = new JuteBuffer();
        bool setsWatches = call.Operation is OperationCode.SetWatches or OperationCode.SetWatches2;
        int xid = setsWatches ? ReservedXid.SetWatches : ++_lastXid;
        request.WriteInt(xid);
        request.WriteInt((int)call.Operation);
        ZooKeeperRecords.Write(request, call);
        Send(request);
        var reply = ZooKeeperRecords.Read(call, ReadReply(xid));
        if (call.Operation == OperationCode.CloseSession)
            Drop();
        return reply;
    }

    public ErrorCode Authenticate(string scheme, byte[] credentials)
    {
        using var request = new JuteBuffer();
        request.WriteInt(ReservedXid.Auth);
        request.WriteInt((int)OperationCode.Auth);
        request.WriteInt(0);
        request.WriteString(scheme);
        request.WriteBuffer(credentials);
        Send(request);
        var reader = new JuteReader(ReadReply(ReservedXid.Auth));
        var error = ReplyHeader.Read(ref reader).Error;
        if (error != ErrorCode.Ok)
            Drop();
        return error;
    }

    public IReadOnlyList<ReceivedEvent> TakeEvents()
    {
        if (!_ended)
        {
            // Events come before every reply that was built after them: a ping's will do.
            using var request = new JuteBuffer();
            request.WriteInt(ReservedXid.Ping);
            request.WriteInt((int)OperationCode.Ping);
            Send(request);
            ReadReply(ReservedXid.Ping);
        }
        ReceivedEvent[] taken = [.. _events];
        _events.Clear();
        return taken;
    }

    public void Drop()
    {
        _ended = true;
        _client.Dispose();
    }

    private void Send(JuteBuffer request)
    {
        byte[] frame = new byte[4 + request.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, request.Length);
        request.WrittenSpan.CopyTo(frame.AsSpan(4));
        _client.GetStream().Write(frame);
    }

    private byte[] ReadReply(int xid)
    {
        while (true)
        {
            byte[] frame = ReadFrame();
            var reader = new JuteReader(frame);
            var header = ReplyHeader.Read(ref reader);
            if (header.Xid == ReservedXid.Notification)
            {
                var type = (WatchEventType)reader.ReadInt();
                reader.ReadInt();
                _events.Add(new ReceivedEvent(type, reader.ReadString(), header.Zxid));
            }
            else
            {
                Assert.Equal(xid, header.Xid);
                return frame;
            }
        }
    }

    private byte[] ReadFrame()
    {
        byte[] length = new byte[4];
        _client.GetStream().ReadExactly(length);
        byte[] frame = new byte[BinaryPrimitives.ReadInt32BigEndian(length)];
        _client.GetStream().ReadExactly(frame);
        return frame;
    }
}

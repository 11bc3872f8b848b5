using Coordination.Gateway.Requests;
using Coordination.Protocol;

namespace Coordination.Gateway;

/// <content>Credentials that a client shows, and what becomes of one that shows wrong ones.</content>
internal sealed partial class SessionConnection
{
    private Step AnswerAuth(int xid, ref JuteReader reader)
    {
        var error = _authentication.TakePacket(ref reader, ref _caller, out string scheme);
        HeaderFrame.Write(_outbox.Buffer, xid, 0, error);
        _isBarred = _authentication.IsBarred(_caller);
        if (error == ErrorCode.Ok)
            return Step.GoOn;
        _services.Statistics.FailedAuthentications.Count();
        _services.Log.ShutOut(_remote, $"it cannot authenticate by the scheme {scheme}");
        return Step.End;
    }

    private Step AnswerSasl(int xid, ref JuteReader reader)
    {
        var error = _authentication.TakeToken(ref reader, ref _caller, out byte[]? token);
        HeaderFrame.WriteWithToken(_outbox.Buffer, xid, error, token);
        _isBarred = _authentication.IsBarred(_caller);
        if (error == ErrorCode.Ok)
            return Step.GoOn;
        _services.Statistics.FailedAuthentications.Count();
        _services.Log.ShutOut(_remote, "its SASL login has failed");
        return Step.End;
    }

    private Step Refuse(int xid)
    {
        HeaderFrame.Write(_outbox.Buffer, xid, 0, ErrorCode.SessionClosedRequireSaslAuth);
        _services.Log.ShutOut(_remote, "it has not authenticated by a scheme that is enforced");
        return Step.End;
    }
}

using Coordination.Engine.Log;
using Coordination.Engine.Requests;
using Coordination.Engine.Sessions;
using Coordination.Protocol;

namespace Coordination.Engine.Validation;

/// <content>Writes that have a number, and are done once.</content>
public sealed partial class WriteValidator
{
    // A client numbers its writes as it sends them, and sends them again in that order before any other. So whatever is not
    // above the last that was done was judged before; what is above it was not done, and is judged anew.
    private ErrorCode BeginOnce(WriteRequest request, out bool isRepeat)
    {
        isRepeat = false;
        long sessionId = request.Caller.SessionId;
        if (sessionId == 0 || state.FormatLevel < LogFormat.OnceLevel || !request.Once.IsValid)
            return ErrorCode.Unimplemented;
        if (request.Once.Number <= _pending.LastNumberOf(sessionId))
        {
            isRepeat = true;
            return ErrorCode.Ok;
        }
        if (request.Once.IsTooFar
            || !_pending.HasRoomForAnswer(sessionId, request.Once.FirstOpen, AnswerCodec.MostBytesOf(request.Operation)))
        {
            return ErrorCode.LimitExceeded;
        }
        _batch.WriteOnce(request.Once);
        return ErrorCode.Ok;
    }

    private void EndOnce(WriteRequest request) => _pending.SetAnswer(
        request.Caller.SessionId, request.Once.Number, AnswerCodec.MostBytesOf(request.Operation), _header.Zxid);
}

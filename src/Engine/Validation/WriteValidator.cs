using Coordination.Engine.Log;
using Coordination.Engine.Quotas;
using Coordination.Engine.Requests;
using Coordination.Engine.Security;
using Coordination.Engine.Tree;
using Coordination.Protocol;

namespace Coordination.Engine.Validation;

/// <summary>Turns requests into entries, against the state plus everything in flight, by ZooKeeper's rules and in
/// ZooKeeper's order of errors.</summary>
/// <remarks>Deterministic: time comes in as an argument, zxids follow from the state. Not thread-safe.</remarks>
/// <param name="state">The applied state.</param>
/// <param name="silo">The life of the silo that writes.</param>
/// <param name="quotas">How quotas are enforced; null for as usual, with nobody to hear of it.</param>
public sealed partial class WriteValidator(CoordinationState state, Guid silo, QuotaSettings? quotas = null)
{
    private readonly InFlightChanges _pending = new(state);
    private InFlightQuotas? _inFlightQuotas;
    private BatchWriter _batch = null!;
    private EntryHeader _header;
    private bool _epochIsOurs;

    /// <summary>The zxid of the last entry made, or applied where none is in flight.</summary>
    public long LastZxid { get; private set; } = state.LastZxid;

    /// <summary>Whether an epoch of this life of the silo is in the log.</summary>
    internal bool HasBegunEpoch { get; set; }

    /// <summary>Whether the silo's memory has room for writes that make the tree grow. While it has not, creates and
    /// growing sets are refused with <see cref="ErrorCode.QuotaExceeded"/>, and deletes go through.</summary>
    public bool HasRoomToGrow { get; set; } = true;

    /// <summary>Whether znodes may be given a time to live; otherwise <see cref="ErrorCode.Unimplemented"/>. ZooKeeper's
    /// <c>extendedTypesEnabled</c>.</summary>
    public bool TakesTimeToLive { get; set; } = true;

    /// <summary>Whether its life begins an epoch with its first write. That of an observer does not, but where there is none
    /// yet, or the one in force is used up.</summary>
    public bool BeginsEpoch { get; set; } = true;

    private InFlightQuotas Quotas => _inFlightQuotas ??= new InFlightQuotas(state, _pending, quotas ?? new QuotaSettings());

    /// <summary>Validates a request and, if it may be done, appends its entry to a batch.</summary>
    /// <param name="request">The request.</param>
    /// <param name="time">Now, in milliseconds since 1970.</param>
    /// <param name="batch">Where the entry goes. An entry that begins an epoch may go before it.</param>
    public Verdict Validate(WriteRequest request, long time, BatchWriter batch)
    {
        _batch = batch;
        if ((!_epochIsOurs && (BeginsEpoch || Zxid.EpochOf(LastZxid) == 0)) || Zxid.IsLastOfEpoch(LastZxid))
            BeginEpoch(time);
        _header = new EntryHeader(LastZxid + 1, time, request.Caller.SessionId, request.Cxid);
        _batch.BeginEntry(_header);
        var error = CheckSession(request.Caller);
        int failedOperation = 0;
        long firstNumber = 0;
        bool isRepeat = false;
        if (error == ErrorCode.Ok && request.Once.IsGiven)
            error = BeginOnce(request, out isRepeat);
        if (isRepeat)
        {
            _batch.AbandonEntry();
            return new Verdict(ErrorCode.Ok, 0, LastZxid, HasEntry: false, IsRepeat: true);
        }
        if (error == ErrorCode.Ok)
        {
            error = request.Operation switch
            {
                MultiOperation multi => Multi(multi, request.Caller, out failedOperation),
                TakeNumbersOperation take => TakeNumbers(take, out firstNumber),
                OpenSessionOperation open => OpenSession(open),
                AttachSessionOperation attach => AttachSession(attach),
                CloseSessionOperation close => CloseSession(close),
                DeleteTreeOperation tree => DeleteTree(tree, request.Caller),
                RemoveUnusedOperation remove => RemoveUnused(remove),
                RaiseFormatLevelOperation raise => RaiseFormatLevel(raise),
                // Alone it would make an entry without a change.
                CheckOperation => ErrorCode.Unimplemented,
                _ => Single(request.Operation, request.Caller),
            };
        }
        if (error != ErrorCode.Ok)
        {
            Quotas.ForgetMeasured();
            _batch.AbandonEntry();
            return new Verdict(error, failedOperation, LastZxid, HasEntry: false);
        }
        if (request.Once.IsGiven)
            EndOnce(request);
        LastZxid = _header.Zxid;
        Quotas.RememberMeasured(LastZxid);
        _batch.EndEntry(LastZxid);
        return new Verdict(ErrorCode.Ok, 0, LastZxid, HasEntry: true, firstNumber);
    }

    /// <summary>Hands over to the application of an entry that this has validated what it need not find out once more.</summary>
    public void Prepare(LongApplication application)
    {
        foreach (var usage in Quotas.UsagesOf(application.Zxid))
            application.Expect(usage);
    }

    /// <summary>Lets go of what was in flight up to an entry that is applied now.</summary>
    public void Applied(long zxid)
    {
        _pending.Applied(zxid);
        HasBegunEpoch |= state.EpochSilo == silo;
        Quotas.Applied(zxid);
    }

    /// <summary>Forgets everything in flight: another writer's entries stand where ours would have.</summary>
    public void Restart()
    {
        _pending.Clear();
        Quotas.Clear();
        LastZxid = state.LastZxid;
        _epochIsOurs = HasBegunEpoch |= state.EpochSilo == silo;
    }

    // A writer begins an epoch once in its life, and another when the counter is used up. Writers that take turns do not:
    // that zxids never repeat is the log's doing, and epochs would not last.
    private void BeginEpoch(long time)
    {
        int epoch = Zxid.EpochOf(LastZxid) + 1;
        long zxid = Zxid.FirstOf(epoch);
        _batch.BeginEntry(new EntryHeader(zxid, time, 0, 0));
        _batch.WriteEpoch(epoch, silo);
        _batch.EndEntry(zxid);
        LastZxid = zxid;
        _epochIsOurs = true;
    }

    private ErrorCode Multi(MultiOperation multi, Caller caller, out int failedOperation)
    {
        failedOperation = 0;
        var mark = _batch.BeginMulti();
        int changes = 0;
        _pending.BeginUndo();
        Quotas.BeginUndo();
        foreach (var operation in multi.Operations)
        {
            var error = Single(operation, caller);
            if (error != ErrorCode.Ok)
            {
                _pending.Undo();
                Quotas.Undo();
                return error;
            }
            if (operation is not CheckOperation)
                changes++;
            failedOperation++;
        }
        _pending.Keep(_header.Zxid);
        Quotas.Keep();
        _batch.EndList(mark, changes);
        return ErrorCode.Ok;
    }

    private ErrorCode Single(WriteOperation operation, Caller caller) => operation switch
    {
        SetDataOperation set => SetData(set, caller),
        CreateOperation create => Create(create, caller),
        DeleteOperation delete => Delete(delete, caller),
        SetAclOperation setAcl => SetAcl(setAcl, caller),
        CheckOperation check => Check(check, caller),
        _ => ErrorCode.Unimplemented,
    };

    private ErrorCode Create(CreateOperation create, Caller caller)
    {
        var modeError = CreateRules.CheckMode(create, TakesTimeToLive);
        if (modeError != ErrorCode.Ok)
            return modeError;
        ReadOnlySpan<byte> path = create.Path;
        if (!path.Contains((byte)'/') || path.Contains((byte)0))
            return RefusalOf(create.Path);
        var aclError = AccessRules.Normalize(create.Acls, caller.Identities, out var acls);
        if (aclError != ErrorCode.Ok)
            return aclError;
        var parentPath = ZnodePath.ParentOf(path);
        if (!_pending.TryGetZnode(parentPath, out var parent))
            return ErrorCode.NoNode;
        if (!AccessRules.Allows(parent.Acls, Permissions.Create, caller.Identities))
            return ErrorCode.NoAuth;
        if (CreateRules.IsSequential(create))
            path = ZnodePath.WithSequence(path, parent.CreatedChildren);
        if (!ZnodePath.IsValid(path))
            return ErrorCode.BadArguments;
        if (_pending.TryGetZnode(path, out _))
            return ErrorCode.NodeExists;
        if (parent.EphemeralOwner != 0)
            return ErrorCode.NoChildrenForEphemerals;
        if (!HasRoomToGrow)
            return ErrorCode.QuotaExceeded;

        if (caller.SessionId == 0 && CreateRules.IsEphemeral(create))
            return ErrorCode.SessionExpired;
        long owner = CreateRules.OwnerOf(create, caller);
        int length = create.Data?.Length ?? 0;
        if (Quotas.IsConcernedWith(path))
        {
            if (!Quotas.Allows(path, 1, length))
                return ErrorCode.QuotaExceeded;
            Quotas.Create(path, create.Data, _header.Zxid);
        }
        parent.CreatedChildren = unchecked(parent.CreatedChildren + 1);
        parent.ChildCount++;
        parent.Zxid = _header.Zxid;
        _pending.SetZnode(parentPath, parent);
        _pending.SetZnode(
            path, new PendingZnode(true, 0, 0, 0, 0, acls, OwnerMark.SessionOf(owner), length, _header.Zxid, _header.Zxid));
        _batch.WriteCreate(path, create.Data, AclTable.Encode(acls), owner, parent.CreatedChildren);
        return ErrorCode.Ok;
    }

    private ErrorCode Delete(DeleteOperation delete, Caller caller)
    {
        var error = CheckDelete(delete.Path, delete.Version, caller, out var znode, out var parent);
        if (error != ErrorCode.Ok)
            return error == ErrorCode.BadArguments ? RefusalOf(delete.Path) : error;
        if (znode.ChildCount > 0)
            return ErrorCode.NotEmpty;
        Delete(delete.Path, znode, parent);
        return ErrorCode.Ok;
    }

    private ErrorCode CheckDelete(
        ReadOnlySpan<byte> path, int version, Caller caller, out PendingZnode znode, out PendingZnode parent)
    {
        znode = parent = default;
        if (!path.Contains((byte)'/') || path.Contains((byte)0) || ZnodePath.IsSpecial(path))
            return ErrorCode.BadArguments;
        if (!_pending.TryGetZnode(ZnodePath.ParentOf(path), out parent))
            return ErrorCode.NoNode;
        if (!AccessRules.Allows(parent.Acls, Permissions.Delete, caller.Identities))
            return ErrorCode.NoAuth;
        if (!_pending.TryGetZnode(path, out znode))
            return ErrorCode.NoNode;
        return IsExpected(version, znode.Version) ? ErrorCode.Ok : ErrorCode.BadVersion;
    }

    private void Delete(ReadOnlySpan<byte> path, in PendingZnode znode, PendingZnode parent)
    {
        parent.ChildCount--;
        parent.Zxid = _header.Zxid;
        _pending.SetZnode(ZnodePath.ParentOf(path), parent);
        if (Quotas.IsConcernedWith(path))
            Quotas.Delete(path, znode.DataLength, _header.Zxid);
        _pending.SetZnode(path, PendingZnode.None(_header.Zxid));
        _batch.WriteDelete(path);
    }

    private ErrorCode RemoveUnused(RemoveUnusedOperation remove)
    {
        if (!_pending.TryGetZnode(remove.Path, out var znode))
            return ErrorCode.NoNode;
        if (znode.ChildCount > 0)
            return ErrorCode.NotEmpty;
        // What is in flight for it, be it only a child, is a use.
        if (znode.Zxid != 0 || !VanishingZnodes.IsUnused(state.Tree.Find(remove.Path)!, _header.Time, remove.MostNeverUsed))
            return ErrorCode.BadVersion;
        _pending.TryGetZnode(ZnodePath.ParentOf(remove.Path), out var parent);
        Delete(remove.Path, znode, parent);
        return ErrorCode.Ok;
    }

    private ErrorCode SetData(SetDataOperation set, Caller caller)
    {
        if (!ZnodePath.IsValid(set.Path))
            return ErrorCode.BadArguments;
        if (!_pending.TryGetZnode(set.Path, out var znode))
            return ErrorCode.NoNode;
        if (!AccessRules.Allows(znode.Acls, Permissions.Write, caller.Identities))
            return ErrorCode.NoAuth;
        int length = set.Data?.Length ?? 0;
        if (!HasRoomToGrow && length > znode.DataLength)
            return ErrorCode.QuotaExceeded;
        bool isUnderQuotas = Quotas.IsConcernedWith(set.Path);
        if (isUnderQuotas && !Quotas.Allows(set.Path, 0, length - znode.DataLength))
            return ErrorCode.QuotaExceeded;
        if (!IsExpected(set.Version, znode.Version))
            return ErrorCode.BadVersion;
        if (isUnderQuotas)
            Quotas.SetData(set.Path, znode.DataLength, set.Data, _header.Zxid);
        znode.Version = unchecked(znode.Version + 1);
        znode.DataLength = length;
        znode.Zxid = _header.Zxid;
        _pending.SetZnode(set.Path, znode);
        _batch.WriteSetData(set.Path, set.Data, znode.Version);
        return ErrorCode.Ok;
    }

    private ErrorCode SetAcl(SetAclOperation set, Caller caller)
    {
        if (!ZnodePath.IsValid(set.Path))
            return ErrorCode.BadArguments;
        var aclError = AccessRules.Normalize(set.Acls, caller.Identities, out var acls);
        if (aclError != ErrorCode.Ok)
            return aclError;
        if (!_pending.TryGetZnode(set.Path, out var znode))
            return ErrorCode.NoNode;
        if (!AccessRules.Allows(znode.Acls, Permissions.Admin, caller.Identities))
            return ErrorCode.NoAuth;
        if (!IsExpected(set.Version, znode.Aversion))
            return ErrorCode.BadVersion;
        znode.Aversion = unchecked(znode.Aversion + 1);
        znode.Acls = acls;
        znode.Zxid = _header.Zxid;
        _pending.SetZnode(set.Path, znode);
        _batch.WriteSetAcl(set.Path, AclTable.Encode(acls), znode.Aversion);
        return ErrorCode.Ok;
    }

    private ErrorCode Check(CheckOperation check, Caller caller)
    {
        if (!ZnodePath.IsValid(check.Path))
            return ErrorCode.BadArguments;
        if (!_pending.TryGetZnode(check.Path, out var znode))
            return ErrorCode.NoNode;
        if (!AccessRules.Allows(znode.Acls, Permissions.Read, caller.Identities))
            return ErrorCode.NoAuth;
        // Another znode of that name is not the one that was meant.
        if (check.Czxid is { } czxid && czxid != znode.Czxid)
            return ErrorCode.NoNode;
        return IsExpected(check.Version, znode.Version) ? ErrorCode.Ok : ErrorCode.BadVersion;
    }

    private ErrorCode TakeNumbers(TakeNumbersOperation take, out long first)
    {
        first = _pending.NextOfCounter(take.Counter);
        if (take.Count < 1 || first > long.MaxValue - take.Count)
            return ErrorCode.BadArguments;
        _pending.SetCounter(take.Counter, first + take.Count, _header.Zxid);
        _batch.WriteCounter(take.Counter, first + take.Count);
        return ErrorCode.Ok;
    }

    // Raised twice while the first is in flight, it is what it is.
    private ErrorCode RaiseFormatLevel(RaiseFormatLevelOperation raise)
    {
        if (raise.Level <= state.FormatLevel || raise.Level > LogFormat.CurrentLevel)
            return ErrorCode.BadVersion;
        _batch.WriteFormatLevel(raise.Level);
        return ErrorCode.Ok;
    }

    // ZooKeeper trips over the null path where it looks for a slash; where it looks at all of a path, it refuses it as it does
    // any other that is none.
    private static ErrorCode RefusalOf(byte[] path) =>
        ReferenceEquals(path, WriteOperation.NullPath) ? ErrorCode.MarshallingError : ErrorCode.BadArguments;

    private static bool IsExpected(int expected, int actual) => expected == -1 || expected == actual;
}

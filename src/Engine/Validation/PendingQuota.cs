using Coordination.Engine.Quotas;

namespace Coordination.Engine.Validation;

/// <summary>A quota and its usage, as they will be once everything in flight is applied.</summary>
internal readonly record struct PendingQuota(bool Exists, QuotaLimits Limits, long Count, long Bytes, long Zxid);

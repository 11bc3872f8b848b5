namespace Coordination.Scheduler.Live;

/// <summary>What there is to say of a job's runs.</summary>
internal sealed record JobOverview(string Name, long Completed, long Failed, long Refused, string Last);

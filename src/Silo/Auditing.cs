using Coordination.Gateway.Auditing;
using Coordination.Grains.Replication;
using Coordination.Grains.Writing;
using Coordination.Silo.Options;

namespace Coordination.Silo;

/// <summary>Puts the audit log where the options want it.</summary>
internal static partial class Auditing
{
    private const string Category = "audit";

    /// <summary>Adds the audit log.</summary>
    /// <exception cref="OptionException">Its file cannot be opened.</exception>
    public static void AddAuditLog(this IServiceCollection services, SiloOptions options)
    {
        if (options.AuditFile is { } path)
        {
            services.AddSingleton(Open(path));
            services.AddSingleton<AuditFile>();
            services.AddAuditLog(static provider => provider.GetRequiredService<AuditFile>().Write);
            return;
        }
        services.AddAuditLog(static provider =>
        {
            var logger = provider.GetRequiredService<ILoggerFactory>().CreateLogger(Category);
            return lines =>
            {
                foreach (string line in lines)
                    LogLine(logger, line);
            };
        });
    }

    private static void AddAuditLog(
        this IServiceCollection services, Func<IServiceProvider, Action<IReadOnlyList<string>>> target)
    {
        services.AddSingleton(provider =>
        {
            var log = new AuditLog(target(provider));
            provider.GetRequiredService<Replica>().RowApplied += log.Take;
            return log;
        });
        services.AddSingleton<IWriteAudit>(static provider => provider.GetRequiredService<AuditLog>());
    }

    private static FileStream Open(string path)
    {
        try
        {
            return AuditFile.Open(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new OptionException($"--audit-file is {path}, which cannot be written: {e.Message}");
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Line}")]
    private static partial void LogLine(ILogger logger, string line);
}

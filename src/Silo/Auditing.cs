using Coordination.Gateway.Auditing;
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
            services.AddSingleton(static provider => new AuditLog(provider.GetRequiredService<AuditFile>().Write));
            return;
        }
        services.AddSingleton(static provider =>
        {
            var logger = provider.GetRequiredService<ILoggerFactory>().CreateLogger(Category);
            return new AuditLog(lines =>
            {
                foreach (string line in lines)
                    LogLine(logger, line);
            });
        });
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

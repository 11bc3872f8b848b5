using System.Text.Json;

namespace Coordination.Silo.Options;

/// <summary>Puts together what the settings files, the environment and the command line say, in that order.</summary>
internal static class OptionSources
{
    private const string EnvironmentPrefix = "COORDINATION_";
    private const string SettingsFile = "appsettings.json";

    // None is a list, too.
    private const string MayBeEmpty = "four-letter-words";

    /// <summary>Reads them all.</summary>
    /// <exception cref="OptionException">An option is not known or has no value, or a file is none of settings.</exception>
    public static IConfigurationRoot Read(string[] arguments)
    {
        var commandLine = FromCommandLine(arguments);
        var configuration = new ConfigurationBuilder()
            .AddConfiguration(FromFile(Path.Combine(AppContext.BaseDirectory, SettingsFile)))
            .AddConfiguration(FromFile(Path.GetFullPath(SettingsFile)))
            .AddInMemoryCollection(FromEnvironment())
            .AddInMemoryCollection(commandLine)
            .Build();
        // Elsewhere the folder may be the default of an image, which whoever names a database leaves as it is.
        if (commandLine.ContainsKey("data-dir") && !string.IsNullOrEmpty(configuration["database"]))
            throw new OptionException("--data-dir and --database exclude each other: the data is in the one or in the other");
        return configuration;
    }

    private static IConfigurationRoot FromFile(string path)
    {
        IConfigurationRoot settings;
        try
        {
            settings = new ConfigurationBuilder().AddJsonFile(path, optional: true).Build();
        }
        catch (Exception failure) when (failure is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            throw new OptionException($"{path} cannot be used: {TextOf(failure.GetBaseException())}");
        }
        foreach (var setting in settings.GetChildren())
            Check(path, setting);
        return settings;
    }

    private static string TextOf(Exception failure) => failure is JsonException { LineNumber: { } line, BytePositionInLine: { } place }
        ? $"line {line + 1}, byte {place + 1}: {failure.Message.Split(" LineNumber:")[0]}"
        : failure.Message;

    private static void Check(string path, IConfigurationSection setting)
    {
        if (!OptionNames.All.Contains(setting.Key, StringComparer.OrdinalIgnoreCase))
        {
            // What else is in the file, such as Logging, is for others.
            if (OptionNames.IsMeantForOne(setting.Key))
                throw new OptionException($"{path}: {OptionNames.Unknown(setting.Key, prefix: "")}");
            return;
        }
        if (setting.GetChildren().Any())
            throw new OptionException($"{path}: {setting.Key} must be one value, with commas in it where it lists several");
        if (setting.Value is "" && !setting.Key.Equals(MayBeEmpty, StringComparison.OrdinalIgnoreCase))
            throw new OptionException($"{path}: {setting.Key} has no value");
    }

    private static Dictionary<string, string?> FromEnvironment()
    {
        var settings = new Dictionary<string, string?>();
        foreach (System.Collections.DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            string name = (string)variable.Key;
            string value = (string?)variable.Value ?? "";
            if (!name.StartsWith(EnvironmentPrefix, StringComparison.Ordinal))
                continue;
            string option = name[EnvironmentPrefix.Length..].ToLowerInvariant().Replace('_', '-');
            // Others share our prefix (a test's own settings, a service's address under Kubernetes): not ours to judge. An
            // empty one is how a file of variables leaves one out.
            if (OptionNames.All.Contains(option) && (value.Length > 0 || option == MayBeEmpty))
                settings[option] = value;
        }
        return settings;
    }

    private static Dictionary<string, string?> FromCommandLine(string[] arguments)
    {
        const string prefix = "--";
        var settings = new Dictionary<string, string?>();
        for (int i = 0; i < arguments.Length; i++)
        {
            string argument = arguments[i];
            int equals = argument.IndexOf('=');
            string name = equals < 0 ? argument : argument[..equals];
            if (!name.StartsWith(prefix, StringComparison.Ordinal) || !OptionNames.All.Contains(name[prefix.Length..]))
                throw new OptionException(OptionNames.Unknown(name, prefix));
            string? value = equals >= 0 ? argument[(equals + 1)..]
                : i + 1 < arguments.Length && !arguments[i + 1].StartsWith(prefix, StringComparison.Ordinal) ? arguments[++i]
                : null;
            name = name[prefix.Length..];
            if (value is null || (value.Length == 0 && name != MayBeEmpty))
                throw new OptionException($"{prefix}{name} has no value");
            settings[name] = value;
        }
        return settings;
    }
}

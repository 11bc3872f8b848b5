using System.Text;
using Coordination.Gateway.FourLetterWords;

namespace Coordination.Silo.Options;

/// <summary>What the silo says to whoever asks it about itself.</summary>
internal static class Usage
{
    private const int LineLength = 100;

    /// <summary>The answer to <c>--help</c> or <c>--version</c>; null where neither is asked for.</summary>
    public static string? Answer(string[] arguments) =>
        arguments.Any(static argument => argument is "--help" or "-h") ? Help()
        : arguments.Contains("--version") ? $"coordination {new ServerVersion()}"
        : null;

    private static string Help()
    {
        var text = new StringBuilder(
            """
            Serves the ZooKeeper protocol: on 127.0.0.1:2181, with its data under ./data, unless options say otherwise.

            usage: Coordination.Silo [--OPTION VALUE | --OPTION=VALUE]...
                   Coordination.Silo --help | --version

              --client-port 2181            the port of the ZooKeeper protocol
              --client-address 127.0.0.1    the address that it listens on
              --data-dir ./data             the folder with the data
              --database CONNECTION         the PostgreSQL that several silos share, instead of a folder
              --http-port 8080              health and metrics; 0 for none

            Each may stand in appsettings.json in the working folder, and in the environment as COORDINATION_CLIENT_PORT.
            docs/options.md says what each is, its default and its bounds. There are

            """);
        int length = LineLength;
        foreach (string name in OptionNames.All)
        {
            if (length + name.Length + 3 > LineLength)
            {
                text.Append(text[^1] == '\n' ? " " : "\n ");
                length = 1;
            }
            text.Append($" --{name}");
            length += name.Length + 3;
        }
        return text.ToString();
    }
}

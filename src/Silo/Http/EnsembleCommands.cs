using System.Text.Json;
using Coordination.Grains.Cluster;
using Coordination.Storage;

namespace Coordination.Silo.Http;

/// <summary>What the commands of the AdminServer tell of an ensemble, under ZooKeeper's names.</summary>
internal sealed class EnsembleCommands(Ensemble ensemble)
{
    /// <summary>Writes who leads.</summary>
    public void WriteLeader(Utf8JsonWriter json)
    {
        json.WriteBoolean("is_leader", ensemble.IsLeader);
        json.WriteNumber("leader_id", ensemble.Leader?.Number ?? -1);
        json.WriteString("leader_ip", ensemble.Leader is { } leader ? EnsembleText.HostOf(leader.Entry.ClientAddress) : "");
    }

    /// <summary>Writes who may lead.</summary>
    public void WriteVotingView(Utf8JsonWriter json)
    {
        json.WriteStartObject("current_config");
        foreach (var silo in ensemble.Present.Where(static silo => silo.Entry.Role == SiloRole.Participant))
        {
            json.WriteStartObject($"{silo.Number}");
            Write(json, "server_addresses", EnsembleText.QuorumAddressOf(silo));
            Write(json, "election_addresses", EnsembleText.ElectionAddressOf(silo));
            json.WriteString("client_address", silo.Entry.ClientAddress);
            json.WriteString("learner_type", EnsembleText.RoleOf(silo));
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    /// <summary>Writes the observers, as the leader tells of them.</summary>
    public void WriteObservers(Utf8JsonWriter json)
    {
        var observers = ensemble.IsLeader
            ? ensemble.Present.Where(static silo => silo.Entry.Role == SiloRole.Observer).ToArray()
            : [];
        json.WriteNumber("synced_observers", observers.Length);
        json.WriteStartArray("observers");
        foreach (var observer in observers)
        {
            json.WriteStartObject();
            json.WriteString("remote_socket_address", observer.Entry.ClientAddress);
            json.WriteNumber("sid", observer.Number);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, string name, string address)
    {
        json.WriteStartArray(name);
        json.WriteStringValue(address);
        json.WriteEndArray();
    }
}

using Weerbaarheid.Relay.Tests.Support;
using Weerbaarheid.Relay.Tests.Support.Radio;

namespace Weerbaarheid.Relay.Tests.Scenarios;

/// <summary>The program with a LoRa modem in its configuration.</summary>
public sealed class LoRaModemTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("lora-");
    private readonly RadioChannel _channel = new(TimeProvider.System);

    public void Dispose()
    {
        _channel.Dispose();
        _folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData("rnode")]
    [InlineData("rylr998")]
    [InlineData("rn2483")]
    public async Task A_node_runs_with_a_modem(string type)
    {
        ModemEmulator modem = type switch
        {
            "rnode" => new RnodeEmulator(_channel, "a"),
            "rylr998" => new Rylr998Emulator(_channel, "a"),
            _ => new Rn2483Emulator(_channel, "a"),
        };
        await using var port = new EmulatorPort(modem);
        await using var node = new NodeProcess("noodsteunpunt", _folder.FullName, null, "links.0.name=lora", $"links.0.type={type}", $"links.0.port={port.Path}");
        await node.StartAsync();
        await Eventually.TrueAsync(() => node.Log.Contains($"Link lora is up: {type} at {port.Path}", StringComparison.Ordinal), () => $"the link is up; it said:\n{node.Log}");
        // It tells its neighbours that it is there.
        await Eventually.TrueAsync(() => modem.Station.Packets > 0, () => $"something goes on the air; it said:\n{node.Log}");
    }
}

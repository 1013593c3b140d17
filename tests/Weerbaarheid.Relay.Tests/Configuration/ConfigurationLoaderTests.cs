using System.Net;
using Weerbaarheid.Relay.Configuration;
using Weerbaarheid.Relay.Links.Mqtt;
using Weerbaarheid.Relay.Relaying;

namespace Weerbaarheid.Relay.Tests.Configuration;

public sealed class ConfigurationLoaderTests : IDisposable
{
    private const string Leek = """
        // Comments and a comma too many are allowed.
        { "site": { "id": 11, "name": "Noodsteunpunt Leek", "role": "noodsteunpunt", "region": "groningen" },
          "broker": { "listen": "127.0.0.1:18811" }, /* off is a listener too */ "http": { "listen": "off" },
          "links": [
            { "name": "internet", "type": "mqtt", "uri": "mqtts://meldkamer.example", "peers": [21, 1], "protocol": "3.1.1" },
            { "name": "reserve", "type": "mqtt", "uri": "mqtt://10.0.0.2:1884" }, ],
          "keys": { "file": "keys/site.keys" }, "data": "../data", }
        """;

    private readonly ConfigurationFolder _folder = new();

    [Fact]
    public void Without_a_configuration_it_is_a_meldkamer_that_nobody_else_can_reach()
    {
        var configuration = _folder.Right(null);

        Assert.Equal(new Site(1, "Meldkamer", Role.Meldkamer, "groningen"), configuration.Site);
        Assert.Equal(IPEndPoint.Parse("127.0.0.1:1883"), configuration.BrokerListen);
        Assert.Equal(IPEndPoint.Parse("127.0.0.1:8080"), configuration.HttpListen);
        Assert.Empty(configuration.Links);
        Assert.Equal(new KeysConfiguration.Demonstration(Chosen: false), configuration.Keys);
        Assert.Equal("/home/vrijwilliger/.local/share/weerbaarheid-relay", configuration.DataFolder);
        Assert.Null(configuration.File);
    }

    [Fact]
    public void The_queue_holds_what_is_asked()
    {
        Assert.Equal(RelayRules.Default.MaxHeld, _folder.Right(Leek).QueueMessages);
        var asked = _folder.Right(Leek.Replace("\"keys\"", "\"queue\": { \"messages\": 150000 }, \"keys\"", StringComparison.Ordinal));
        Assert.Equal(150_000, asked.QueueMessages);
        Assert.Equal((RelayRules.Default.MaxHeld, RelayRules.Default.MaxHeldBytes), (RelayRules.WithQueue(20_000).MaxHeld, RelayRules.WithQueue(20_000).MaxHeldBytes));
    }

    [Fact]
    public void An_exercise_and_the_names_of_the_page_are_read()
    {
        Assert.Null(_folder.Right(null).Exercise);
        Assert.Empty(_folder.Right(null).HttpNames);
        var configuration = _folder.Right(Leek.Replace("{ \"listen\": \"off\" }", "{ \"names\": [\"relay.example.nl\"] }, \"exercise\": { \"name\": \"Waterwolf\" }", StringComparison.Ordinal));
        Assert.Equal("Waterwolf", configuration.Exercise);
        Assert.Equal(["relay.example.nl"], configuration.HttpNames);
    }

    [Fact]
    public void What_is_known_of_other_sites_is_read()
    {
        Assert.Empty(_folder.Right(null).Sites);
        var sites = _folder.Right(Leek.Replace("\"keys\"", "\"sites\": [{ \"id\": 12, \"name\": \"Zuidhorn\", \"lat\": 53.2469, \"lon\": 6.4031 }, { \"id\": 13 }], \"keys\"", StringComparison.Ordinal)).Sites;
        Assert.Equal([((ushort)12, "Zuidhorn"), ((ushort)13, null)], sites.Select(site => (site.Id, site.Name)));
        Assert.InRange(sites[0].Place!.Value.X, 222_000, 224_000);
        Assert.InRange(sites[0].Place!.Value.Y, 584_000, 586_000);
        Assert.Null(sites[1].Place);
    }

    [Fact]
    public void The_data_folder_follows_the_users_own_setting()
    {
        _folder.Environment["XDG_DATA_HOME"] = "/srv/share";
        Assert.Equal("/srv/share/weerbaarheid-relay", _folder.Right(null).DataFolder);
    }

    [Fact]
    public void A_whole_file_is_read_with_its_comments_and_its_paths_are_relative_to_it()
    {
        var configuration = _folder.Right(Leek);

        Assert.Equal(new Site(11, "Noodsteunpunt Leek", Role.Noodsteunpunt, "groningen"), configuration.Site);
        Assert.Null(configuration.HttpListen);
        Assert.Equal(["internet", "reserve"], configuration.Links.Select(link => link.Name));
        Assert.Equal((ushort[])[21, 1], configuration.Links[0].Peers);
        Assert.Equal("3.1.1", ((MqttLinkOptions)configuration.Links[0]).Protocol);
        Assert.Equal((ushort)11, ((MqttLinkOptions)configuration.Links[1]).Site);
        Assert.Equal(new KeysConfiguration.File(Path.Combine(_folder.Folder, "keys/site.keys")), configuration.Keys);
        Assert.Equal(Path.GetFullPath("../data", _folder.Folder), configuration.DataFolder);
        Assert.Equal(_folder.File, configuration.File);
    }

    [Fact]
    public void The_environment_goes_before_the_file_and_the_command_line_before_both()
    {
        _folder.Environment["RELAY__SITE__ID"] = "12";
        _folder.Environment["RELAY__SITE__NAME"] = "Tolbert";
        _folder.Environment["RELAY__LINKS__1__URI"] = "mqtt://10.0.0.3";
        _folder.Environment["OTHER__SITE__ID"] = "99";

        var configuration = _folder.Right(Leek, "/tmp/elders", "site.name=Marum", "links[0].peers[1]=22");

        Assert.Equal((12, "Marum"), (configuration.Site.Id, configuration.Site.Name));
        Assert.Equal("10.0.0.3", ((MqttLinkOptions)configuration.Links[1]).Uri.Host);
        Assert.Equal((ushort[])[21, 22], configuration.Links[0].Peers);
        Assert.Equal("/tmp/elders", configuration.DataFolder);
    }

    [Fact]
    public void The_file_of_an_installed_node_is_found_without_being_named()
    {
        var system = _folder.Write("""{ "site": { "id": 7, "role": "noodsteunpunt" } }""", "system.json");
        var result = ConfigurationLoader.Load(new ConfigurationRequest(null, null, [], _folder.Environment) { SystemFile = system });
        Assert.Equal((7, "Noodsteunpunt 7", system), (result.Configuration!.Site.Id, result.Configuration.Site.Name, result.Configuration.File));
    }

    [Fact]
    public void A_link_of_a_later_version_is_set_aside_for_run_to_refuse()
    {
        var configuration = _folder.Right("""
            { "site": { "id": 11, "role": "noodsteunpunt" }, "keys": { "demonstration": true },
              "links": [ { "name": "air", "type": "simulated" } ] }
            """);
        Assert.Equal(
            $"{_folder.File}: links[0].type: link type 'simulated' comes with the simulator; remove this link or use mqtt",
            Assert.Single(configuration.NotInThisVersion).ToString());
    }

    [Theory]
    [InlineData("[::1]:1883", "::1", 1883)]
    [InlineData("localhost:1884", "127.0.0.1", 1884)]
    [InlineData("127.0.0.1:0", "127.0.0.1", 0)]
    public void A_listener_can_be_written_in_more_ways(string listen, string address, int port)
    {
        var configuration = _folder.Right($$"""{ "site": { "id": 1, "role": "meldkamer" }, "broker": { "listen": "{{listen}}" } }""");
        Assert.Equal(new IPEndPoint(IPAddress.Parse(address), port), configuration.BrokerListen);
    }

    public void Dispose() => _folder.Dispose();
}

using Weerbaarheid.Relay.Tests.Support;

namespace Weerbaarheid.Relay.Tests.Configuration;

public sealed class ConfigurationErrorTests : IDisposable
{
    private readonly ConfigurationFolder _folder = new();

    [Fact]
    public void Every_mistake_is_said_at_once_with_key_value_and_remedy()
    {
        _folder.Environment["RELAY__SITE__REGIO"] = "drenthe";
        _folder.Environment["RELAY__HTTP__LISTEN"] = "8080";
        var errors = _folder.Wrong("""
            { "site": { "id": 70000, "name": "", "rol": "meldkamer" },
              "broker": { "listen": "127.0.0.1" }, "brokr": {},
              "links": [
                { "name": "a b", "type": "mqtt", "uri": "http://x", "peers": [11, "x"], "caFile": "ca.pem" },
                { "name": "net", "type": "mqt", "uri": "mqtt://x" },
                { "name": "net", "type": "mqtt", "protocol": "4", "keyFile": "relay.json" } ],
              "keys": { "demonstration": "yes" }, "data": { "dir": "x" } }
            """);

        Assert.Equal(
            [
                "relay.json: site.id: 70000 is out of range; write a whole number from 1 to 65534",
                "relay.json: site.name: is empty; write 1 to 80 characters",
                "relay.json: site.role: is missing; write one of noodsteunpunt, coordinatiepunt, meldkamer",
                "RELAY__SITE__REGIO: site.REGIO: unknown key; did you mean 'site.region'?",
                "relay.json: site.rol: unknown key; did you mean 'site.role'?",
                "relay.json: broker.listen: '127.0.0.1' is not an address and a port; write it as 127.0.0.1:1883, or \"off\"",
                "RELAY__HTTP__LISTEN: http.listen: '8080' is not an address and a port; write it as 127.0.0.1:8080, or \"off\"",
                "relay.json: links[0].name: 'a b' has characters that a name may not have; write letters, digits, - or _, such as internet",
                "relay.json: links[0].peers[1]: 'x' is not a whole number; write a whole number from 1 to 65534",
                "relay.json: links[0].uri: 'http://x' is not the address of an MQTT broker; write mqtt://host:1883 or mqtts://host:8883",
                "relay.json: links[0].caFile: there is no file 'ca.pem'; name an existing file",
                "relay.json: links[1].type: 'mqt' is not a type of link; did you mean 'mqtt'? Known are mqtt, rnode, kiss, rylr998, rn2483, uart, simulated",
                "relay.json: links[2].name: 'net' is the name of links[1] too; give each link a name of its own",
                "relay.json: links[2].uri: is missing; write mqtt://host:1883 or mqtts://host:8883",
                "relay.json: links[2].protocol: '4' cannot be used; use \"5\" or \"3.1.1\", or leave it out to try both",
                "relay.json: links[2].keyFile: 'relay.json' cannot be used; name the certificateFile it belongs to",
                "relay.json: keys.demonstration: 'yes' is neither true nor false; write true or false",
                "relay.json: data: is an object or a list; write text between quotes",
                "relay.json: brokr: unknown key; did you mean 'broker'?",
            ],
            errors);
    }

    [Theory]
    [InlineData("{ \"site\": { \"id\": 11,\n  \"role\" \"meldkamer\" } }", "relay.json: line 2, position 10: this is not JSON; check the quotes, commas and braces there")]
    [InlineData("[1]", "relay.json: holds a Array and no object; write one JSON object between braces")]
    [InlineData("", "relay.json: line 1, position 1: this is not JSON; check the quotes, commas and braces there")]
    public void A_file_that_is_not_JSON_is_named_with_line_and_position(string json, string error) => Assert.Equal([error], _folder.Wrong(json));

    [Theory]
    [InlineData("""{ "site": 11 }""", "relay.json: site: '11' is not an object; write it as { \"id\": 11")]
    [InlineData("""{ "links": { "name": "x" } }""", "relay.json: links: is an object; write a list, as [ { \"name\"")]
    [InlineData("""{ "links": "mqtt" }""", "relay.json: links: 'mqtt' is not a list; write it as [ {")]
    [InlineData("""{ "links": [ { "name": "x", "type": "mqtt", "uri": "mqtt://u:geheim@h" } ] }""", "relay.json: links[0].uri: holds a user name or password; name them with user and passwordFile")]
    [InlineData("""{ "links": [ { "name": "x", "type": "mqtt", "uri": "mqtt://h", "peers": [3], "pers": 1 } ] }""", "relay.json: links[0].pers: unknown key; did you mean 'links[0].peers'?")]
    [InlineData("""{ "links": [ { "name": "x", "type": "mqtt", "uri": "mqtt://h", "peers": [3] } ] }""", "relay.json: links[0].peers[0]: 3 is this site itself; name the sites at the other end")]
    [InlineData("""{ "broker": { "listen": "127.0.0.1:9000" }, "http": { "listen": "0.0.0.0:9000" } }""", "relay.json: http: listens on port 9000, as the broker does; give http.listen another port")]
    [InlineData("""{ "http": { "names": ["http://relay.example.nl"] } }""", "relay.json: http.names[0]: 'http://relay.example.nl' is not the name of a machine; write it without http:// and without a port, such as relay.example.nl")]
    [InlineData("""{ "sites": [{ "id": 12, "lat": 53.2 }] }""", "relay.json: sites[0].lon: is missing; write lat and lon both, or neither")]
    [InlineData("""{ "sites": [{ "id": 12, "lat": 6.4, "lon": 6.4 }] }""", "relay.json: sites[0].lat: '6.4' is not in the Netherlands; write degrees (WGS 84) from 50 to 54.5")]
    [InlineData("""{ "sites": [{ "name": "Leek" }] }""", "relay.json: sites[0].id: is missing; write the number of the site, 1 to 65534")]
    [InlineData("""{ "sites": [{ "id": 12 }, { "id": 12 }] }""", "relay.json: sites[1].id: 12 stands here twice; give each site one line")]
    [InlineData("""{ "http": { "names": "relay.example.nl" } }""", "relay.json: http.names: 'relay.example.nl' is not a list; write it as [\"relay.example.nl\"]")]
    [InlineData("""{ "exercise": { "naam": "x" } }""", "relay.json: exercise.name: is missing; name the exercise, or leave exercise out when it is over")]
    [InlineData("""{ "exercise": "Waterwolf" }""", "relay.json: exercise: 'Waterwolf' is not an object; write it as { \"name\": \"Waterwolf\" }")]
    [InlineData("""{ "keys": { "file": "a", "demonstration": true } }""", "relay.json: keys.demonstration: is true, and a key file is named too; keep one of the two")]
    [InlineData("""{ "data": "x", "Data": "y" }""", "relay.json: A duplicate key 'Data' was found; give each key once")]
    public void Each_mistake_has_its_own_words(string json, string error)
    {
        var errors = _folder.Wrong(json, "site.id=3", "site.role=meldkamer");
        Assert.Contains(errors, found => found.StartsWith(error, StringComparison.Ordinal));
        Assert.DoesNotContain(errors, found => found.Contains("geheim", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{ "broker": { "listen": "0.0.0.0:1883" } }""", "broker.listen 0.0.0.0:1883 leaves this machine")]
    [InlineData("""{ "http": { "listen": "192.168.1.5:80" } }""", "http.listen 192.168.1.5:80 leaves this machine")]
    [InlineData("""{ "links": [ { "name": "net", "type": "mqtt", "uri": "mqtt://meldkamer.example" } ] }""", "link 'net' to meldkamer.example leaves this machine")]
    [InlineData("""{ "links": [ { "name": "lora", "type": "rnode", "port": "/dev/x" } ], "keys": { "demonstration": false } }""", "link 'lora' leaves this machine")]
    public void Without_keys_nothing_may_leave_the_machine(string json, string what)
    {
        var error = Assert.Single(_folder.Wrong(json, "site.id=3", "site.role=meldkamer"));
        Assert.Equal(
            $"relay.json: keys: there are none, and {what}; write \"keys\": {{ \"file\": ... }} with the region's key file, or \"keys\": {{ \"demonstration\": true }} for a trial", error);
    }

    [Theory]
    [InlineData("mqtt://127.0.0.1:18830")]
    [InlineData("mqtt://localhost")]
    [InlineData("mqtt://[::1]:1883")]
    public void Without_keys_a_link_that_stays_here_is_fine(string uri) =>
        Assert.Single(_folder.Right($$"""{ "site": { "id": 3, "role": "meldkamer" }, "links": [ { "name": "net", "type": "mqtt", "uri": "{{uri}}" } ] }""").Links);

    [Fact]
    public void A_file_that_is_not_there_is_named()
    {
        var missing = Path.Combine(_folder.Folder, "nergens.json");
        var result = Relay.Configuration.ConfigurationLoader.Load(new(missing, null, ["x"], _folder.Environment));
        Assert.Equal(
            ["--set: 'x' is not key=value; write it as site.id=11", $"{missing}: there is no such file; name an existing one with --config, or leave --config out"],
            result.Errors.Select(error => error.ToString()));
    }

    [Fact]
    public async Task A_pipe_in_the_place_of_a_file_is_told_instead_of_waited_for()
    {
        NamedPipe.Make(_folder.File);
        var result = await NamedPipe.WithoutWaitingAsync(() => Relay.Configuration.ConfigurationLoader.Load(new(_folder.File, null, [], _folder.Environment)));
        Assert.Equal([$"{_folder.File}: this is a pipe, not a file; name the configuration file with --config, or leave --config out"], result.Errors.Select(error => error.ToString()));

        File.Delete(_folder.File);
        NamedPipe.Make(Path.Combine(_folder.Folder, "ca.pem"));
        Assert.Equal(
            ["relay.json: links[0].caFile: 'ca.pem' is a pipe, not a file; name an existing file"],
            await NamedPipe.WithoutWaitingAsync(() => _folder.Wrong("""{ "site": { "id": 3, "role": "meldkamer" }, "links": [ { "name": "net", "type": "mqtt", "uri": "mqtts://127.0.0.1:8883", "caFile": "ca.pem" } ] }""")));
    }

    [Fact]
    public void A_listener_with_tls_needs_its_files_a_port_of_its_own_and_a_broker()
    {
        _folder.Write("x", "broker.crt");
        Assert.Equal(
            [
                "relay.json: broker.tls: needs the broker, which is off; set broker.listen to 127.0.0.1:1883",
                "relay.json: broker.tls.caFile: is missing; name the certificate of the authority that the clients' certificates come from",
                "relay.json: broker.tls.keyFile: there is no file 'broker.key'; name an existing file",
                "relay.json: broker.tls.keyfiel: unknown key; did you mean 'broker.tls.keyFile'?",
            ],
            _folder.Wrong("""{ "site": { "id": 1, "role": "meldkamer" }, "keys": { "demonstration": true }, "broker": { "listen": "off", "tls": { "certificateFile": "broker.crt", "keyFile": "broker.key", "keyfiel": "x" } } }"""));
        Assert.Equal(
            ["relay.json: broker.tls.listen: takes port 1883, as another listener here does; give broker.tls.listen another port, such as 8883"],
            _folder.Wrong("""{ "site": { "id": 1, "role": "meldkamer" }, "keys": { "demonstration": true }, "broker": { "tls": { "listen": "0.0.0.0:1883", "certificateFile": "broker.crt", "caFile": "broker.crt" } } }"""));
        Assert.Contains("broker.tls.listen 0.0.0.0:8883 leaves this machine", Assert.Single(
            _folder.Wrong("""{ "site": { "id": 1, "role": "meldkamer" }, "broker": { "tls": { "certificateFile": "broker.crt", "caFile": "broker.crt" } } }""")), StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();
}

using Weerbaarheid.Relay.Configuration;
using Weerbaarheid.Relay.Keys;
using Weerbaarheid.Relay.Relaying;

namespace Weerbaarheid.Relay.Tests.Configuration;

/// <summary>A file that was damaged gives errors or a configuration, never an exception.</summary>
public sealed class DamageTests : IDisposable
{
    private const string Whole = """
        { "site": { "id": 11, "name": "Leek", "role": "noodsteunpunt", "region": "groningen" }, "broker": { "listen": "127.0.0.1:1883" },
          "links": [ { "name": "net", "type": "mqtt", "uri": "mqtt://h:1883", "peers": [21], "user": "u" }, { "name": "hc12", "type": "uart", "port": "/dev/a", "dutyCycle": 0.1 },
            { "name": "tnc", "type": "kiss", "port": "/dev/b", "callSign": "PD1ABC-7" }, { "name": "lora", "type": "rn2483", "port": "tcp://h:1", "syncWord": 18 } ],
          "keys": { "demonstration": true }, "data": "d" }
        """;

    private static readonly string[] Odd = ["\"", "{", "}", "[", "]", ":", ",", "null", "\\ud800", "\\u0000", "\0", "é", "%", "-1", "1e999", "//", "..", "::"];

    private readonly ConfigurationFolder _folder = new();

    [Fact]
    public void A_damaged_configuration_never_throws()
    {
        foreach (var damaged in Damage(Whole))
        {
            var result = _folder.Load(damaged);
            Assert.True(result.Configuration is null == result.Errors.Count > 0, damaged);
        }
    }

    [Fact]
    public void A_damaged_key_file_never_throws()
    {
        var path = Path.Combine(_folder.Folder, "site.keys");
        KeyFile.WriteSite(path, 1, 11, new byte[32], null);
        var whole = File.ReadAllText(path);
        foreach (var damaged in Damage(whole, step: 5))
        {
            File.WriteAllText(path, damaged);
            var result = KeyFiles.Read(path, new Site(11, "Leek", Role.Noodsteunpunt, "groningen"));
            Assert.True(result.Ring is null == result.Errors.Count > 0, damaged);
            result.Ring?.Dispose();
        }
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>Every cut, and at every few places each odd text, put in or instead of one character.</summary>
    private static IEnumerable<string> Damage(string whole, int step = 3)
    {
        for (var at = 0; at < whole.Length; at += step)
        {
            yield return whole[..at];
            yield return whole.Remove(at, 1);
            foreach (var odd in Odd)
            {
                yield return whole.Insert(at, odd);
                yield return whole.Remove(at, 1).Insert(at, odd);
            }
        }
    }
}

using System.Text.Json;
using Weerbaarheid.Relay.Relaying;

namespace Weerbaarheid.Relay.Simulation;

/// <summary>Writes a scenario as a file that <see cref="ScenarioReader"/> reads and a technician can edit; times in seconds.</summary>
internal static class ScenarioWriter
{
    private static readonly JsonWriterOptions Layout = new() { Indented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Write(Scenario scenario)
    {
        using var memory = new MemoryStream();
        using (var json = new Utf8JsonWriter(memory, Layout))
        {
            json.WriteStartObject();
            json.WriteNumber("seed", scenario.Seed);
            Time(json, "duration", scenario.Duration);
            Time(json, "quiet", scenario.Quiet);
            WriteLimits(json, scenario.Rules);
            Each(json, "sites", scenario.Sites, WriteSite);
            Each(json, "links", scenario.Links, WriteLink);
            Each(json, "events", scenario.Events, WriteEvent);
            json.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(memory.ToArray());
    }

    private static void WriteLimits(Utf8JsonWriter json, RelayRules rules)
    {
        if (rules == RelayRules.Default) return;
        json.WriteNumber("maxHeld", rules.MaxHeld);
        json.WriteNumber("maxHeldBytes", rules.MaxHeldBytes);
        json.WriteNumber("maxReferences", rules.MaxReferences);
    }

    private static void WriteSite(Utf8JsonWriter json, ScenarioSite site)
    {
        json.WriteNumber("id", site.Id);
        json.WriteString("name", site.Name);
        json.WriteString("role", site.Role switch { Role.Meldkamer => "meldkamer", Role.Coordinatiepunt => "coordinatiepunt", _ => "noodsteunpunt" });
        json.WriteNumber("drift", site.Drift);
        Time(json, "clockError", site.ClockError);
        json.WriteBoolean("clockTrusted", site.ClockTrusted);
        json.WriteString("store", site.OnDisk ? "disk" : "memory");
    }

    private static void WriteLink(Utf8JsonWriter json, ScenarioLink link)
    {
        json.WriteString("name", link.Name);
        json.WriteString("kind", link.Kind == LinkKind.Mqtt ? "mqtt" : "lora");
        json.WriteString("band", link.Band);
        json.WriteStartArray("members");
        foreach (var member in link.Members) json.WriteNumberValue(member);
        json.WriteEndArray();
        json.WriteNumber("maxFrame", link.MaxFrame);
        json.WriteNumber("bitRate", link.BitRate);
        json.WriteNumber("loss", link.Loss);
        json.WriteNumber("duplication", link.Duplication);
        json.WriteNumber("bitErrors", link.BitErrors);
        json.WriteNumber("reordering", link.Reordering);
        Time(json, "reorderedBy", link.ReorderedBy);
        Time(json, "delay", link.Delay);
        Time(json, "jitter", link.Jitter);
        json.WriteNumber("dutyCycle", link.DutyCycle);
    }

    private static void WriteEvent(Utf8JsonWriter json, ScenarioEvent happening)
    {
        Time(json, "at", happening.At);
        switch (happening)
        {
            case ScenarioEvent.Cut cut:
                json.WriteString("cut", cut.Link);
                if (cut.OneWay) Pair(json, "oneWay", cut.Between);
                else Pair(json, "between", cut.Between);
                break;
            case ScenarioEvent.Restore restore:
                json.WriteString("restore", restore.Link);
                Pair(json, "between", restore.Between);
                break;
            case ScenarioEvent.PowerOff off: json.WriteNumber("powerOff", off.Site); break;
            case ScenarioEvent.PowerOn on: json.WriteNumber("powerOn", on.Site); break;
            case ScenarioEvent.Weather weather:
                json.WriteString("weather", weather.Link);
                json.WriteNumber("loss", weather.Loss);
                json.WriteNumber("bitErrors", weather.BitErrors);
                Time(json, "for", weather.For);
                break;
            case ScenarioEvent.ModemFails failure:
                json.WriteString("modemFails", failure.Link);
                json.WriteNumber("site", failure.Site);
                json.WriteString("how", ScenarioEvents.NameOf(failure.How));
                Time(json, "for", failure.For);
                break;
            case ScenarioEvent.ClockJumps jump:
                json.WriteNumber("clockJumps", jump.Site);
                Time(json, "by", jump.By);
                json.WriteBoolean("trusted", jump.Trusted);
                break;
            case ScenarioEvent.StoreFails failure: json.WriteNumber("storeFails", failure.Site); break;
            case ScenarioEvent.Send send: WriteSend(json, send); break;
            case ScenarioEvent.Load load:
                json.WriteNumber("load", load.PerHour);
                json.WriteStartArray("sites");
                foreach (var site in load.Sites) json.WriteNumberValue(site);
                json.WriteEndArray();
                Time(json, "for", load.For);
                break;
        }
    }

    private static void WriteSend(Utf8JsonWriter json, ScenarioEvent.Send send)
    {
        json.WriteString("send", ScenarioEvents.NameOf(send.Type));
        json.WriteNumber("site", send.Site);
        if (send.Priority is { } priority) json.WriteNumber("priority", priority);
        json.WriteNumber("count", send.Count);
        Time(json, "every", send.Every);
    }

    private static void Pair(Utf8JsonWriter json, string key, (ushort A, ushort B)? pair)
    {
        if (pair is not { } two) return;
        json.WriteStartArray(key);
        json.WriteNumberValue(two.A);
        json.WriteNumberValue(two.B);
        json.WriteEndArray();
    }

    private static void Time(Utf8JsonWriter json, string key, TimeSpan time) => json.WriteNumber(key, time.Ticks / (decimal)TimeSpan.TicksPerSecond);

    private static void Each<T>(Utf8JsonWriter json, string key, IReadOnlyList<T> items, Action<Utf8JsonWriter, T> write)
    {
        json.WriteStartArray(key);
        foreach (var item in items)
        {
            json.WriteStartObject();
            write(json, item);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}

using System.Globalization;
using System.Text.Json.Nodes;
using Weerbaarheid.Relay.Configuration;

namespace Weerbaarheid.Relay.Commands;

/// <summary>Asks a technician for a site's configuration, with an answer ready for most questions.</summary>
internal sealed class InitQuestions(VerbContext context, InitAnswers answers)
{
    private const int MostTries = 20;
    private const int MostModems = 8;
    private static readonly string[] ModemTypes = ["rnode", "rylr998", "rn2483", "kiss", "uart"];

    /// <summary>Asks everything that is not known yet.</summary>
    /// <returns>False when the person gave up.</returns>
    public bool Ask()
    {
        if (Number("Number of this site, as the region gave it", answers.Site) is not { } site) return false;
        answers.Site = site;
        if (Word("Role", answers.Role ?? ConfigurationLoader.Roles[0], ConfigurationLoader.Roles) is not { } role) return false;
        answers.Role = role;
        var capital = char.ToUpperInvariant(role[0]) + role[1..];
        if (Text("Name of this site", answers.Name ?? $"{capital} {site}") is not { } name) return false;
        answers.Name = name;
        if (Text("Region", answers.Region ?? "groningen") is not { } region) return false;
        answers.Region = region;
        if (answers.Links.Count == 0 && !(AskBroker() && AskModems())) return false;
        return AskListen("Address for applications (127.0.0.1 is this machine alone; off for none)", answers.Broker)
            && AskListen("Address of the page", answers.Http);
    }

    /// <summary>Asks for the keys, which tell most of the rest.</summary>
    public bool AskKeys()
    {
        var file = Question("File with this site's keys, as 'keys issue' wrote it (none: the published demonstration keys, for trials)", "none",
            text => text == "none" || File.Exists(text) ? null : "write the path of a file that exists, or none");
        (answers.Provision, answers.Demonstration) = file == "none" ? (null, true) : (file, false);
        return file is not null;
    }

    /// <summary>A yes or a no.</summary>
    public bool Agrees(string question) => Question(question, "no", answer => answer is "yes" or "no" or "y" or "n" ? null : "write yes or no") is "yes" or "y";

    private bool AskBroker()
    {
        var uri = Question("MQTT broker towards the coördinatiepunt or meldkamer, such as mqtts://host:8883 (none)", "none",
            answer => answer == "none" || LinkSpec.IsMqtt(answer) ? null : "write mqtt://host:1883, mqtts://host:8883 or none");
        if (uri is not null and not "none") answers.Links.Add(LinkSpec.Mqtt("internet", uri));
        return uri is not null;
    }

    private bool AskModems()
    {
        var ports = ModemPorts.Find(context.Devices);
        foreach (var (place, port) in ports.Index()) context.Out.WriteLine($"  {place + 1}  {port}");
        if (ports.Count == 0) context.Out.WriteLine("  no modem was found on a USB port");
        for (var count = 0; count < MostModems; count++)
        {
            var answer = Question("Modem: its number above, a device path, or tcp://host:port (none)", "none", text => IsPort(text, ports) ? null : "write a number from the list, a path that begins with /, tcp://host:port or none");
            if (answer is null) return false;
            if (answer == "none") return true;
            var port = int.TryParse(answer, NumberStyles.None, CultureInfo.InvariantCulture, out var place) ? ports[place - 1] : answer;
            if (Word("Its type", ModemTypes[0], ModemTypes) is not { } type) return false;
            var link = LinkSpec.Modem(count == 0 ? "lora" : $"radio{count + 1}", type, port);
            if (type is "kiss" or "uart") link["name"] = $"radio{count + 1}";
            if (type == "kiss" && !AskStation(link)) return false;
            answers.Links.Add(link);
        }

        return true;
    }

    private bool AskStation(JsonObject link)
    {
        if (Question("Call sign of the station that transmits, such as PD1ABC-7", null, text => text.Length is > 2 and < 10 ? null : "write 3 to 9 letters and digits") is not { } sign) return false;
        link["callSign"] = sign.ToUpperInvariant();
        if (Word("Is it on an amateur frequency (then nothing sealed goes over it, and an operator arms it)", "yes", ["yes", "no"]) is not { } amateur) return false;
        if (amateur == "yes") link["amateur"] = true;
        return true;
    }

    private bool AskListen(string question, JsonObject listener)
    {
        var standard = listener["listen"]?.GetValue<string>() ?? "off";
        var answer = Question(question, standard, text => text == "off" || text.LastIndexOf(':') > 0 ? null : $"write an address and a port, such as {standard}, or off");
        if (answer is not null) listener["listen"] = answer;
        return answer is not null;
    }

    private static bool IsPort(string text, IReadOnlyList<string> ports) =>
        text == "none" || text.StartsWith('/') || text.StartsWith("tcp://", StringComparison.Ordinal)
        || (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var place) && place >= 1 && place <= ports.Count);

    private ulong? Number(string question, ulong? standard)
    {
        var answer = Question(question, standard?.ToString(CultureInfo.InvariantCulture),
            text => ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is > 0 and < ushort.MaxValue ? null : $"write a whole number from 1 to {ushort.MaxValue - 1}");
        return answer is null ? null : ulong.Parse(answer, CultureInfo.InvariantCulture);
    }

    private string? Text(string question, string standard) =>
        Question(question, standard, text => text.Length <= 80 && !text.Any(char.IsControl) ? null : "write 1 to 80 letters");

    private string? Word(string question, string standard, IReadOnlyList<string> words) =>
        Question($"{question} ({string.Join(", ", words)})", standard, text => words.Contains(text) ? null : $"write one of {string.Join(", ", words)}");

    /// <summary>Asks until the answer can be used; an empty one is the standard.</summary>
    /// <param name="question">What is asked.</param>
    /// <param name="standard">The answer that is ready; null when there is none.</param>
    /// <param name="problem">What is wrong with an answer and what to write; null when it can be used.</param>
    private string? Question(string question, string? standard, Func<string, string?> problem)
    {
        for (var tries = 0; tries < MostTries; tries++)
        {
            context.Out.Write($"{question}{(standard is null or "none" ? "" : $" [{standard}]")}: ");
            if (context.In.ReadLine() is not { } line) return null;
            var answer = line.Trim() is { Length: > 0 } given ? given : standard ?? "";
            if (problem(answer) is not { } remedy) return answer;
            context.Out.WriteLine($"  '{answer}' cannot be used; {remedy}");
        }

        return null;
    }
}

namespace Weerbaarheid.Relay.Links.Modems;

/// <summary>What every modem can have, in one sentence with the remedy.</summary>
/// <param name="model">With its article, such as <c>an RNode</c>.</param>
internal sealed class Trouble(LoRaRadioOptions options, string model)
{
    private readonly string _name = model[(model.IndexOf(' ', StringComparison.Ordinal) + 1)..];

    /// <param name="answered">Whether anything at all came from the device.</param>
    internal string NotFound(bool answered) => answered
        ? $"the device on {options.Port} answers, but not as {model}: check type, port and baud of link '{options.Name}'"
        : $"no answer from {options.Port}: see that the {_name} is on and connected, and check port and baud of link '{options.Name}'";

    internal string Silent => $"the {_name} stopped answering: switch it off and on";

    internal string TooOften(string why) =>
        $"the {_name} must be set up again and again ({why}): see that its supply and antenna are good, and switch it off and on";

    internal string Refuses(string command, string answer) =>
        $"the {_name} refuses '{command}' ({answer}): check that setting of link '{options.Name}'";

    internal ModemOutput.Noted SetAnew(string why) => new($"The {_name} is set up anew: {why}.");

    internal ModemOutput.Noted NotSent(string answer) => new($"The {_name} did not send a frame: {answer}.");

    internal ModemOutput.Noted Strange(string line) => new($"The {_name} says what it should not: {LineFraming.Shown(line)}");
}

using Weerbaarheid.Relay.Links.Simulated;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Simulation;

/// <summary>Messages such as people hand in on a bad day; each from the seed.</summary>
internal static class Texts
{
    /// <summary>How long a bulletin holds.</summary>
    public const int BulletinHours = 72;

    private static readonly string[] Meldingen =
    [
        "Oudere man niet aanspreekbaar in hal sporthal", "Brand in schuur achter woning", "Water komt over de dijk bij het gemaal",
        "Vrouw met weeën, vervoer nodig", "Boom over de weg, geen doorgang", "Zuurstof bijna op bij patiënt thuis",
    ];

    private static readonly string[] Vragen = ["Dekens voor 12 personen", "Insuline voor twee dagen", "Vervoer naar huisarts", "Drinkwater voor verzorgingshuis"];

    /// <summary>What people hand in most.</summary>
    /// <param name="share">0 to 1.</param>
    public static MessageType TypeOf(double share) => share switch
    {
        < 0.6 => MessageType.Melding,
        < 0.8 => MessageType.Hulpvraag,
        < 0.9 => MessageType.Hulpaanbod,
        _ => MessageType.Status,
    };

    public static Message Make(MessageType type, byte? priority, int number, ref SplitMix64 random)
    {
        var chosen = priority ?? Draw(ref random, 10) switch { 0 => 1, < 3 => 2, < 8 => 3, _ => (byte)4 };
        return type switch
        {
            MessageType.Hulpvraag => new Hulpvraag { Priority = chosen, Category = (byte)(1 + Draw(ref random, 9)), People = Draw(ref random, 40), Text = Pick(Vragen, ref random) },
            MessageType.Hulpaanbod => new Hulpaanbod { Priority = chosen, Category = (byte)(1 + Draw(ref random, 9)), Quantity = Draw(ref random, 200) },
            MessageType.Status => new Status { Priority = chosen, State = SiteState.Open, Present = Draw(ref random, 140), Capacity = 140, Staff = 6, PowerHours = 11 },
            MessageType.Bulletin => new Bulletin { Priority = chosen, Number = (number % 65_535) + 1, ValidHours = BulletinHours, Text = "Blijf binnen en help uw buren." },
            _ => new Melding
            {
                Priority = chosen,
                Category = (byte)(1 + Draw(ref random, 9)),
                Victims = Draw(ref random, 3),
                Location = new AddressLocation("9351AB", 1 + Draw(ref random, 200), null),
                Text = Pick(Meldingen, ref random),
            },
        };
    }

    private static int Draw(ref SplitMix64 random, int below) => (int)(random.Next() % (ulong)below);

    private static string Pick(string[] texts, ref SplitMix64 random) => texts[Draw(ref random, texts.Length)];
}

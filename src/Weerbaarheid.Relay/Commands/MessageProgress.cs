namespace Weerbaarheid.Relay.Commands;

/// <summary>The states of a message as the node publishes them, in order (design §6.4).</summary>
internal static class MessageProgress
{
    private static readonly string[] Order = ["opgeslagen", "verzonden", "ontvangen", "in behandeling"];

    /// <summary>The first state: on disk here.</summary>
    public static string Stored => Order[0];

    /// <summary>All states that can be waited for.</summary>
    public static string Names => string.Join(", ", Order);

    /// <summary>How far a state is; null when it is none that can be waited for. A hyphen may stand for the space.</summary>
    public static int? Rank(string state) => Array.IndexOf(Order, state.Replace('-', ' ')) is >= 0 and var rank ? rank : null;

    /// <summary>Whether a message in this state never comes further.</summary>
    public static bool IsLost(string state) => state is "vervallen" or "afgewezen";
}

using System.Globalization;
using Weerbaarheid.Relay.Relaying;

namespace Weerbaarheid.Relay.Courier;

/// <summary>What is in a courier's file, beside the file itself: headers of the answer over HTTP.</summary>
internal static class CourierHeaders
{
    private const string Records = "Courier-Records";
    private const string Receipts = "Courier-Receipts";
    private const string Others = "Courier-Others";
    private const string LeftOut = "Courier-Left-Out";

    public static IEnumerable<(string Name, int Count)> Of(CourierLoad load) =>
        [(Records, load.Records), (Receipts, load.Receipts), (Others, load.Others), (LeftOut, load.LeftOut)];

    /// <summary>Puts the load together again.</summary>
    /// <param name="frames">Of the file.</param>
    /// <param name="headers">The value of a header; null when it is not there.</param>
    public static CourierLoad Read(IReadOnlyList<ReadOnlyMemory<byte>> frames, Func<string, string?> headers)
    {
        return new CourierLoad(frames, Count(Records), Count(Receipts), Count(Others), Count(LeftOut));

        int Count(string name) => int.TryParse(headers(name), NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : 0;
    }
}
